//! Steps that every command on master data takes: noting the change, and saying why not.

use domain::error::Violation;
use serde::Serialize;
use uuid::Uuid;

use crate::error::{ALREADY_EXISTS, AppError, AppResult, IN_USE, STALE_VERSION, UNKNOWN_REFERENCE};
use crate::nouns::{noun, nouns};
use crate::ports::change::Change;
use crate::unit_of_work::UnitOfWork;

/// Notes what became of `entity`; views are what the audit log and the change feed keep.
pub fn record<V: Serialize>(
    uow: &mut dyn UnitOfWork,
    entity: &'static str,
    entity_id: Uuid,
    action: &'static str,
    before: Option<&V>,
    after: Option<&V>,
) {
    let document = |view: &V| serde_json::to_value(view).unwrap_or_default();
    let (before, after) = (before.map(document), after.map(document));
    let tenant = uow.tenant();
    uow.record(Change { tenant, entity, entity_id, action, before, after });
}

/// The row is at another version than the one just read: someone else's write came between.
pub fn stale(current: i64) -> AppError {
    AppError::new(Violation::new(&STALE_VERSION).with("current", current))
}

/// Refuses a deletion while something refers to the thing; `users` are names of resources.
pub fn refuse_used(users: &[&'static str]) -> AppResult<()> {
    if users.is_empty() {
        return Ok(());
    }
    Err(AppError::new(Violation::new(&IN_USE).with_phrase("users", nouns(users))))
}

/// `field` is the JSON member, which is also where the violation points.
pub fn already_exists(field: &str, value: impl ToString) -> Violation {
    Violation::new(&ALREADY_EXISTS).at(format!("/{field}")).with("field", field).with("value", value)
}

pub fn unknown_reference(pointer: &str, resource: &'static str, value: impl ToString) -> Violation {
    Violation::new(&UNKNOWN_REFERENCE)
        .at(pointer)
        .with_phrase("resource", noun(resource))
        .with("value", value)
}
