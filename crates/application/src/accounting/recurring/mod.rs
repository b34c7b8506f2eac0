//! Recurring templates: an entry or invoice is made of each when it falls due, exactly once for each occurrence.
//!
//! Entries and invoices recur in the same way. [`Recurs`] is what differs: what is made, and who may order it.

mod change;
mod delete;
mod occurrence;
mod run;
mod run_due;
mod skip;

pub use change::{NewOf, PatchOf};
pub(crate) use change::{Saved, change, create, patch};
pub use delete::DeleteRecurring;
pub use run::{Ran, RunRecurring};
pub use run_due::{RecurringRun, run_due_occurrences};
pub use skip::SkipOccurrence;

use std::fmt;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::recurring::{Orderer, Recurring};
use domain::error::{Violation, Violations};
use domain::ids::Id;
use domain::text::Code;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ports::recurring::{RecurringRepository, ShownRecurring, StoredRecurring};
use crate::authorize::Permission;
use crate::changes::stale;
use crate::context::{Actor, RequestContext};
use crate::error::{ALREADY_EXISTS, AppError, AppResult};
use crate::ports::change::Change;
use crate::ports::codes::Coded;
use crate::unit_of_work::UnitOfWork;

/// Most occurrences that one request tries; the others stay due.
pub const RUN_OCCURRENCES_MAX: usize = 100;
/// Most of what is to come that one request shows.
pub const UPCOMING_MAX: usize = 100;

/// The names of a kind of recurring template.
#[derive(Debug, Clone, Copy)]
pub struct RecurringNames {
    /// The name of the record in audit log and events.
    pub entity: &'static str,
    /// The cause that the background work states.
    pub cause: &'static str,
    /// The things made, as [`nouns`](crate::nouns::nouns) know them.
    pub made: &'static [&'static str],
    pub coded: Coded,
    pub run: &'static str,
    pub skip: &'static str,
    pub delete: &'static str,
    pub find_due: &'static str,
    pub make_due: &'static str,
    pub note_failure: &'static str,
    pub can_create: Permission,
    pub can_update: Permission,
    pub can_delete: Permission,
    pub can_run: Permission,
}

/// Declares the names by the module, the word for one and the word for all of them.
macro_rules! recurring_names {
    ($module:literal, $entity:literal, $entities:literal, $occurrence:literal, $cause:literal, $coded:ident, [$($made:literal),*]) => {
        $crate::accounting::recurring::RecurringNames {
            entity: $entity,
            cause: $cause,
            made: &[$($made),*],
            coded: $crate::ports::codes::Coded::$coded,
            run: concat!("run_", $entity),
            skip: concat!("skip_", $occurrence),
            delete: concat!("delete_", $entity),
            find_due: concat!("find_due_", $entities),
            make_due: concat!("make_", $occurrence),
            note_failure: concat!("note_", $entity, "_failure"),
            can_create: concat!($module, ".", $entity, ".create"),
            can_update: concat!($module, ".", $entity, ".update"),
            can_delete: concat!($module, ".", $entity, ".delete"),
            can_run: concat!($module, ".", $entity, ".run"),
        }
    };
}
pub(crate) use recurring_names;

/// A kind of what recurs.
#[async_trait]
pub trait Recurs: ShownRecurring<View: Serialize + ToSchema, Upcoming: Serialize> + fmt::Debug {
    const NAMES: RecurringNames;
    /// The view of the thing made of an occurrence.
    type Made: Serialize + Send;
    /// The answer to a run.
    type Run: Serialize + Send;
    /// The answer to a skip.
    type Skip: Serialize + Send;
    /// The data that a command reads before it runs.
    type Scope: Send;

    fn records(uow: &mut dyn UnitOfWork) -> &mut dyn RecurringRepository<Self>;
    async fn open(ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Self::Scope>;
    /// The facts against which the domain checks a template.
    fn known(scope: &Self::Scope) -> &Self::Known;
    /// The permissions of which the orderer must still hold one when the background job makes an occurrence.
    fn needed_to_make(entry: &Recurring<Self>) -> &'static [Permission];
    /// Whether the caller may order what the template makes.
    fn may_order(ctx: &RequestContext, template: &Self, auto_post: bool) -> AppResult<()>;
    /// Whether anything could ever be made of it, as far as that does not depend on the date.
    async fn check_postable(
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        scope: &mut Self::Scope,
        entry: &mut Recurring<Self>,
    ) -> AppResult<()>;
    /// Makes what falls due on a date, in the caller's name and transaction.
    async fn make(
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        entry: &Recurring<Self>,
        date: NaiveDate,
    ) -> AppResult<(Uuid, Self::Made)>;
    /// Whether it was posted, and is no draft.
    fn is_posted(made: &Self::Made) -> bool;
    async fn view(
        uow: &mut dyn UnitOfWork,
        scope: &mut Self::Scope,
        stored: &StoredRecurring<Self>,
    ) -> AppResult<Self::View>;
    fn ran(ran: Ran<Self>) -> Self::Run;
    fn skipped(date: NaiveDate, view: Self::View) -> Self::Skip;
}

pub(crate) async fn find<T: Recurs>(
    uow: &mut dyn UnitOfWork,
    id: Id<T::Of>,
) -> AppResult<StoredRecurring<T>> {
    let stored = T::records(uow).find(id).await?;
    stored.ok_or_else(|| AppError::not_found(T::NAMES.entity))
}

/// The user who saves it orders it; the product itself orders nothing.
fn orderer(ctx: &RequestContext) -> Option<Orderer> {
    match ctx.actor {
        Actor::User(user) => Some(Orderer { user, key: None }),
        Actor::ApiKey(key, user) => Some(Orderer { user, key: Some(key) }),
        Actor::System => None,
    }
}

/// Whether the code is free, or taken by `own` itself.
async fn check_code<T: Recurs>(
    uow: &mut dyn UnitOfWork,
    code: &Code,
    own: Option<Id<T::Of>>,
    violations: &mut Violations,
) -> AppResult<()> {
    if uow.codes().code_taken(T::NAMES.coded, code, own.map(Id::uuid)).await? {
        let violation = Violation::new(&ALREADY_EXISTS).with("field", "code").with("value", code);
        violations.push(violation.at("/code"));
    }
    Ok(())
}

async fn save<T: Recurs>(uow: &mut dyn UnitOfWork, stored: &StoredRecurring<T>) -> AppResult<()> {
    if T::records(uow).update(stored).await? {
        return Ok(());
    }
    Err(stale(stored.entry.version - 1))
}

pub(crate) fn record<T: Recurs>(
    uow: &mut dyn UnitOfWork,
    id: Id<T::Of>,
    action: &'static str,
    before: Option<&T::View>,
    after: Option<&T::View>,
) {
    crate::changes::record(uow, T::NAMES.entity, id.uuid(), action, before, after);
}

/// Notes a skip: audit row and event say which occurrence it was, and why.
fn record_skip<T: Recurs>(
    uow: &mut dyn UnitOfWork,
    (id, date): (Id<T::Of>, NaiveDate),
    (before, after): (&T::View, &T::View),
    reason: &str,
) {
    let mut document = serde_json::to_value(after).unwrap_or_default();
    document["skipped"] = serde_json::json!({ "date": date, "reason": reason });
    uow.record(Change {
        tenant: uow.tenant(),
        entity: T::NAMES.entity,
        entity_id: id.uuid(),
        action: "skipped",
        before: serde_json::to_value(before).ok(),
        after: Some(document),
    });
}
