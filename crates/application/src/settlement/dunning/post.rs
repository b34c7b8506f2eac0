//! `POST /dunning-runs/{id}/post`: customers are reminded, charged, and blocked as the levels say.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use domain::error::Violations;
use domain::money::{AMOUNT_OUT_OF_RANGE, Amount};
use domain::parties::party::Party;
use domain::parties::roles::{Customer, CustomerBlock};
use domain::settlement::dunning::{DUNNING_NOTHING_DUE, DunningRunId, DunningStatus};
use domain::settlement::open_item::OpenItemId;
use domain::tax::tax_code::TaxCode;

use super::level::at_its_level;
use super::ports::{OverdueItem, StoredDunningNotice, StoredDunningRun};
use super::propose::{Credits, Profiles};
use super::views::{DunningItemView, DunningRunView};
use super::{draft_at, learn, note_notice, note_run, scale, shown};
use crate::accounting::ports::books::Books;
use crate::authorize::Access;
use crate::changes::stale;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::documents::dunning_fee::DunningFeeInvoice;
use crate::error::{AppError, AppResult};
use crate::master_data::{Records, replace_as};
use crate::request;
use crate::unit_of_work::UnitOfWork;

request! {
    /// Posts a dunning run.
    pub struct PostDunningRunBody {
        /// Whether fees are charged.
        charge_fees: bool => true,
    }
}

pub struct PostDunningRun {
    pub id: DunningRunId,
    pub body: PostDunningRunBody,
}

#[async_trait]
impl Command for PostDunningRun {
    const NAME: &'static str = "post_dunning_run";
    const ACCESS: Access = Access::Permission("settlement.dunning_run.post");
    type Output = DunningRunView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DunningRunView>> {
        let run = draft_at(ctx, uow, self.id).await?;
        let drafts = uow.dunning().dunning_notices_of(run.id).await?;
        let mut books = Books::open(ctx, uow).await?;
        learn(uow, &mut books, &drafts).await?;
        let notices = still_due(uow, &books, drafts).await?;
        let mut violations = Violations::new();
        let mut posted = Vec::with_capacity(notices.len());
        for (index, notice) in notices.into_iter().enumerate() {
            match self.post(ctx, uow, notice).await {
                Ok(notice) => posted.push(notice),
                Err(error) if error.retryable || error.internal.is_some() => return Err(error),
                // The rest is tried all the same, so that everything that is wrong is said at once.
                Err(error) => {
                    let at = format!("/notices/{index}");
                    violations.extend(error.violations.into_iter().map(|one| one.at(&at)));
                }
            }
        }
        let posted = violations.into_result(posted)?;
        if posted.is_empty() {
            return Err(AppError::of(&DUNNING_NOTHING_DUE));
        }
        let after = StoredDunningRun {
            status: DunningStatus::Posted,
            notice_count: u32::try_from(posted.len()).unwrap_or(u32::MAX),
            posted_at: Some(uow.now()),
            version: run.version + 1,
            ..run.clone()
        };
        if !uow.dunning().save_dunning_run(&after).await? {
            return Err(stale(run.version));
        }
        let view = after.view();
        note_run(uow, "posted", Some(&run.view()), Some(&view));
        let notices: Vec<_> = posted.iter().map(|notice| shown(notice, &books)).collect();
        for notice in &notices {
            note_notice(uow, "posted", None, notice);
        }
        Ok(Done::of(view.id, view.version, DunningRunView { notices: Some(notices), ..view }))
    }
}

