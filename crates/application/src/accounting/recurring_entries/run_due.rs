//! Called by the background worker: everything that is due in a tenant, each occurrence in its own transaction.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::journal_entry::EntryStatus;
use domain::error::Category;
use domain::ids::{RecurringEntryId, TenantId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::occurrence::{make, settle_failed, settle_made};
use super::{RUN, find, needed_to_make, record, view};
use crate::accounting::ports::books::Books;
use crate::accounting::ports::recurring_entries::{DueOccurrence, StoredRecurringEntry};
use crate::accounting::views::recurring_entry::RecurringFailureView;
use crate::authorize::Access;
use crate::command::{Application, Command, Done, execute};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::platform::on_behalf::on_behalf_of;
use crate::unit_of_work::UnitOfWork;

/// Most occurrences that one call tries; the others wait for the next call.
pub const OCCURRENCES_PER_RUN_MAX: usize = 1_000;
/// No date lies before it.
const FIRST_YEAR: i32 = 1900;
/// Recurring entries read at once.
const DUE_PAGE_MAX: u32 = 100;

/// The result of one call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RecurringRun {
    pub drafted: usize,
    pub posted: usize,
    /// Occurrences that were refused; the reason is kept with each.
    pub failed: usize,
    /// The limit was reached: call again.
    pub more: bool,
}

/// Makes every occurrence of a tenant that is due by `today`, oldest first, and tries again what failed on an earlier day.
///
/// Entry and next date are one transaction, so an occurrence is made exactly once, also after a crash. Each is made in the
/// name of whoever ordered it. A refused one is noted as failed and left alone until the next day; the later ones do not
/// wait for it. Fails only when storage is away.
pub async fn run_due_recurring_entries(
    app: &Application,
    tenant: TenantId,
    today: NaiveDate,
) -> AppResult<RecurringRun> {
    let ctx = RequestContext::system(tenant, "recurring-entries");
    let mut round = Round { app, ctx: &ctx, today, run: RecurringRun::default(), tried: 0 };
    let first = (NaiveDate::from_ymd_opt(FIRST_YEAR, 1, 1).unwrap_or_default(), Uuid::nil());
    let (mut after_failed, mut after_next) = (first, first);
    loop {
        let due = round.look(after_failed, after_next).await?;
        for (occurrence, goes_on) in
            due.failed.iter().map(|due| (due, false)).chain(due.next.iter().map(|due| (due, true)))
        {
            if !round.occurrences_from(occurrence, goes_on).await? {
                return Ok(RecurringRun { more: true, ..round.run });
            }
        }
        let full = |page: &[DueOccurrence]| page.len() >= DUE_PAGE_MAX as usize;
        if !full(&due.failed) && !full(&due.next) {
            return Ok(round.run);
        }
        after_failed = due.failed.last().map_or(after_failed, key);
        after_next = due.next.last().map_or(after_next, key);
    }
}

fn key(due: &DueOccurrence) -> (NaiveDate, Uuid) {
    (due.date, due.recurring_entry_id)
}

struct Round<'a> {
    app: &'a Application,
    ctx: &'a RequestContext,
    today: NaiveDate,
    run: RecurringRun,
    tried: usize,
}

impl Round<'_> {
    /// Tries an occurrence and, where its entry goes on, those that are due after it. Answers `false` when the limit of
    /// one call was reached.
    async fn occurrences_from(&mut self, due: &DueOccurrence, goes_on: bool) -> AppResult<bool> {
        let mut next = Some(due.date);
        while let Some(date) = next.filter(|date| *date <= self.today) {
            if self.tried == OCCURRENCES_PER_RUN_MAX {
                return Ok(false);
            }
            self.tried += 1;
            next = self.one(due.recurring_entry_id.into(), date).await?.filter(|_| goes_on);
        }
        Ok(true)
    }

    /// Tries one occurrence; answers the date that is due after it.
    async fn one(&mut self, id: RecurringEntryId, date: NaiveDate) -> AppResult<Option<NaiveDate>> {
        match execute(self.app, self.ctx, MakeOccurrence { id, date }).await {
            Ok(executed) => {
                let made: Made = read(&executed.body)?;
                self.run.posted += usize::from(made.posted);
                self.run.drafted += usize::from(made.drafted);
                Ok(made.next_date)
            }
            Err(error) if error.category() == Category::Unavailable => Err(error),
            Err(error) => {
                tracing::warn!(tenant = %self.ctx.tenant, recurring_entry = %id, %date, %error, "a recurring entry was refused");
                self.run.failed += 1;
                let failure = RecurringFailureView::new(date, self.today, &error.violations);
                let executed = execute(self.app, self.ctx, NoteFailure { id, failure }).await?;
                read(&executed.body)
            }
        }
    }

    /// One look for both: it is asked every minute, of every tenant.
    async fn look(&self, failed: (NaiveDate, Uuid), next: (NaiveDate, Uuid)) -> AppResult<Due> {
        // Nothing of it is kept.
        let ctx = RequestContext { dry_run: true, ..self.ctx.clone() };
        let find = FindDue {
            through: self.today,
            after_failed: (failed.0, failed.1.into()),
            after_next: (next.0, next.1.into()),
        };
        read(&execute(self.app, &ctx, find).await?.body)
    }
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> AppResult<T> {
    serde_json::from_slice(body).map_err(|error| AppError::internal(format!("recurring entries: {error}")))
}

