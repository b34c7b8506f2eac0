//! What a background worker calls: everything that is due in a tenant, each occurrence in its own transaction.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::error::Category;
use domain::ids::{RecurringEntryId, TenantId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{RUN, find, make_occurrence, record, save, view};
use crate::accounting::ports::recurring_entries::{DueRecurringEntry, StoredRecurringEntry};
use crate::accounting::views::recurring_entry::RecurringFailureView;
use crate::authorize::Access;
use crate::command::{Application, Command, Done, execute};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::ports::unit_of_work::UnitOfWork;

/// Most occurrences that one call tries; the others wait for the next call.
pub const OCCURRENCES_PER_RUN_MAX: usize = 1_000;
/// No date lies before it.
const FIRST_YEAR: i32 = 1900;
/// Recurring entries read at once.
const DUE_PAGE_MAX: u32 = 100;

/// What one call did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RecurringRun {
    pub drafted: usize,
    pub posted: usize,
    /// Recurring entries whose occurrence was refused; the reason is kept with each.
    pub failed: usize,
    /// The limit was reached: call again.
    pub more: bool,
}

/// Makes every occurrence of a tenant that is due by `today`, oldest first.
///
/// Entry and next date are one transaction, so an occurrence is made exactly once, also after a crash. A refused one
/// is noted in `last_error` and left alone until the next day; it holds up the later ones of its own template only.
/// Fails only when storage is away.
pub async fn run_due_recurring_entries(
    app: &Application,
    tenant: TenantId,
    today: NaiveDate,
) -> AppResult<RecurringRun> {
    let ctx = RequestContext::system(tenant, "recurring-entries");
    let mut run = RecurringRun::default();
    let mut tried = 0;
    let mut after = (NaiveDate::from_ymd_opt(FIRST_YEAR, 1, 1).unwrap_or_default(), Uuid::nil());
    loop {
        let page = due_page(app, &ctx, today, after).await?;
        let Some(last) = page.last() else { return Ok(run) };
        after = (last.next_date, last.id);
        for due in page.iter().filter(|due| due.failed_on.is_none_or(|day| day < today)) {
            let mut next = Some(due.next_date);
            while let Some(date) = next.filter(|date| *date <= today) {
                if tried == OCCURRENCES_PER_RUN_MAX {
                    return Ok(RecurringRun { more: true, ..run });
                }
                tried += 1;
                next = one(app, &ctx, due.id.into(), (date, today), &mut run).await?;
            }
        }
    }
}

/// Tries one occurrence; answers the next date unless it was refused.
async fn one(
    app: &Application,
    ctx: &RequestContext,
    id: RecurringEntryId,
    (date, today): (NaiveDate, NaiveDate),
    run: &mut RecurringRun,
) -> AppResult<Option<NaiveDate>> {
    match execute(app, ctx, MakeOccurrence { id, date }).await {
        Ok(executed) => {
            let made: Made = read(&executed.body)?;
            run.posted += usize::from(made.posted);
            run.drafted += usize::from(made.drafted);
            Ok(made.next_date)
        }
        Err(error) if error.category() == Category::Unavailable => Err(error),
        Err(error) => {
            tracing::warn!(tenant = %ctx.tenant, recurring_entry = %id, %date, %error, "a recurring entry was refused");
            run.failed += 1;
            let failure = RecurringFailureView::new(date, today, &error.violations);
            execute(app, ctx, NoteFailure { id, failure }).await?;
            Ok(None)
        }
    }
}

async fn due_page(
    app: &Application,
    ctx: &RequestContext,
    through: NaiveDate,
    (date, id): (NaiveDate, Uuid),
) -> AppResult<Vec<DueRecurringEntry>> {
    // A look-up: nothing of it is kept.
    let ctx = RequestContext { dry_run: true, ..ctx.clone() };
    read(&execute(app, &ctx, FindDue { through, after: (date, id.into()) }).await?.body)
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> AppResult<T> {
    serde_json::from_slice(body).map_err(|error| AppError::internal(format!("recurring entries: {error}")))
}

struct FindDue {
    through: NaiveDate,
    after: (NaiveDate, RecurringEntryId),
}

#[async_trait]
impl Command for FindDue {
    const NAME: &'static str = "find_due_recurring_entries";
    const ACCESS: Access = Access::Permission(RUN);
    type Output = Vec<DueRecurringEntry>;

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<Self::Output>> {
        let due = uow.recurring_entries().due_recurring_entries(self.through, self.after, DUE_PAGE_MAX);
        Ok(Done::new(due.await?))
    }
}

/// The occurrence of one date, unless someone else made it meanwhile.
struct MakeOccurrence {
    id: RecurringEntryId,
    date: NaiveDate,
}

#[derive(Serialize, Deserialize)]
struct Made {
    drafted: bool,
    posted: bool,
    next_date: Option<NaiveDate>,
}

#[async_trait]
impl Command for MakeOccurrence {
    const NAME: &'static str = "make_recurring_occurrence";
    const ACCESS: Access = Access::Permission(RUN);
    type Output = Made;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<Made>> {
        let stored = find(uow, self.id).await?;
        if stored.entry.due(self.date) != Some(self.date) {
            return Ok(Done::new(Made { drafted: false, posted: false, next_date: None }));
        }
        let before = view(uow, &stored).await?;
        let (entry, _) = make_occurrence(ctx, uow, stored.entry, self.date).await?;
        let made = Made { drafted: !entry.auto_post, posted: entry.auto_post, next_date: entry.next_date };
        let after = view(uow, &StoredRecurringEntry { entry, last_error: None }).await?;
        record(uow, "ran", Some(&before), Some(&after));
        Ok(Done::new(made))
    }
}

/// Keeps why an occurrence was refused.
struct NoteFailure {
    id: RecurringEntryId,
    failure: RecurringFailureView,
}

#[async_trait]
impl Command for NoteFailure {
    const NAME: &'static str = "note_recurring_failure";
    const ACCESS: Access = Access::Permission(RUN);
    type Output = ();

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        let mut stored = find(uow, self.id).await?;
        if stored.entry.due(self.failure.date) != Some(self.failure.date) {
            return Ok(Done::new(()));
        }
        let before = view(uow, &stored).await?;
        stored.entry.version += 1;
        stored.last_error = Some(self.failure.clone());
        save(uow, &stored).await?;
        let after = view(uow, &stored).await?;
        record(uow, "failed", Some(&before), Some(&after));
        Ok(Done::new(()))
    }
}
