//! [`CodeRepository`] in SQL. SQLite's `LOWER` knows the letters of ASCII only.

use application::ports::codes::{CodeRepository, Coded};
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::text::Code;
use uuid::Uuid;

use crate::persistence::SqlUnitOfWork;
use crate::sql::value::Value;
use crate::statements;

macro_rules! taken {
    ($table:literal) => {
        concat!(
            "SELECT {first} 1 FROM ",
            $table,
            " WHERE tenant_id = ?1 AND (code = ?2 OR LOWER(code) = ?3) AND id <> ?4 {only}"
        )
    };
}

statements! {
    ACCOUNT = "accounting.account.code_taken": taken!("account");
    DEFERRAL = "accounting.deferral.code_taken": taken!("deferral");
    RECURRING_ENTRY = "accounting.recurring_entry.code_taken": taken!("recurring_entry");
    RECURRING_INVOICE = "documents.recurring_invoice.code_taken": taken!("recurring_invoice");
    ROLE = "accounting.role.code_taken": taken!("role");
}

#[async_trait]
impl CodeRepository for SqlUnitOfWork {
    async fn code_taken(&mut self, of: Coded, code: &Code, own: Option<Uuid>) -> StorageResult<bool> {
        let params: [Value; 4] =
            [self.tenant.into(), code.as_str().into(), code.key().into(), own.unwrap_or(Uuid::nil()).into()];
        let statement = match of {
            Coded::Account => &ACCOUNT,
            Coded::Deferral => &DEFERRAL,
            Coded::RecurringEntry => &RECURRING_ENTRY,
            Coded::RecurringInvoice => &RECURRING_INVOICE,
            Coded::Role => &ROLE,
        };
        Ok(self.tx.find(statement, &params).await?.is_some())
    }
}
