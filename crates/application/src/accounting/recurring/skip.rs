//! `POST …/{id}/skip`: an occurrence that is not to be made.

use std::marker::PhantomData;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::recurring::RECURRING_OCCURRENCE_NOT_OPEN;
use domain::error::Violation;
use domain::ids::Id;
use domain::text::{DESCRIPTION_LENGTH_MAX, required_text};

use super::occurrence::settle_failed_before;
use super::{Recurs, find, record_skip, save};
use crate::accounting::ports::recurring::UnmadeOccurrence;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct SkipOccurrence<T: Recurs> {
    pub id: Id<T::Of>,
    /// The next occurrence or one that failed; `None` is the earliest of them.
    pub date: Option<NaiveDate>,
    pub reason: String,
    of: PhantomData<fn() -> T>,
}

impl<T: Recurs> SkipOccurrence<T> {
    pub fn new(id: Id<T::Of>, date: Option<NaiveDate>, reason: String) -> Self {
        Self { id, date, reason, of: PhantomData }
    }
}

#[async_trait]
impl<T: Recurs> Command for SkipOccurrence<T> {
    const NAME: &'static str = T::NAMES.skip;
    const ACCESS: Access = Access::Permission(T::NAMES.can_update);
    type Output = T::Skip;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<T::Skip>> {
        let stored = find::<T>(uow, self.id).await?;
        check_version(ctx, stored.entry.version)?;
        let reason = required_text(&self.reason, DESCRIPTION_LENGTH_MAX).map_err(|v| v.at("/reason"))?;
        let mut scope = T::open(ctx, uow).await?;
        let before = T::view(uow, &mut scope, &stored).await?;
        let failed = T::records(uow).failed_occurrences(self.id).await?;
        let failed: Vec<NaiveDate> = failed.into_iter().map(|failure| failure.date).collect();
        let next = stored.entry.next_date;
        let Some(date) = self.date.or_else(|| failed.first().copied().or(next)) else {
            return Err(Violation::new(T::ERRORS.ended).with("code", &stored.entry.code).into());
        };
        let skipped = UnmadeOccurrence::Skipped { date, reason: reason.clone(), by: ctx.actor.user_id() };
        let stored = if next == Some(date) {
            T::records(uow).insert_occurrences(self.id, &[skipped]).await?;
            let stored = stored.advance();
            save(uow, &stored).await?;
            stored
        } else if failed.contains(&date) {
            T::records(uow).update_occurrence(self.id, &skipped).await?;
            settle_failed_before(uow, stored).await?
        } else {
            let violation = Violation::new(&RECURRING_OCCURRENCE_NOT_OPEN).with("date", date);
            return Err(violation.at("/date").into());
        };
        let after = T::view(uow, &mut scope, &stored).await?;
        record_skip::<T>(uow, (self.id, date), (&before, &after), &reason);
        Ok(Done::of(self.id.uuid(), stored.entry.version, T::skipped(date, after)))
    }
}
