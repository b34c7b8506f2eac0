//! `POST /dunning-runs/{id}/undo` and `/dunning-notices/{id}/undo`: as if nobody had been reminded.

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::error::Violation;
use domain::parties::party::Party;
use domain::parties::roles::Customer;
use domain::settlement::dunning::{
    DUNNING_LEVEL_REACHED_AGAIN, DUNNING_NOTICE_NOT_POSTED, DUNNING_RUN_NOT_POSTED, DunningNoticeId,
    DunningRunId, DunningStatus,
};
use domain::text::DESCRIPTION_LENGTH_MAX;

use super::ports::{StoredDunningNotice, StoredDunningRun};
use super::post::block_reason;
use super::views::{DunningNoticeView, DunningRunView};
use super::{NOTICE, learn, note_notice, note_run, run_at, shown};
use crate::accounting::ports::books::Books;
use crate::authorize::Access;
use crate::changes::stale;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::documents::CancelInvoiceBody;
use crate::documents::ports::DocumentId;
use crate::documents::undo::cancel_invoice;
use crate::error::{AppError, AppResult};
use crate::master_data::{Records, replace_as};
use crate::request;
use crate::unit_of_work::UnitOfWork;
use crate::wire::RequiredText;

request! {
    /// Undoes dunning.
    pub struct UndoDunningBody {
        /// The reason, which stays on record and which the credit notes of fees bear.
        reason: RequiredText<DESCRIPTION_LENGTH_MAX> = "The payment had been received",
        /// The date of the credit notes; today by default.
        date: Option<NaiveDate>,
    }
}

/// Undoes all notices of a run that are still posted.
pub struct UndoDunningRun {
    pub id: DunningRunId,
    pub body: UndoDunningBody,
}

/// Undoes one notice.
pub struct UndoDunningNotice {
    pub id: DunningNoticeId,
    pub body: UndoDunningBody,
}

#[async_trait]
impl Command for UndoDunningRun {
    const NAME: &'static str = "undo_dunning_run";
    const ACCESS: Access = Access::Permission("settlement.dunning_run.undo");
    type Output = DunningRunView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DunningRunView>> {
        let run = run_at(ctx, uow, self.id).await?;
        if run.status != DunningStatus::Posted {
            return Err(Violation::new(&DUNNING_RUN_NOT_POSTED).with("status", run.status).into());
        }
        let notices = uow.dunning().dunning_notices_of(run.id).await?;
        let mut books = Books::open(ctx, uow).await?;
        learn(uow, &mut books, &notices).await?;
        let mut views = Vec::with_capacity(notices.len());
        // The last block first, so that each finds its own.
        for notice in notices.into_iter().rev() {
            views.push(match notice.status {
                DunningStatus::Posted => undo(ctx, uow, notice, &self.body, &books).await?,
                _ => shown(&notice, &books),
            });
        }
        views.reverse();
        let after =
            StoredDunningRun { status: DunningStatus::Undone, version: run.version + 1, ..run.clone() };
        if !uow.dunning().save_dunning_run(&after).await? {
            return Err(stale(run.version));
        }
        let view = after.view();
        note_run(uow, "undone", Some(&run.view()), Some(&view));
        Ok(Done::of(view.id, view.version, DunningRunView { notices: Some(views), ..view }))
    }
}

#[async_trait]
impl Command for UndoDunningNotice {
    const NAME: &'static str = "undo_dunning_notice";
    const ACCESS: Access = Access::Permission("settlement.dunning_run.undo");
    type Output = DunningNoticeView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<DunningNoticeView>> {
        let found = uow.dunning().find_dunning_notice(self.id).await?;
        let notice = found.ok_or_else(|| AppError::not_found(NOTICE))?;
        check_version(ctx, notice.version)?;
        let mut books = Books::open(ctx, uow).await?;
        learn(uow, &mut books, std::slice::from_ref(&notice)).await?;
        let view = undo(ctx, uow, notice, &self.body, &books).await?;
        Ok(Done::of(view.id, view.version, view))
    }
}

async fn undo(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    notice: StoredDunningNotice,
    body: &UndoDunningBody,
    books: &Books,
) -> AppResult<DunningNoticeView> {
    if notice.status != DunningStatus::Posted {
        return Err(Violation::new(&DUNNING_NOTICE_NOT_POSTED).with("status", notice.status).into());
    }
    if uow.dunning().reached_higher(notice.id).await? {
        return Err(AppError::of(&DUNNING_LEVEL_REACHED_AGAIN));
    }
    uow.dunning().delete_dunning_levels(notice.id).await?;
    if let Some(invoice) = notice.fee.invoice {
        cancel(ctx, uow, invoice, body).await?;
    }
    unblock(uow, &notice).await?;
    let before = shown(&notice, books);
    let undone = StoredDunningNotice {
        status: DunningStatus::Undone,
        reason: Some(body.reason.to_string()),
        version: notice.version + 1,
        ..notice
    };
    if !uow.dunning().save_dunning_notice(&undone).await? {
        return Err(stale(undone.version - 1));
    }
    let view = shown(&undone, books);
    note_notice(uow, "undone", Some(&before), &view);
    Ok(view)
}

/// Takes the fee back, unless notes have credited all of it already.
async fn cancel(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    invoice: DocumentId,
    body: &UndoDunningBody,
) -> AppResult<()> {
    let Some(invoice) = uow.documents().find_document(invoice).await? else { return Ok(()) };
    let groups = uow.documents().groups_of(&BTreeSet::from([invoice.id])).await?;
    if groups.iter().all(|(_, group)| group.used_taxable == group.taxable && group.used_vat == group.vat) {
        return Ok(());
    }
    let body = CancelInvoiceBody { reason: body.reason.clone(), date: body.date, undo_allocations: false };
    cancel_invoice(ctx, uow, &invoice, &body).await?;
    Ok(())
}

/// Blocks the customer as before the notice, unless somebody has changed that since.
async fn unblock(uow: &mut dyn UnitOfWork, notice: &StoredDunningNotice) -> AppResult<()> {
    let Some((block, reason)) = &notice.block_before else { return Ok(()) };
    let Some(stored) = Records::<Party>::find(uow, notice.party).await? else { return Ok(()) };
    let Some(customer) = &stored.value.customer else { return Ok(()) };
    if customer.blocked_reason.as_ref() != Some(&block_reason(notice)) {
        return Ok(());
    }
    let customer = Customer { blocked: *block, blocked_reason: reason.clone(), ..customer.clone() };
    let party = Party { customer: Some(customer), ..stored.value.clone() };
    replace_as(uow, &stored, party, "unblocked").await?;
    Ok(())
}
