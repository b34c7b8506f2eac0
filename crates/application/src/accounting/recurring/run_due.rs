//! Called by the background worker: everything that is due in a tenant, each occurrence in its own transaction.

use std::marker::PhantomData;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::error::Category;
use domain::ids::{Id, TenantId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::occurrence::{settle_failed, settle_made};
use super::{Recurs, find, record};
use crate::accounting::ports::recurring::{DueOccurrence, StoredRecurring};
use crate::accounting::views::recurring::RecurringFailureView;
use crate::authorize::Access;
use crate::command::{Application, Command, Done, execute};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::platform::on_behalf::on_behalf_of;
use crate::unit_of_work::UnitOfWork;

/// Most occurrences that one call tries; the others wait for the next call.
pub const OCCURRENCES_PER_RUN_MAX: usize = 1_000;
/// No date lies before it.
const FIRST_YEAR: i32 = 1900;
/// Occurrences read at once.
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

/// Makes every occurrence of one kind in a tenant that is due by `today`, oldest first, and tries again what failed on an
/// earlier day.
///
/// The thing made and the next date are saved in one transaction, so an occurrence is made exactly once, also after a crash.
/// Each is made in the name of whoever ordered it. A refused one is noted as failed and left alone until the next day; the
/// later ones do not wait for it. Fails only when storage is away.
pub async fn run_due_occurrences<T: Recurs>(
    app: &Application,
    tenant: TenantId,
    today: NaiveDate,
) -> AppResult<RecurringRun> {
    let ctx = RequestContext::system(tenant, T::NAMES.cause);
    let mut round =
        Round::<T> { app, ctx: &ctx, today, run: RecurringRun::default(), tried: 0, of: PhantomData };
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
    (due.date, due.recurring_id)
}

struct Round<'a, T> {
    app: &'a Application,
    ctx: &'a RequestContext,
    today: NaiveDate,
    run: RecurringRun,
    tried: usize,
    of: PhantomData<fn() -> T>,
}

impl<T: Recurs> Round<'_, T> {
    /// Tries an occurrence and, where it goes on, those that are due after it. Answers `false` when the limit of
    /// one call was reached.
    async fn occurrences_from(&mut self, due: &DueOccurrence, goes_on: bool) -> AppResult<bool> {
        let mut next = Some(due.date);
        while let Some(date) = next.filter(|date| *date <= self.today) {
            if self.tried == OCCURRENCES_PER_RUN_MAX {
                return Ok(false);
            }
            self.tried += 1;
            next = self.one(due.recurring_id.into(), date).await?.filter(|_| goes_on);
        }
        Ok(true)
    }

    /// Tries one occurrence; answers the date that is due after it.
    async fn one(&mut self, id: Id<T::Of>, date: NaiveDate) -> AppResult<Option<NaiveDate>> {
        match execute(self.app, self.ctx, MakeOccurrence::<T> { id, date }).await {
            Ok(executed) => {
                let made: Made = executed.read()?;
                self.run.posted += usize::from(made.posted);
                self.run.drafted += usize::from(made.drafted);
                Ok(made.next_date)
            }
            Err(error) if error.category() == Category::Unavailable => Err(error),
            Err(error) => {
                tracing::warn!(tenant = %self.ctx.tenant, kind = T::NAMES.entity, %id, %date, %error, "an occurrence was refused");
                self.run.failed += 1;
                let failure = RecurringFailureView::new(date, self.today, &error.violations);
                let executed = execute(self.app, self.ctx, NoteFailure::<T> { id, failure }).await?;
                executed.read()
            }
        }
    }

    /// One look for both: it is asked every minute, of every tenant.
    async fn look(&self, failed: (NaiveDate, Uuid), next: (NaiveDate, Uuid)) -> AppResult<Due> {
        // Nothing of it is kept.
        let ctx = RequestContext { dry_run: true, ..self.ctx.clone() };
        let find = FindDue::<T> {
            through: self.today,
            after_failed: (failed.0, failed.1.into()),
            after_next: (next.0, next.1.into()),
        };
        execute(self.app, &ctx, find).await?.read()
    }
}

