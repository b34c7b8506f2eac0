//! Master data: resources of one row each that people create, change and delete, such as journals and currencies.
//!
//! A resource says with [`resource!`](crate::resource) what it is called and implements [`MasterData`] with the rules that
//! are its own. The rest is here once for all of them: permissions, versions, errors all at once, audit log, change feed,
//! refusal to delete what is in use. `docs/adding-a-resource.md` walks through one.

mod check;
mod commands;
mod key;
mod names;
mod ports;
pub mod registry;
mod show;

use async_trait::async_trait;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use check::Check;
pub use commands::{Change, Create, Delete};
pub use key::Key;
pub use names::{Caching, Names, Resource};
pub use ports::{Reads, Records};
pub use show::Shown;

use crate::error::AppResult;
use crate::ports::stored::Stored;
use crate::wire::WireType;

/// One resource of master data. The value is the row without its time.
#[async_trait]
pub trait MasterData: Sized + Clone + Send + Sync + 'static {
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

    /// The key of a new one: `fresh`, or what the body chose.
    fn key_of(new: &Self::New, fresh: Uuid) -> Self::Key;

    /// The new value at version 1, if `check` found nothing wrong. Everything that is wrong goes into `check`.
    async fn create(new: &Self::New, key: Self::Key, check: &mut Check<'_>) -> AppResult<Option<Self>>;

    /// The value as the change leaves it, one version later, if `check` found nothing wrong.
    async fn change(&self, change: &Self::Change, check: &mut Check<'_>) -> AppResult<Option<Self>>;

    /// Refuses deletion for reasons other than being in use.
    async fn delete(&self, _: &mut Check<'_>) -> AppResult<()> {
        Ok(())
    }
}
