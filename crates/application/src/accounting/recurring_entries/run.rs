//! `POST /recurring-entries/{id}/run`: makes what is due now, and tries again what failed, instead of waiting for the background.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::recurring_entry::RECURRING_ENTRY_INACTIVE;
use domain::error::Violation;
use domain::ids::RecurringEntryId;

use super::occurrence::{make, settle_failed, settle_made};
use super::{RUN, RUN_OCCURRENCES_MAX, find, may_order, record, view};
use crate::accounting::ports::books::Books;
use crate::accounting::ports::recurring_entries::StoredRecurringEntry;
use crate::accounting::views::journal_entry::JournalEntryView;
use crate::accounting::views::recurring_entry::{RecurringFailureView, RecurringRunView};
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct RunRecurringEntry {
    pub id: RecurringEntryId,
    /// Makes everything that falls due by then; `None` is the tenant's today.
    pub date: Option<NaiveDate>,
}

#[async_trait]
impl Command for RunRecurringEntry {
    const NAME: &'static str = "run_recurring_entry";
    const ACCESS: Access = Access::Permission(RUN);
    type Output = RecurringRunView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<RecurringRunView>> {
        let stored = find(uow, self.id).await?;
        check_version(ctx, stored.entry.version)?;
        if !stored.entry.active {
            let violation = Violation::new(&RECURRING_ENTRY_INACTIVE).with("code", &stored.entry.code);
            return Err(AppError::new(violation));
        }
        may_order(ctx, stored.entry.auto_post)?;
        let mut books = Books::open(ctx, uow).await?;
        let before = view(uow, &mut books, &stored).await?;
        let through = self.date.unwrap_or_else(|| ctx.today(uow.now()));
        let mut run = Run { ctx, today: ctx.today(uow.now()), stored, made: Vec::new(), failed: Vec::new() };
        run.retry(uow, through).await?;
        run.due(uow, through).await?;
        let Run { stored, made, failed, .. } = run;
        let after = view(uow, &mut books, &stored).await?;
        if after.version != before.version {
            record(uow, "ran", Some(&before), Some(&after));
        }
        let output = RecurringRunView { entries: made, failed, recurring_entry: after };
        Ok(Done::of(output.recurring_entry.id, output.recurring_entry.version, output))
    }
}

/// A run in progress.
struct Run<'a> {
    ctx: &'a RequestContext,
    today: NaiveDate,
    stored: StoredRecurringEntry,
    made: Vec<JournalEntryView>,
    failed: Vec<RecurringFailureView>,
}

impl Run<'_> {
    /// Tries what failed before.
    async fn retry(&mut self, uow: &mut dyn UnitOfWork, through: NaiveDate) -> AppResult<()> {
        if self.stored.failed_count == 0 {
            return Ok(());
        }
        let failed = uow.recurring_entries().failed_occurrences(self.stored.entry.id).await?;
        for failure in failed.into_iter().filter(|failure| failure.date <= through) {
            self.one(uow, failure.date).await?;
        }
        Ok(())
    }

    /// Makes what is due, one after the other.
    async fn due(&mut self, uow: &mut dyn UnitOfWork, through: NaiveDate) -> AppResult<()> {
        while let Some(date) = self.stored.due(through) {
            if self.made.len() + self.failed.len() >= RUN_OCCURRENCES_MAX {
                break;
            }
            self.one(uow, date).await?;
        }
        Ok(())
    }

    async fn one(&mut self, uow: &mut dyn UnitOfWork, date: NaiveDate) -> AppResult<()> {
        let entry = &self.stored.entry;
        // Only a posting can be refused after it wrote something.
        let part = if entry.auto_post { Some(uow.bookkeeping().begin_part().await?) } else { None };
        let made = make(self.ctx, uow, entry, date).await;
        if let Some(begun_at) = part {
            uow.bookkeeping().end_part(begun_at, made.is_ok()).await?;
        }
        let stored = self.stored.clone();
        self.stored = match made {
            Ok(made) => {
                self.made.push(JournalEntryView { lines: None, ..made });
                settle_made(uow, stored, date).await?
            }
            Err(error) if error.is_refusal() => {
                let failure = RecurringFailureView::new(date, self.today, &error.violations);
                self.failed.push(failure.clone());
                settle_failed(uow, stored, failure).await?
            }
            Err(error) => return Err(error),
        };
        Ok(())
    }
}
