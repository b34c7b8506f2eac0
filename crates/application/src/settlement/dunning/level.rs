//! The effect of a profile's level on a notice.

use chrono::NaiveDate;
use domain::parties::dunning_profile::{DunningProfile, DunningText};
use domain::parties::roles::CustomerBlock;
use domain::settlement::dunning::{DunningNoticeId, DunningRunId, DunningStatus};
use domain::time::Timestamp;

use super::ports::{NoticeFee, OverdueItem, StoredDunningNotice};
use super::propose::Proposal;
use super::views::DunningItemView;
use crate::error::{AppError, AppResult};

/// A proposal as the draft of a notice.
pub(super) fn draft_notice(
    (id, run): (DunningNoticeId, DunningRunId),
    proposal: Proposal<'_>,
    (date, scale): (NaiveDate, u8),
    created_at: Timestamp,
) -> AppResult<StoredDunningNotice> {
    let item = |(item, level): &(OverdueItem, u32)| DunningItemView {
        open_item_id: item.id.uuid(),
        number: item.number.clone(),
        reference: item.reference.clone(),
        due_date: item.due_date,
        days_overdue: date.signed_duration_since(item.due_date).num_days(),
        level: *level,
        open_amount: item.open_amount.display(scale),
    };
    let notice = StoredDunningNotice {
        id,
        run,
        party: proposal.party,
        party_code: proposal.party_code,
        profile: proposal.profile.id,
        level: 0,
        status: DunningStatus::Draft,
        date,
        currency: proposal.currency,
        amount: proposal.amount,
        unallocated: proposal.unallocated,
        fee: NoticeFee::default(),
        text: DunningText::default(),
        block: CustomerBlock::None,
        block_before: None,
        items: proposal.items.iter().map(item).collect(),
        reason: None,
        created_at,
        version: 1,
    };
    at_its_level(notice, proposal.profile)
}

/// The notice with the fee, the text and the block of the highest level among its items.
pub(super) fn at_its_level(
    notice: StoredDunningNotice,
    profile: &DunningProfile,
) -> AppResult<StoredDunningNotice> {
    let number = notice.items.iter().map(|item| item.level).max().unwrap_or_default();
    if number == notice.level {
        return Ok(notice);
    }
    let missing = || AppError::internal("an item has a level that its profile does not have");
    let level = profile.levels.get(number).ok_or_else(missing)?;
    let fee = level.fee.map(|fee| NoticeFee {
        amount: fee.amount,
        item: fee.item,
        tax_code: fee.tax_code,
        ..NoticeFee::default()
    });
    Ok(StoredDunningNotice {
        level: number,
        fee: fee.unwrap_or_default(),
        text: level.text.clone(),
        block: level.block,
        ..notice
    })
}
