//! `POST /deferrals/{id}/run`: posts what is due now, and tries again what failed, instead of waiting for the background.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::deferral::{DEFERRAL_CLOSED, DeferralStatus};
use domain::error::{Phrase, Violation};

use super::ports::{DeferralId, StoredDeferral};
use super::posting::Due;
use super::views::DeferralView;
use super::{RUN, note};
use crate::accounting::ports::books::Books;
use crate::authorize::Access;
use crate::changes::stale;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::request;
use crate::unit_of_work::UnitOfWork;
use crate::warnings::shown;

request! {
    /// Posts what is due.
    pub struct RunDeferralBody {
        /// Posts every line dated by then; by default today in the time zone of the tenant.
        through: Option<NaiveDate> = "2026-03-31",
        /// The posting date of lines that are dated before it, such as those of a period that is closed. By default each line is
        /// posted on its own date, and one whose period is closed fails.
        posting_date: Option<NaiveDate>,
    }
}

pub struct RunDeferral {
    pub id: DeferralId,
    pub through: Option<NaiveDate>,
    pub posting_date: Option<NaiveDate>,
}

#[async_trait]
impl Command for RunDeferral {
    const NAME: &'static str = "run_deferral";
    const ACCESS: Access = Access::Permission(RUN);
    type Output = DeferralView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DeferralView>> {
        let mut deferral = find(uow, self.id).await?;
        check_version(ctx, deferral.version)?;
        if deferral.status != DeferralStatus::Active {
            return Err(closed(&deferral));
        }
        let today = ctx.today(uow.now());
        let due = Due {
            through: self.through.unwrap_or(today),
            posting_date: self.posting_date,
            today,
            retry_today: true,
        };
        let before = deferral.clone();
        let outcome = deferral.post_due(ctx, uow, due).await?;
        let mut books = Books::open(ctx, uow).await?;
        let legend = deferral.legend(uow, &mut books).await?;
        if outcome.lines() > 0 {
            save(uow, &mut deferral).await?;
            note(uow, "ran", Some(&before.full_view(&legend)), &deferral.full_view(&legend));
        }
        let warnings = shown(&std::mem::take(uow.warnings()), ctx.language);
        let view = DeferralView { warnings, ..deferral.full_view(&legend) };
        Ok(Done::of(view.id, view.version, view))
    }
}

pub(super) async fn find(uow: &mut dyn UnitOfWork, id: DeferralId) -> AppResult<StoredDeferral> {
    let found = uow.deferrals().find_deferral(id).await?;
    found.ok_or_else(|| AppError::not_found("deferral"))
}

/// Saves it as the next version.
pub(super) async fn save(uow: &mut dyn UnitOfWork, deferral: &mut StoredDeferral) -> AppResult<()> {
    deferral.version += 1;
    if uow.deferrals().save_deferral(deferral).await? {
        return Ok(());
    }
    Err(stale(deferral.version - 1))
}

pub(super) fn closed(deferral: &StoredDeferral) -> AppError {
    let closed = Violation::new(&DEFERRAL_CLOSED).with("code", &deferral.code);
    closed.with_phrase("status", phrase(deferral.status)).into()
}

/// A status in words.
fn phrase(status: DeferralStatus) -> Phrase {
    match status {
        DeferralStatus::Active => Phrase::new("active", "نشط"),
        DeferralStatus::Completed => Phrase::new("completed", "مكتمل"),
        DeferralStatus::Cancelled => Phrase::new("cancelled", "ملغى"),
    }
}
