//! `POST /vat-returns/{id}/file`: the return is declared. Its entries are taken, its VAT is settled and its days are locked.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::error::Violation;
use domain::tax::vat_return::{
    PERIOD_ORDER, VAT_PERIOD_NOT_ENDED, VAT_REFERENCE_LENGTH_MAX, VAT_RETURN_FILED, VAT_RETURN_OUTDATED,
    VatReturnId, VatReturnStatus, check_order,
};

use super::ports::StoredReturn;
use super::settle::settle;
use super::views::VatReturnView;
use super::{compute, draft, note};
use crate::accounting::locks::lock_taxes_through;
use crate::accounting::ports::books::Books;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::request;
use crate::unit_of_work::UnitOfWork;
use crate::wire::RequiredText;

request! {
    /// Files a VAT return.
    pub struct FileVatReturnBody {
        /// The number under which the authority has the return.
        reference: RequiredText<VAT_REFERENCE_LENGTH_MAX> = "300012345600003-2026Q1",
        /// The day on which the settlement is posted, at the end of the period or later. By default the end of the period, or
        /// the first day after it that the tax lock leaves open.
        posting_date: Option<NaiveDate>,
    }
}

pub struct FileVatReturn {
    pub id: VatReturnId,
    pub reference: String,
    pub posting_date: Option<NaiveDate>,
}

#[async_trait]
impl Command for FileVatReturn {
    const NAME: &'static str = "file_vat_return";
    const ACCESS: Access = Access::Permission("tax.vat_return.file");
    type Output = VatReturnView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<VatReturnView>> {
        let (mut stored, kept) = draft(ctx, uow, self.id).await?;
        let scale = Books::open(ctx, uow).await?.company.scale;
        let today = ctx.today(uow.now());
        let to = stored.period.to();
        if to >= today {
            return Err(Violation::new(&VAT_PERIOD_NOT_ENDED).with("date", to).into());
        }
        check_turn(uow, &stored).await?;
        let (figures, document) = compute(uow, &stored, scale).await?;
        if document != kept || !stored.has_figures(&figures) {
            return Err(AppError::of(&VAT_RETURN_OUTDATED));
        }
        let before = stored.view(kept, scale);
        stored.status = VatReturnStatus::Filed;
        stored.reference = Some(self.reference.clone());
        stored.entry = settle(ctx, uow, (&stored, &figures), self.posting_date).await?;
        stored.filed_at = Some(uow.now());
        stored.filed_by = ctx.actor.user_id();
        stored.version += 1;
        // Entries that were posted since the figures were computed must be seen before they are declared.
        if uow.vat_returns().take_entries(stored.id, stored.scope()).await? != stored.entry_count {
            return Err(AppError::of(&VAT_RETURN_OUTDATED));
        }
        if !uow.vat_returns().save_return(&stored, &document).await? {
            return Err(AppError::of(&VAT_RETURN_FILED));
        }
        lock_taxes_through(uow, to, today).await?;
        let view = stored.view(document, scale);
        note(uow, "filed", Some(&before), &view);
        Ok(Done::of(view.id, view.version, view))
    }
}

/// Returns follow one another; amendments come when they come.
async fn check_turn(uow: &mut dyn UnitOfWork, stored: &StoredReturn) -> AppResult<()> {
    if stored.amends.is_some() {
        return Ok(());
    }
    check_order(uow.vat_returns().last_filed_return().await?, stored.period)?;
    match uow.vat_returns().draft_before(stored.period.from()).await? {
        Some(earlier) => Err(Violation::new(&PERIOD_ORDER).with("date", earlier.from()).into()),
        None => Ok(()),
    }
}
