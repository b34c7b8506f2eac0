//! The occurrences of recurring invoices in SQL: each has at most one row, whatever became of it (R84).

use application::documents::recurring::ports::RECURRING_RUN_LIST;

use crate::occurrence_sql;
use crate::sql::statement::Statement;

/// Of an occurrence that is new.
pub static MADE: Statement = Statement::new(
    "documents.recurring_invoice.occurrence_made",
    "INSERT INTO recurring_run (tenant_id, recurring_invoice_id, occurrence_date, document_id, updated_at, id, status) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'made')",
);
/// Of one that failed before.
pub static MADE_AFTER_FAILURE: Statement = Statement::new(
    "documents.recurring_invoice.failed_occurrence_made",
    "UPDATE recurring_run SET status = 'made', document_id = ?4, errors = NULL, attempted_on = NULL, retry_on = NULL, \
     updated_at = ?5 WHERE tenant_id = ?1 AND recurring_invoice_id = ?2 AND occurrence_date = ?3 AND status = 'failed'",
);

occurrence_sql! {
    OF_INVOICES: "documents.recurring_invoice", "recurring_run", "recurring_invoice_id" of "recurring_invoice",
    shows "o.document_id", list: &RECURRING_RUN_LIST, made: Some((&MADE, &MADE_AFTER_FAILURE))
}
