//! Master data: resources of one row each that people create, change and delete, such as journals and currencies.
//!
//! A resource says with [`resource!`](crate::resource) what it is called and what it is made of, and implements
//! [`MasterData`] with the rules that are its own. The rest is here once for all of them: permissions, versions, codes that
//! are taken, errors all at once, audit log, change feed, refusal to delete what is in use. `docs/adding-a-resource.md` walks
//! through one.

mod check;
mod commands;
mod key;
mod listed;
mod named;
mod names;
mod ports;
pub mod registry;
mod show;

use async_trait::async_trait;
use domain::error::Violation;
use domain::text::Code;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use check::Check;
pub use commands::{Change, Create, Delete, create_missing, insert, replace, replace_as};
pub use key::{Key, Parent, Within};
pub use listed::{Listed, listed};
pub use named::{id_named, nothing_named};
pub use names::{Caching, Names, Resource};
pub use ports::{Reads, Records};
pub use show::{Shown, show_by};

use crate::error::AppResult;
use crate::ports::stored::Stored;
use crate::unit_of_work::UnitOfWork;
use crate::warnings::WarningView;
use crate::wire::WireType;

/// The description of a record by [`resource!`](crate::resource): its names, its types, and the members that all records
/// have. The value is the row without its time.
pub trait Described: Sized + Clone + Send + Sync + 'static {
    const RESOURCE: Resource;
    /// By what the path names it: an id that the server gives, or a code that the caller chooses.
    type Key: Key;
    /// The body that creates one.
    type New: WireType + Send + Sync + 'static;
    /// The merge patch that changes one.
    type Change: WireType + Send + Sync + 'static;
    /// The answer of the API.
    type View: Serialize + ToSchema + for<'s> From<&'s Stored<Self>> + Send + 'static;

    fn key(&self) -> Self::Key;
    fn version(&self) -> i64;
    fn set_version(&mut self, version: i64);

    /// The key of a new one: `fresh` below `parent`, or what the body chose.
    fn key_of(new: &Self::New, parent: ParentOf<Self>, fresh: Uuid) -> Self::Key;

    /// The code that no other record of the resource may have.
    fn code(&self) -> Option<&Code> {
        None
    }
    /// The code of a new record.
    fn new_code(_: &Self::New) -> Option<&Code> {
        None
    }
    /// The code in a change.
    fn changed_code(_: &Self::Change) -> Option<&Code> {
        None
    }
}

/// The parent of a record in its path; `()` for most.
pub type ParentOf<R> = <<R as Described>::Key as Key>::Parent;

/// One resource of master data: the rules that are its own. Everything that is wrong goes into `check`.
#[async_trait]
pub trait MasterData: Described {
    /// The new value at version 1, if `check` found nothing wrong.
    async fn create(new: &Self::New, key: Self::Key, check: &mut Check<'_>) -> AppResult<Option<Self>>;

    /// The value as the change leaves it, if `check` found nothing wrong. The version is counted by the caller.
    async fn change(&self, change: &Self::Change, check: &mut Check<'_>) -> AppResult<Option<Self>>;

    /// The warnings about the value, which was `before`, if it is not new.
    async fn warnings(&self, _before: Option<&Self>, _: &mut dyn UnitOfWork) -> AppResult<Vec<Violation>> {
        Ok(Vec::new())
    }

    /// The view with warnings.
    fn warned(view: Self::View, _: Vec<WarningView>) -> Self::View {
        view
    }

    /// Refuses deletion for reasons other than being in use.
    async fn delete(&self, _: &mut Check<'_>) -> AppResult<()> {
        Ok(())
    }
}
