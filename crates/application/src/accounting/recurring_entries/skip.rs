//! `POST /recurring-entries/{id}/skip`: an occurrence that is not to be made.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::recurring_entry::{RECURRING_ENTRY_ENDED, RECURRING_OCCURRENCE_NOT_OPEN};
use domain::error::Violation;
use domain::ids::RecurringEntryId;
use domain::text::{DESCRIPTION_LENGTH_MAX, required_text};

use super::occurrence::settle_failed_before;
use super::{UPDATE, find, save, view};
use crate::accounting::ports::books::Books;
use crate::accounting::ports::recurring_entries::UnmadeOccurrence;
use crate::accounting::views::recurring_entry::{RecurringEntryView, RecurringSkipView};
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::ports::change::Change;
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct SkipRecurringOccurrence {
    pub id: RecurringEntryId,
    /// The next occurrence or one that failed; `None` is the earliest of them.
    pub date: Option<NaiveDate>,
    pub reason: String,
}

#[async_trait]
impl Command for SkipRecurringOccurrence {
    const NAME: &'static str = "skip_recurring_occurrence";
    const ACCESS: Access = Access::Permission(UPDATE);
    type Output = RecurringSkipView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<RecurringSkipView>> {
        let stored = find(uow, self.id).await?;
        check_version(ctx, stored.entry.version)?;
        let reason = required_text(&self.reason, DESCRIPTION_LENGTH_MAX).map_err(|v| v.at("/reason"))?;
        let mut books = Books::open(ctx, uow).await?;
        let before = view(uow, &mut books, &stored).await?;
        let failed = uow.recurring_entries().failed_occurrences(self.id).await?;
        let failed: Vec<NaiveDate> = failed.into_iter().map(|failure| failure.date).collect();
        let next = stored.entry.next_date;
        let Some(date) = self.date.or_else(|| failed.first().copied().or(next)) else {
            return Err(Violation::new(&RECURRING_ENTRY_ENDED).with("code", &stored.entry.code).into());
        };
        let skipped = UnmadeOccurrence::Skipped { date, reason: reason.clone(), by: ctx.actor.user_id() };
        let stored = if next == Some(date) {
            uow.recurring_entries().insert_occurrences(self.id, &[skipped]).await?;
            let stored = stored.advance();
            save(uow, &stored).await?;
            stored
        } else if failed.contains(&date) {
            uow.recurring_entries().update_occurrence(self.id, &skipped).await?;
            settle_failed_before(uow, stored).await?
        } else {
            let violation = Violation::new(&RECURRING_OCCURRENCE_NOT_OPEN).with("date", date);
            return Err(violation.at("/date").into());
        };
        let after = view(uow, &mut books, &stored).await?;
        record_skip(uow, &before, &after, date, &reason);
        let output = RecurringSkipView { date, recurring_entry: after };
        Ok(Done::of(output.recurring_entry.id, output.recurring_entry.version, output))
    }
}

/// Audit row and event say which occurrence it was, and why.
fn record_skip(
    uow: &mut dyn UnitOfWork,
    before: &RecurringEntryView,
    after: &RecurringEntryView,
    date: NaiveDate,
    reason: &str,
) {
    let mut document = serde_json::to_value(after).unwrap_or_default();
    document["skipped"] = serde_json::json!({ "date": date, "reason": reason });
    uow.record(Change {
        tenant: uow.tenant(),
        entity: "recurring_entry",
        entity_id: after.id,
        action: "skipped",
        before: serde_json::to_value(before).ok(),
        after: Some(document),
    });
}
