//! Recurring entries and invoices over HTTP: the parts that both have in common.

mod actions;
mod body;
mod read;
mod schedule;

use application::accounting::recurring::Recurs;
use application::authorize::Access;
use application::paging::ListSpec;

pub use actions::{delete, run, skip};
pub(crate) use body::recurring_bodies;
pub use body::{PreviewQuery, RunRecurringBody, SkipOccurrenceBody};
pub use read::{get, list, occurrences, preview};
pub use schedule::ScheduleBody;

/// A kind of what recurs, as its routes know it.
pub trait RecurringRoutes: Recurs {
    const READ: Access;
    const LIST: &'static ListSpec;
    const OCCURRENCES: &'static ListSpec;

    fn version(view: &Self::View) -> i64;
}
