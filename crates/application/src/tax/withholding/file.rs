//! `POST /withholding-returns/{id}/file`: the month is declared. Its entries are in no other return.

use async_trait::async_trait;
use domain::error::Violation;
use domain::tax::vat_return::VAT_REFERENCE_LENGTH_MAX;
use domain::tax::withholding::{
    WITHHOLDING_MONTH_NOT_ENDED, WITHHOLDING_MONTH_ORDER, WITHHOLDING_RETURN_OUTDATED, WithholdingReturnId,
    WithholdingReturnStatus,
};

use super::views::WithholdingReturnView;
use super::{FILE, compute, draft, note, save};
use crate::accounting::ports::books::Books;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::request;
use crate::unit_of_work::UnitOfWork;
use crate::wire::RequiredText;

request! {
    /// Files a withholding tax return.
    pub struct FileWithholdingReturnBody {
        /// The number under which the authority has the return.
        reference: RequiredText<VAT_REFERENCE_LENGTH_MAX> = "WHT-2026-03-0001",
    }
}

pub struct FileWithholdingReturn {
    pub id: WithholdingReturnId,
    pub reference: String,
}

#[async_trait]
impl Command for FileWithholdingReturn {
    const NAME: &'static str = "file_withholding_return";
    const ACCESS: Access = Access::Permission(FILE);
    type Output = WithholdingReturnView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<WithholdingReturnView>> {
        let mut stored = draft(ctx, uow, self.id).await?;
        let scale = Books::open(ctx, uow).await?.company.scale;
        let last = stored.month.last();
        if last >= ctx.today(uow.now()) {
            return Err(Violation::new(&WITHHOLDING_MONTH_NOT_ENDED).with("date", last).into());
        }
        if let Some(earlier) = uow.withholding().withholding_draft_before(stored.month).await? {
            return Err(Violation::new(&WITHHOLDING_MONTH_ORDER).with("month", earlier).into());
        }
        let before = stored.view(scale);
        let prepared_at = stored.prepared_at;
        compute(uow, &mut stored, scale).await?;
        stored.prepared_at = prepared_at;
        if stored.view(scale) != before {
            return Err(AppError::of(&WITHHOLDING_RETURN_OUTDATED));
        }
        stored.status = WithholdingReturnStatus::Filed;
        stored.reference = Some(self.reference.clone());
        stored.filed_at = Some(uow.now());
        stored.filed_by = ctx.actor.user_id();
        stored.version += 1;
        // Payments that were posted since the figures were computed must be seen before they are declared.
        let taken = uow.withholding().take_withholding_entries(stored.id, stored.month).await?;
        if taken != stored.entry_count {
            return Err(AppError::of(&WITHHOLDING_RETURN_OUTDATED));
        }
        save(uow, &stored).await?;
        let view = stored.view(scale);
        note(uow, "filed", Some(&before), &view);
        Ok(Done::of(view.id, view.version, view))
    }
}
