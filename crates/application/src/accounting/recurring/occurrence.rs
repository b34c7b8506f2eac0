//! One occurrence: made, or noted as failed. It is the next one, or one that failed before.

use chrono::NaiveDate;
use domain::accounting::recurring::Recurring;
use uuid::Uuid;

use super::{Recurs, save};
use crate::accounting::ports::recurring::{MadeOccurrence, StoredRecurring, UnmadeOccurrence};
use crate::accounting::views::recurring::RecurringFailureView;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// Saves what was made of the occurrence of `date`.
pub(super) async fn settle_made<T: Recurs>(
    uow: &mut dyn UnitOfWork,
    stored: StoredRecurring<T>,
    (date, made): (NaiveDate, Uuid),
) -> AppResult<StoredRecurring<T>> {
    let failed_before = stored.entry.next_date != Some(date);
    let occurrence = MadeOccurrence { date, id: made, failed_before };
    T::records(uow).occurrence_made(stored.entry.id, occurrence).await?;
    if failed_before {
        return settle_failed_before(uow, stored).await;
    }
    let next = stored.advance();
    save(uow, &next).await?;
    Ok(next)
}

/// Saves that the occurrence of `failure` could not be made: the later ones need not wait for it.
pub(super) async fn settle_failed<T: Recurs>(
    uow: &mut dyn UnitOfWork,
    stored: StoredRecurring<T>,
    failure: RecurringFailureView,
) -> AppResult<StoredRecurring<T>> {
    let (id, date) = (stored.entry.id, failure.date);
    let retry_on = failure.attempted_on.succ_opt().unwrap_or(failure.attempted_on);
    let occurrence = UnmadeOccurrence::Failed { failure: failure.clone(), retry_on };
    if stored.entry.next_date != Some(date) {
        T::records(uow).update_occurrence(id, &occurrence).await?;
        return settle_failed_before(uow, stored).await;
    }
    T::records(uow).insert_occurrences(id, &[occurrence]).await?;
    let next = StoredRecurring {
        last_error: stored.last_error.filter(|_| stored.failed_count > 0).or(Some(failure)),
        failed_count: stored.failed_count + 1,
        entry: stored.entry.advance(),
    };
    save(uow, &next).await?;
    Ok(next)
}

/// Saves it after something happened to one of its failed occurrences; what is due next stays.
pub(super) async fn settle_failed_before<T: Recurs>(
    uow: &mut dyn UnitOfWork,
    stored: StoredRecurring<T>,
) -> AppResult<StoredRecurring<T>> {
    let mut failed = T::records(uow).failed_occurrences(stored.entry.id).await?;
    let failed_count = u32::try_from(failed.len()).unwrap_or(u32::MAX);
    let last_error = if failed.is_empty() { None } else { Some(failed.swap_remove(0)) };
    let entry = Recurring { version: stored.entry.version + 1, ..stored.entry };
    let next = StoredRecurring { entry, last_error, failed_count };
    save(uow, &next).await?;
    Ok(next)
}