struct FindDue<T: Recurs> {
    through: NaiveDate,
    after_failed: (NaiveDate, Id<T::Of>),
    after_next: (NaiveDate, Id<T::Of>),
}

/// The occurrences that failed on an earlier day, and those that are due now.
#[derive(Serialize, Deserialize)]
struct Due {
    failed: Vec<DueOccurrence>,
    next: Vec<DueOccurrence>,
}

#[async_trait]
impl<T: Recurs> Command for FindDue<T> {
    const NAME: &'static str = T::NAMES.find_due;
    const ACCESS: Access = Access::Permission(T::NAMES.can_run);
    type Output = Due;

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<Due>> {
        let records = T::records(uow);
        let failed = records.occurrences_to_retry(self.through, self.after_failed, DUE_PAGE_MAX).await?;
        let next = records.due_occurrences(self.through, self.after_next, DUE_PAGE_MAX).await?;
        Ok(Done::new(Due { failed, next }))
    }
}

/// The occurrence of one date, unless someone else settled it meanwhile.
struct MakeOccurrence<T: Recurs> {
    id: Id<T::Of>,
    date: NaiveDate,
}

#[derive(Default, Serialize, Deserialize)]
struct Made {
    drafted: bool,
    posted: bool,
    next_date: Option<NaiveDate>,
}

#[async_trait]
impl<T: Recurs> Command for MakeOccurrence<T> {
    const NAME: &'static str = T::NAMES.make_due;
    const ACCESS: Access = Access::Permission(T::NAMES.can_run);
    type Output = Made;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<Made>> {
        let stored = find::<T>(uow, self.id).await?;
        if !is_open(uow, &stored, self.date).await? {
            return Ok(Done::new(Made::default()));
        }
        let mut scope = T::open(ctx, uow).await?;
        let before = T::view(uow, &mut scope, &stored).await?;
        let entry = &stored.entry;
        let ordered_by = entry.ordered_by.map(|by| (by.user, by.key));
        let orderer = on_behalf_of(ctx, uow, ordered_by, T::needed_to_make(entry)).await?;
        let (id, made) = T::make(&orderer, uow, entry, self.date).await?;
        // One that waits for approval is a draft, whatever was ordered.
        let posted = T::is_posted(&made);
        let stored = settle_made(uow, stored, (self.date, id)).await?;
        let after = T::view(uow, &mut scope, &stored).await?;
        record::<T>(uow, self.id, "ran", Some(&before), Some(&after));
        Ok(Done::new(Made { drafted: !posted, posted, next_date: stored.due(NaiveDate::MAX) }))
    }
}

/// Whether the occurrence is still to be made.
async fn is_open<T: Recurs>(
    uow: &mut dyn UnitOfWork,
    stored: &StoredRecurring<T>,
    date: NaiveDate,
) -> AppResult<bool> {
    if stored.due(date) == Some(date) {
        return Ok(true);
    }
    if !stored.entry.active || stored.failed_count == 0 {
        return Ok(false);
    }
    let failed = T::records(uow).failed_occurrences(stored.entry.id).await?;
    Ok(failed.iter().any(|failure| failure.date == date))
}

/// Keeps why an occurrence was refused; answers the date that is due after it.
struct NoteFailure<T: Recurs> {
    id: Id<T::Of>,
    failure: RecurringFailureView,
}

#[async_trait]
impl<T: Recurs> Command for NoteFailure<T> {
    const NAME: &'static str = T::NAMES.note_failure;
    const ACCESS: Access = Access::Permission(T::NAMES.can_run);
    type Output = Option<NaiveDate>;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<Option<NaiveDate>>> {
        let stored = find::<T>(uow, self.id).await?;
        if !is_open(uow, &stored, self.failure.date).await? {
            return Ok(Done::new(None));
        }
        let mut scope = T::open(ctx, uow).await?;
        let before = T::view(uow, &mut scope, &stored).await?;
        let stored = settle_failed(uow, stored, self.failure.clone()).await?;
        let after = T::view(uow, &mut scope, &stored).await?;
        record::<T>(uow, self.id, "failed", Some(&before), Some(&after));
        Ok(Done::new(stored.due(NaiveDate::MAX)))
    }
}
