//! Exceptions to locks: for one person, one lock and a while, with a reason that stays (R11).

mod create;
mod revoke;

pub use create::CreateLockException;
pub use revoke::RevokeLockException;

use super::ports::locks::StoredLockException;
use super::views::lock::LockExceptionView;
use crate::ports::change::Change;
use crate::unit_of_work::UnitOfWork;

domain::errors! {
    LOCK_EXCEPTION_REVOKED = "lock_exception_revoked", Conflict, User,
        "The exception was already revoked.", "أُلغي هذا الاستثناء من قبل.";
}

fn record(
    uow: &mut dyn UnitOfWork,
    action: &'static str,
    before: Option<&StoredLockException>,
    after: &StoredLockException,
) {
    let document = |stored: &StoredLockException| {
        serde_json::to_value(LockExceptionView::from(stored)).unwrap_or_default()
    };
    let (tenant, entity_id) = (uow.tenant(), after.exception.id.uuid());
    let (before, after) = (before.map(document), Some(document(after)));
    uow.record(Change { tenant, entity: "lock_exception", entity_id, action, before, after });
}
