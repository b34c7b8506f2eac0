//! `POST /deferrals/{id}/cancel`: ends a deferral; what is left is posted at once or given up, or all of it is taken back.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::approval::ENTRY_AWAITS_APPROVAL;
use domain::accounting::deferral::{DeferralLineStatus, DeferralStatus};
use domain::accounting::journal_entry::{EntrySource, EntrySourceKind};
use domain::money::Amount;
use domain::text::DESCRIPTION_LENGTH_MAX;

use super::ports::{DeferralId, DeferralLine, StoredDeferral};
use super::posting::Part;
use super::run::{closed, find, save};
use super::views::DeferralView;
use super::{CANCEL, ENTITY};
use crate::accounting::ledger::{Ledger, reversal_of};
use crate::accounting::ports::books::Books;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::ports::change::Change;
use crate::request;
use crate::unit_of_work::UnitOfWork;
use crate::warnings::shown;
use crate::wire::RequiredText;

/// The part of a reversal is the number of its line beyond this.
const REVERSALS_FROM: u32 = 10_000;

domain::choices! {
    /// What becomes of a cancelled deferral.
    pub enum DeferralRest {
        /// What is left is posted at once, in one entry.
        Post = "post",
        /// What is left is given up; it stays on the source account.
        Drop = "drop",
        /// What is left is given up, and what was posted is reversed.
        TakeBack = "take_back",
    }
}

request! {
    /// Ends a deferral.
    pub struct CancelDeferralBody {
        /// Posts what is left at once (`post`), gives it up (`drop`), or gives it up and reverses what was posted (`take_back`).
        rest: DeferralRest = "post",
        /// The date of what is posted: by default today for `post`, and the date of each entry for its reversal.
        date: Option<NaiveDate>,
        /// The reason, which becomes the description of reversals.
        reason: RequiredText<DESCRIPTION_LENGTH_MAX> = "The policy was cancelled",
    }
}

pub struct CancelDeferral {
    pub id: DeferralId,
    pub rest: DeferralRest,
    pub date: Option<NaiveDate>,
    pub reason: String,
}

#[async_trait]
impl Command for CancelDeferral {
    const NAME: &'static str = "cancel_deferral";
    const ACCESS: Access = Access::Permission(CANCEL);
    type Output = DeferralView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DeferralView>> {
        let mut deferral = find(uow, self.id).await?;
        check_version(ctx, deferral.version)?;
        let taken_back = self.rest == DeferralRest::TakeBack && deferral.status == DeferralStatus::Completed;
        if deferral.status != DeferralStatus::Active && !taken_back {
            return Err(closed(&deferral));
        }
        if deferral.lines.iter().any(|line| line.status == DeferralLineStatus::Waiting) {
            return Err(AppError::of(&ENTRY_AWAITS_APPROVAL));
        }
        let before = deferral.clone();
        match self.rest {
            DeferralRest::Post => {
                self.post_rest(ctx, uow, &mut deferral).await.map_err(|error| error.of_the_whole("/date"))?
            }
            DeferralRest::Drop => drop_rest(&mut deferral),
            DeferralRest::TakeBack => {
                drop_rest(&mut deferral);
                self.take_back(ctx, uow, &mut deferral).await.map_err(|error| error.of_the_whole("/date"))?;
            }
        }
        deferral.status = DeferralStatus::Cancelled;
        save(uow, &mut deferral).await?;
        let mut books = Books::open(ctx, uow).await?;
        let legend = deferral.legend(uow, &mut books).await?;
        let view = deferral.full_view(&legend);
        let mut after = serde_json::to_value(&view).unwrap_or_default();
        after["reason"] = self.reason.clone().into();
        uow.record(Change {
            tenant: uow.tenant(),
            entity: ENTITY,
            entity_id: view.id,
            action: "cancelled",
            before: serde_json::to_value(before.full_view(&legend)).ok(),
            after: Some(after),
        });
        let warnings = shown(&std::mem::take(uow.warnings()), ctx.language);
        let view = DeferralView { warnings, ..view };
        Ok(Done::of(view.id, view.version, view))
    }
}

impl CancelDeferral {
    /// One entry for all that is left.
    async fn post_rest(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        deferral: &mut StoredDeferral,
    ) -> AppResult<()> {
        let date = self.date.unwrap_or_else(|| ctx.today(uow.now()));
        let sum = |of: fn(&DeferralLine) -> Amount| {
            let open = deferral.lines.iter().filter(|line| line.status.is_open());
            Amount::sum(open.map(of)).ok_or_else(|| AppError::internal("the rest no longer fits"))
        };
        let (amount, company_amount) = (sum(|line| line.amount)?, sum(|line| line.company_amount)?);
        let (entry, posted) =
            deferral.post(ctx, uow, &Part { number: 0, date, amount, company_amount }).await?;
        for index in 0..deferral.lines.len() {
            if deferral.lines[index].status.is_open() {
                deferral.done(index, entry, posted);
            }
        }
        Ok(())
    }

    async fn take_back(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        deferral: &mut StoredDeferral,
    ) -> AppResult<()> {
        let mut postings = Vec::new();
        for (line, number) in deferral.lines.iter_mut().zip(1..) {
            let Some(entry) = line.entry.filter(|_| line.status == DeferralLineStatus::Posted) else {
                continue;
            };
            let source =
                EntrySource::part(EntrySourceKind::Deferral, self.id.uuid(), REVERSALS_FROM + number);
            postings.push(reversal_of(ctx, uow, entry, source, &self.reason, self.date).await?);
            line.status = DeferralLineStatus::TakenBack;
        }
        if !postings.is_empty() {
            Ledger::open(ctx, uow).await?.post_noted(uow, postings).await?;
        }
        Ok(())
    }
}

fn drop_rest(deferral: &mut StoredDeferral) {
    for line in deferral.lines.iter_mut().filter(|line| line.status.is_open()) {
        line.status = DeferralLineStatus::Dropped;
        line.attempted_on = None;
        line.problems.clear();
    }
}