struct FindDue {
    through: NaiveDate,
    after_failed: (NaiveDate, RecurringEntryId),
    after_next: (NaiveDate, RecurringEntryId),
}

/// The occurrences that failed on an earlier day, and those that are due now.
#[derive(Serialize, Deserialize)]
struct Due {
    failed: Vec<DueOccurrence>,
    next: Vec<DueOccurrence>,
}

#[async_trait]
impl Command for FindDue {
    const NAME: &'static str = "find_due_recurring_entries";
    const ACCESS: Access = Access::Permission(RUN);
    type Output = Due;

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<Due>> {
        let entries = uow.recurring_entries();
        let failed = entries.occurrences_to_retry(self.through, self.after_failed, DUE_PAGE_MAX).await?;
        let next = entries.due_occurrences(self.through, self.after_next, DUE_PAGE_MAX).await?;
        Ok(Done::new(Due { failed, next }))
    }
}

/// The occurrence of one date, unless someone else settled it meanwhile.
struct MakeOccurrence {
    id: RecurringEntryId,
    date: NaiveDate,
}

#[derive(Default, Serialize, Deserialize)]
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
        if !is_open(uow, &stored, self.date).await? {
            return Ok(Done::new(Made::default()));
        }
        let mut books = Books::open(ctx, uow).await?;
        let before = view(uow, &mut books, &stored).await?;
        let entry = &stored.entry;
        let orderer =
            on_behalf_of(ctx, uow, entry.ordered_by.map(|by| (by.user, by.key)), needed_to_make(entry))
                .await?;
        let made = make(&orderer, uow, entry, self.date).await?;
        // One that waits for approval is a draft, whatever the entry asks for.
        let posted = made.status == EntryStatus::Posted.as_str();
        let stored = settle_made(uow, stored, self.date).await?;
        let after = view(uow, &mut books, &stored).await?;
        record(uow, "ran", Some(&before), Some(&after));
        Ok(Done::new(Made { drafted: !posted, posted, next_date: stored.due(NaiveDate::MAX) }))
    }
}

/// Whether the occurrence is still to be made.
async fn is_open(
    uow: &mut dyn UnitOfWork,
    stored: &StoredRecurringEntry,
    date: NaiveDate,
) -> AppResult<bool> {
    if stored.due(date) == Some(date) {
        return Ok(true);
    }
    if !stored.entry.active || stored.failed_count == 0 {
        return Ok(false);
    }
    let failed = uow.recurring_entries().failed_occurrences(stored.entry.id).await?;
    Ok(failed.iter().any(|failure| failure.date == date))
}

/// Keeps why an occurrence was refused; answers the date that is due after it.
struct NoteFailure {
    id: RecurringEntryId,
    failure: RecurringFailureView,
}

#[async_trait]
impl Command for NoteFailure {
    const NAME: &'static str = "note_recurring_failure";
    const ACCESS: Access = Access::Permission(RUN);
    type Output = Option<NaiveDate>;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<Option<NaiveDate>>> {
        let stored = find(uow, self.id).await?;
        if !is_open(uow, &stored, self.failure.date).await? {
            return Ok(Done::new(None));
        }
        let mut books = Books::open(ctx, uow).await?;
        let before = view(uow, &mut books, &stored).await?;
        let stored = settle_failed(uow, stored, self.failure.clone()).await?;
        let after = view(uow, &mut books, &stored).await?;
        record(uow, "failed", Some(&before), Some(&after));
        Ok(Done::new(stored.due(NaiveDate::MAX)))
    }
}
