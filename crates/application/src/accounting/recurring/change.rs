//! Creating and changing what recurs, whatever is made of it.

use chrono::NaiveDate;
use domain::accounting::recurrence::{Frequency, Recurrence};
use domain::accounting::recurring::{Changed, NewRecurring, Recurring, RecurringPatch};
use domain::error::Violations;
use domain::ids::Id;
use domain::text::{Code, LocalizedName};

use super::{Recurs, check_code, orderer, save};
use crate::accounting::ports::recurring::{StoredRecurring, UnmadeOccurrence};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// The reason kept with an occurrence that a change gave up.
const DROPPED_REASON: &str = "dropOverdue";

/// The members of every kind of recurring template when it is created.
#[derive(Debug, Clone)]
pub struct NewOf {
    pub code: Code,
    pub name: LocalizedName,
    pub schedule: Frequency,
    pub start_date: NaiveDate,
    pub end_date: Option<NaiveDate>,
    pub auto_post: bool,
    pub active: bool,
}

/// The members of every kind of recurring template when it is changed. `None` leaves a member as it is, an inner `None`
/// empties it.
#[derive(Debug, Clone)]
pub struct PatchOf {
    pub code: Option<Code>,
    pub name: Option<LocalizedName>,
    pub schedule: Option<Frequency>,
    pub start_date: Option<NaiveDate>,
    pub end_date: Option<Option<NaiveDate>>,
    pub auto_post: Option<bool>,
    pub active: Option<bool>,
    /// Give up what is due by today instead of keeping it due.
    pub drop_overdue: bool,
}

/// Something that recurs after a change, and the occurrences that were given up.
pub(crate) struct Saved<T: Recurs> {
    pub stored: StoredRecurring<T>,
    pub dropped: Vec<NaiveDate>,
}

impl NewOf {
    /// The rhythm, if it and the code are right.
    pub(crate) async fn check<T: Recurs>(
        &self,
        uow: &mut dyn UnitOfWork,
        violations: &mut Violations,
    ) -> AppResult<Option<Recurrence>> {
        check_code::<T>(uow, &self.code, None, violations).await?;
        let recurrence = Recurrence::new(self.schedule, self.start_date, self.end_date);
        Ok(recurrence.map_err(|refused| violations.extend(refused)).ok())
    }
}

/// Keeps something that recurs from now on; the caller orders it.
pub(crate) async fn create<T: Recurs>(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    scope: &mut T::Scope,
    new: &NewOf,
    (recurrence, template): (Recurrence, T),
) -> AppResult<StoredRecurring<T>> {
    let new = NewRecurring {
        id: Id::new(uow.new_id()),
        code: new.code.clone(),
        name: new.name.clone(),
        recurrence,
        template,
        auto_post: new.auto_post,
        active: new.active,
        ordered_by: orderer(ctx),
    };
    let mut entry = Recurring::new(new, T::known(scope))?;
    T::check_postable(ctx, uow, scope, &mut entry).await?;
    T::records(uow).insert(&entry).await?;
    Ok(StoredRecurring::new(entry))
}

/// The change that a patch asks for, `template` being the one that it comes to.
pub(crate) async fn patch<T: Recurs>(
    uow: &mut dyn UnitOfWork,
    old: &Recurring<T>,
    asked: &PatchOf,
    template: Option<T>,
    mut violations: Violations,
) -> AppResult<RecurringPatch<T>> {
    if let Some(code) = &asked.code {
        check_code::<T>(uow, code, Some(old.id), &mut violations).await?;
    }
    let rhythm = old.recurrence;
    let every = asked.schedule.unwrap_or(rhythm.every());
    let start = asked.start_date.unwrap_or(rhythm.start());
    let recurrence = Recurrence::new(every, start, asked.end_date.unwrap_or(rhythm.end()));
    let recurrence = recurrence.map_err(|refused| violations.extend(refused)).ok();
    Ok(violations.into_result(RecurringPatch {
        code: asked.code.clone(),
        name: asked.name.clone(),
        recurrence,
        template,
        auto_post: asked.auto_post,
        active: asked.active,
        drop_overdue: asked.drop_overdue,
    })?)
}

/// Changes what recurs. A user who changes what it makes orders it from then on.
pub(crate) async fn change<T: Recurs>(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    scope: &mut T::Scope,
    stored: StoredRecurring<T>,
    patch: RecurringPatch<T>,
) -> AppResult<Saved<T>> {
    let today = ctx.today(uow.now());
    let old = stored.entry.clone();
    let (posts, drops) = (old.auto_post || patch.auto_post == Some(true), patch.drop_overdue);
    let Changed { mut entry, dropped } = match stored.entry.update(patch, today, T::known(scope)) {
        Ok(changed) => changed,
        // A user who may not order it is told so, not asked to correct it.
        Err(refused) => {
            return Err(T::may_order(ctx, &old.template, posts).err().unwrap_or_else(|| refused.into()));
        }
    };
    if entry.orders_differently(&old) {
        T::may_order(ctx, &entry.template, entry.auto_post)?;
        entry.ordered_by = orderer(ctx).or(entry.ordered_by);
    }
    if entry.template != old.template || entry.auto_post != old.auto_post {
        T::check_postable(ctx, uow, scope, &mut entry).await?;
    }
    let id = entry.id;
    let stored = StoredRecurring { entry, ..stored };
    let (stored, dropped) = if drops { give_up(ctx, uow, stored, dropped).await? } else { (stored, dropped) };
    save(uow, &stored).await?;
    if stored.failed_count > 0 {
        // The cause of a failure may have been removed; if not, the next attempt says so again.
        T::records(uow).retry_occurrences(id).await?;
    }
    Ok(Saved { stored, dropped })
}

/// Notes what is given up as skipped: what was due, and what failed before. Answers all of it, earliest first.
async fn give_up<T: Recurs>(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    stored: StoredRecurring<T>,
    due: Vec<NaiveDate>,
) -> AppResult<(StoredRecurring<T>, Vec<NaiveDate>)> {
    let (id, by, reason) = (stored.entry.id, ctx.actor.user_id(), DROPPED_REASON);
    let failed = T::records(uow).failed_occurrences(id).await?;
    let mut dropped: Vec<NaiveDate> = failed.into_iter().map(|failure| failure.date).collect();
    T::records(uow).skip_failed_occurrences(id, reason, by).await?;
    let skipped =
        due.iter().map(|date| UnmadeOccurrence::Skipped { date: *date, reason: reason.to_owned(), by });
    T::records(uow).insert_occurrences(id, &skipped.collect::<Vec<_>>()).await?;
    dropped.extend(due);
    Ok((StoredRecurring { last_error: None, failed_count: 0, ..stored }, dropped))
}
