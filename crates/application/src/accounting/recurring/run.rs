//! `POST …/{id}/run`: makes what is due now, and tries again what failed, instead of waiting for the background.

use std::marker::PhantomData;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::error::Violation;
use domain::ids::Id;

use super::occurrence::{settle_failed, settle_made};
use super::{RUN_OCCURRENCES_MAX, Recurs, find, record};
use crate::accounting::ports::recurring::StoredRecurring;
use crate::accounting::views::recurring::RecurringFailureView;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct RunRecurring<T: Recurs> {
    pub id: Id<T::Of>,
    /// Makes everything that falls due by then; `None` is the tenant's today.
    pub date: Option<NaiveDate>,
    of: PhantomData<fn() -> T>,
}

/// The result of a run.
pub struct Ran<T: Recurs> {
    pub made: Vec<T::Made>,
    pub failed: Vec<RecurringFailureView>,
    /// The recurring template after the run.
    pub view: T::View,
}

impl<T: Recurs> RunRecurring<T> {
    pub fn new(id: Id<T::Of>, date: Option<NaiveDate>) -> Self {
        Self { id, date, of: PhantomData }
    }
}

#[async_trait]
impl<T: Recurs> Command for RunRecurring<T> {
    const NAME: &'static str = T::NAMES.run;
    const ACCESS: Access = Access::Permission(T::NAMES.can_run);
    type Output = T::Run;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<T::Run>> {
        let stored = find::<T>(uow, self.id).await?;
        check_version(ctx, stored.entry.version)?;
        if !stored.entry.active {
            let violation = Violation::new(T::ERRORS.inactive).with("code", &stored.entry.code);
            return Err(AppError::new(violation));
        }
        T::may_order(ctx, &stored.entry.template, stored.entry.auto_post)?;
        let mut scope = T::open(ctx, uow).await?;
        let (before, version) = (T::view(uow, &mut scope, &stored).await?, stored.entry.version);
        let through = self.date.unwrap_or_else(|| ctx.today(uow.now()));
        let mut run = Run { ctx, today: ctx.today(uow.now()), stored, made: Vec::new(), failed: Vec::new() };
        run.retry(uow, through).await?;
        run.due(uow, through).await?;
        let Run { stored, made, failed, .. } = run;
        let view = T::view(uow, &mut scope, &stored).await?;
        if stored.entry.version != version {
            record::<T>(uow, self.id, "ran", Some(&before), Some(&view));
        }
        Ok(Done::of(self.id.uuid(), stored.entry.version, T::ran(Ran { made, failed, view })))
    }
}

/// A run in progress.
struct Run<'a, T: Recurs> {
    ctx: &'a RequestContext,
    today: NaiveDate,
    stored: StoredRecurring<T>,
    made: Vec<T::Made>,
    failed: Vec<RecurringFailureView>,
}

impl<T: Recurs> Run<'_, T> {
    /// Tries what failed before.
    async fn retry(&mut self, uow: &mut dyn UnitOfWork, through: NaiveDate) -> AppResult<()> {
        if self.stored.failed_count == 0 {
            return Ok(());
        }
        let failed = T::records(uow).failed_occurrences(self.stored.entry.id).await?;
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
        let made = T::make(self.ctx, uow, entry, date).await;
        if let Some(begun_at) = part {
            uow.bookkeeping().end_part(begun_at, made.is_ok()).await?;
        }
        let stored = self.stored.clone();
        self.stored = match made {
            Ok((id, made)) => {
                self.made.push(made);
                settle_made(uow, stored, (date, id)).await?
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
