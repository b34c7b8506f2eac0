//! Whether a code is free. Codes that differ in letter case only are one code.

use async_trait::async_trait;
use domain::text::Code;
use uuid::Uuid;

use crate::ports::storage_error::StorageResult;

/// The kind of thing a code is the code of; codes are unique among those of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coded {
    Account,
    Deferral,
    RecurringEntry,
    RecurringInvoice,
    Role,
}

#[async_trait]
pub trait CodeRepository: Send {
    /// Whether a thing of this kind other than `own` has the code, in whatever letter case. Adapters MAY tell letters
    /// beyond ASCII by their case.
    async fn code_taken(&mut self, of: Coded, code: &Code, own: Option<Uuid>) -> StorageResult<bool>;
}
