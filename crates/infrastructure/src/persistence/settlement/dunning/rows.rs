//! Rows of dunning runs and notices, read and written in one place.

use application::ports::storage_error::{StorageError, StorageResult};
use application::settlement::dunning::ports::{NoticeFee, StoredDunningNotice, StoredDunningRun};
use domain::parties::dunning_profile::DunningText;
use domain::parties::roles::CustomerBlock;
use domain::settlement::dunning::DunningStatus;

use crate::persistence::table::optional;
use crate::sql::value::{Columns, Value};

macro_rules! run_columns {
    () => {
        "SELECT r.id, r.run_date, r.status, r.notice_count, r.has_more, r.created_by, r.created_at, r.posted_at, r.version \
         FROM dunning_run r"
    };
}
pub(super) use run_columns;

macro_rules! notice_columns {
    () => {
        "SELECT n.id, n.run_id, n.party_id, n.party, n.profile_id, n.level, n.status, n.notice_date, n.currency, n.amount, \
         n.unallocated, n.fee, n.fee_item_id, n.fee_tax_id, n.fee_invoice_id, n.fee_invoice_number, n.text_ar, n.text_en, \
         n.block, n.block_before, n.block_reason_before, n.items, n.reason, n.created_at, n.version FROM dunning_notice n"
    };
}
pub(super) use notice_columns;

pub(super) fn read_run(columns: &mut Columns) -> StorageResult<StoredDunningRun> {
    Ok(StoredDunningRun {
        id: columns.get("id")?,
        date: columns.get("run_date")?,
        status: columns.parse("status", |text| DunningStatus::parse(text).ok())?,
        notice_count: columns.get("notice_count")?,
        has_more: columns.get("has_more")?,
        created_by: columns.get("created_by")?,
        created_at: columns.get("created_at")?,
        posted_at: columns.get("posted_at")?,
        version: columns.get("version")?,
    })
}

pub(super) fn read_notice(columns: &mut Columns) -> StorageResult<StoredDunningNotice> {
    Ok(StoredDunningNotice {
        id: columns.get("id")?,
        run: columns.get("run_id")?,
        party: columns.get("party_id")?,
        party_code: columns.get("party")?,
        profile: columns.get("profile_id")?,
        level: columns.get("level")?,
        status: columns.parse("status", |text| DunningStatus::parse(text).ok())?,
        date: columns.get("notice_date")?,
        currency: columns.get("currency")?,
        amount: columns.get("amount")?,
        unallocated: columns.get("unallocated")?,
        fee: NoticeFee {
            amount: columns.get("fee")?,
            item: columns.get("fee_item_id")?,
            tax_code: columns.get("fee_tax_id")?,
            invoice: columns.get("fee_invoice_id")?,
            invoice_number: columns.get("fee_invoice_number")?,
        },
        text: DunningText { ar: columns.get("text_ar")?, en: columns.get("text_en")? },
        block: columns.parse("block", |text| CustomerBlock::parse(text).ok())?,
        block_before: read_block_before(columns)?,
        items: columns.parse("items", |text| serde_json::from_str(text).ok())?,
        reason: columns.get("reason")?,
        created_at: columns.get("created_at")?,
        version: columns.get("version")?,
    })
}

fn read_block_before(columns: &mut Columns) -> StorageResult<Option<(CustomerBlock, Option<String>)>> {
    let block = optional(columns, "block_before", |text| CustomerBlock::parse(text).ok())?;
    let reason: Option<String> = columns.get("block_reason_before")?;
    Ok(block.map(|block| (block, reason)))
}

/// The values of a notice that change after it was made, in the order of the statement that saves it.
pub(super) fn notice_changes(notice: &StoredDunningNotice) -> StorageResult<Vec<Value>> {
    let items = serde_json::to_string(&notice.items)
        .map_err(|error| StorageError::Internal(format!("items of a dunning notice: {error}")))?;
    let before = notice.block_before.as_ref();
    Ok(vec![
        notice.level.into(),
        notice.status.as_str().into(),
        notice.amount.into(),
        notice.unallocated.into(),
        notice.fee.amount.into(),
        notice.fee.item.into(),
        notice.fee.tax_code.into(),
        notice.fee.invoice.into(),
        notice.fee.invoice_number.as_deref().into(),
        notice.text.ar.as_deref().into(),
        notice.text.en.as_deref().into(),
        notice.block.as_str().into(),
        before.map(|(block, _)| block.as_str()).into(),
        before.and_then(|(_, reason)| reason.as_deref()).into(),
        items.into(),
        notice.reason.as_deref().into(),
        notice.version.into(),
    ])
}
