//! Reads of the whole chart and all dimensions for an import, and writes of many at once.

use async_trait::async_trait;
use domain::accounting::account::Account;
use domain::accounting::dimension::{Dimension, DimensionDefault, DimensionValue};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::ports::storage_error::StorageResult;
use crate::ports::stored::Stored;

/// A file of entries that is being imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportNote {
    pub id: Uuid,
    pub kind: &'static str,
    /// The hash of the file's meaning.
    pub fingerprint: [u8; 32],
    /// 1 for the first import of these entries.
    pub occurrence: u32,
    pub imported_at: Timestamp,
}

/// The last import of the same entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierImport {
    pub id: Uuid,
    pub occurrence: u32,
    pub imported_at: Timestamp,
    pub entries: u64,
    /// Null when they were left as drafts.
    pub first_number: Option<String>,
    pub last_number: Option<String>,
}

#[async_trait]
pub trait ImportRepository: Send {
    /// The whole chart of accounts.
    async fn chart(&mut self) -> StorageResult<Vec<Stored<Account>>>;
    /// Adds accounts; a parent MUST come before what lies below it.
    async fn add_accounts(&mut self, accounts: &[Account]) -> StorageResult<()>;
    async fn all_dimensions(&mut self) -> StorageResult<Vec<Dimension>>;
    async fn all_dimension_values(&mut self) -> StorageResult<Vec<DimensionValue>>;
    /// The defaults of accounts that apply in every journal, those that are not in force among them.
    async fn dimension_defaults(&mut self) -> StorageResult<Vec<DimensionDefault>>;
    async fn add_dimension_values(&mut self, values: &[DimensionValue]) -> StorageResult<()>;
    async fn earlier_import(
        &mut self,
        kind: &str,
        fingerprint: &[u8; 32],
    ) -> StorageResult<Option<EarlierImport>>;
    /// MUST let only one import with the same kind, fingerprint and occurrence through: another one at the same time runs
    /// again once the first has ended.
    async fn note_import(&mut self, note: &ImportNote) -> StorageResult<()>;
    /// Notes the outcome of the import.
    async fn complete_import(
        &mut self,
        id: Uuid,
        entries: u64,
        numbers: Option<(&str, &str)>,
    ) -> StorageResult<()>;
}
