//! [`CodeRepository`] in SQL.

use application::ports::codes::{CodeRepository, Coded};
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::text::Code;
use uuid::Uuid;

use crate::code_taken;
use crate::persistence::SqlUnitOfWork;
use crate::persistence::table::CodeTaken;
use crate::sql::statement::Statement;

static ACCOUNT: CodeTaken = code_taken!("accounting", "account", code);
static DEFERRAL: CodeTaken = code_taken!("accounting", "deferral", code);
static RECURRING_ENTRY: CodeTaken = code_taken!("accounting", "recurring_entry", code);
static RECURRING_INVOICE: CodeTaken = code_taken!("documents", "recurring_invoice", code);
static ROLE: CodeTaken = code_taken!("accounting", "role", code);

pub(super) fn statements() -> Vec<&'static Statement> {
    let tables = [&ACCOUNT, &DEFERRAL, &RECURRING_ENTRY, &RECURRING_INVOICE, &ROLE];
    tables.into_iter().flat_map(CodeTaken::statements).collect()
}

#[async_trait]
impl CodeRepository for SqlUnitOfWork {
    async fn code_taken(&mut self, of: Coded, code: &Code, own: Option<Uuid>) -> StorageResult<bool> {
        let taken = match of {
            Coded::Account => &ACCOUNT,
            Coded::Deferral => &DEFERRAL,
            Coded::RecurringEntry => &RECURRING_ENTRY,
            Coded::RecurringInvoice => &RECURRING_INVOICE,
            Coded::Role => &ROLE,
        };
        let (statement, spellings) = taken.asked(code);
        let params = [self.tenant.into(), spellings, own.unwrap_or(Uuid::nil()).into()];
        Ok(self.tx.find(statement, &params).await?.is_some())
    }
}