/// The notices without what was paid, held back or reminded of since the run was made. Those of which nothing is left are deleted.
async fn still_due(
    uow: &mut dyn UnitOfWork,
    books: &Books,
    drafts: Vec<StoredDunningNotice>,
) -> AppResult<Vec<StoredDunningNotice>> {
    let ids: BTreeSet<OpenItemId> =
        drafts.iter().flat_map(|notice| notice.levels()).map(|(id, _)| id).collect();
    let found = uow.dunning().overdue_items_of(&ids).await?;
    let found: HashMap<OpenItemId, OverdueItem> = found.into_iter().map(|item| (item.id, item)).collect();
    let parties = drafts.iter().map(|notice| notice.party_code.clone()).collect();
    let date = drafts.first().map(|notice| notice.date).unwrap_or_default();
    let credits = Credits::read(uow, &parties, date).await?;
    let mut profiles = Profiles::default();
    profiles.learn(uow, drafts.iter().map(|notice| notice.profile)).await?;
    let mut due = Vec::with_capacity(drafts.len());
    for notice in drafts {
        let (id, scale) = (notice.id, scale(&notice, books));
        let unallocated = credits.of(&notice.party_code, notice.currency);
        let left = left_of(notice, &found, scale)?;
        let Some(left) = left.filter(|left| unallocated < left.amount) else {
            uow.dunning().delete_dunning_notice(id).await?;
            continue;
        };
        let notice = StoredDunningNotice { unallocated, ..left };
        due.push(match profiles.get(notice.profile) {
            Some(profile) => at_its_level(notice, profile)?,
            None => notice,
        });
    }
    Ok(due)
}

/// The notice with the items that are still open and have not reached their levels otherwise.
fn left_of(
    notice: StoredDunningNotice,
    found: &HashMap<OpenItemId, OverdueItem>,
    scale: u8,
) -> AppResult<Option<StoredDunningNotice>> {
    let mut amounts = Vec::with_capacity(notice.items.len());
    let item = |view: DunningItemView| {
        let item = found.get(&OpenItemId::new(view.open_item_id))?;
        (item.reached < view.level).then(|| {
            amounts.push(item.open_amount);
            DunningItemView { open_amount: item.open_amount.display(scale), ..view }
        })
    };
    let items: Vec<_> = notice.items.into_iter().filter_map(item).collect();
    let amount = Amount::sum(amounts).ok_or_else(|| AppError::of(&AMOUNT_OUT_OF_RANGE))?;
    Ok((!items.is_empty()).then_some(StoredDunningNotice { items, amount, ..notice }))
}

impl PostDunningRun {
    async fn post(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        notice: StoredDunningNotice,
    ) -> AppResult<StoredDunningNotice> {
        let mut posted =
            StoredDunningNotice { status: DunningStatus::Posted, version: notice.version + 1, ..notice };
        if !self.body.charge_fees {
            posted.fee = Default::default();
        } else if posted.fee.is_charged() {
            let tax_code = match posted.fee.tax_code {
                Some(id) => Records::<TaxCode>::find(uow, id).await?.map(|stored| stored.value.code),
                None => None,
            };
            let invoice = DunningFeeInvoice {
                party: posted.party,
                date: posted.date,
                amount: posted.fee.amount,
                item: posted.fee.item,
                tax_code: tax_code.as_ref().map(|code| code.as_str()),
            };
            let invoice = invoice.post(ctx, uow).await?;
            posted.fee.charged_by(&invoice);
        }
        posted.block_before = block(uow, &posted).await?;
        let levels: Vec<_> = posted.levels().collect();
        uow.dunning().insert_dunning_levels(posted.id, &levels).await?;
        if !uow.dunning().save_dunning_notice(&posted).await? {
            return Err(stale(posted.version - 1));
        }
        Ok(posted)
    }
}

/// Blocks the customer as the notice says, and answers how it was blocked before if that was less.
async fn block(
    uow: &mut dyn UnitOfWork,
    notice: &StoredDunningNotice,
) -> AppResult<Option<(CustomerBlock, Option<String>)>> {
    let Some(stored) = Records::<Party>::find(uow, notice.party).await? else { return Ok(None) };
    let Some(customer) = &stored.value.customer else { return Ok(None) };
    let (before, after) = (customer.blocked, customer.blocked.and(notice.block));
    if after == before {
        return Ok(None);
    }
    let reason_before = customer.blocked_reason.clone();
    let customer =
        Customer { blocked: after, blocked_reason: Some(block_reason(notice)), ..customer.clone() };
    let party = Party { customer: Some(customer), ..stored.value.clone() };
    replace_as(uow, &stored, party, "blocked").await?;
    Ok(Some((before, reason_before)))
}

/// The reason of a block by a notice.
pub(super) fn block_reason(notice: &StoredDunningNotice) -> String {
    let (date, level) = (notice.date, notice.level);
    format!("إشعار مطالبة بتاريخ {date}، المستوى {level} / Dunning notice of {date}, level {level}")
}
