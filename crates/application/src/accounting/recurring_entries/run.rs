//! `POST /recurring-entries/{id}/run`: makes what is due now instead of waiting for the background worker.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::recurring_entry::RECURRING_ENTRY_INACTIVE;
use domain::error::Violation;
use domain::ids::RecurringEntryId;

use super::{RUN, RUN_OCCURRENCES_MAX, find, make_occurrence, record, view};
use crate::accounting::create_journal_entry::POST;
use crate::accounting::error::POST_PERMISSION_NEEDED;
use crate::accounting::ports::recurring_entries::StoredRecurringEntry;
use crate::accounting::views::recurring_entry::RecurringRunView;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::ports::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct RunRecurringEntry {
    pub id: RecurringEntryId,
    /// Makes everything that falls due by then; `None` is today, in UTC.
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
        if stored.entry.auto_post && !ctx.permissions.allows(POST) {
            return Err(AppError::of(&POST_PERMISSION_NEEDED));
        }
        let before = view(uow, &stored).await?;
        let through = self.date.unwrap_or_else(|| uow.now().date());
        let mut entries = Vec::new();
        let StoredRecurringEntry { mut entry, last_error } = stored;
        while let Some(date) = entry.due(through).filter(|_| entries.len() < RUN_OCCURRENCES_MAX) {
            let (next, made) = make_occurrence(ctx, uow, entry, date).await?;
            entry = next;
            entries.push(crate::accounting::views::journal_entry::JournalEntryView { lines: None, ..made });
        }
        let last_error = last_error.filter(|_| entries.is_empty());
        let after = view(uow, &StoredRecurringEntry { entry, last_error }).await?;
        if !entries.is_empty() {
            record(uow, "ran", Some(&before), Some(&after));
        }
        Ok(Done::of(after.id, after.version, RecurringRunView { entries, recurring_entry: after }))
    }
}
