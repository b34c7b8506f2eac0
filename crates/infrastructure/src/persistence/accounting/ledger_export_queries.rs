//! [`LedgerExportQueries`] in SQL: every posted line with its header, straight through.

use application::accounting::ports::ledger_export::{
    ExportAccount, ExportBooks, ExportRange, ExportedHeader, ExportedLine, ExportedSet, LedgerExportQueries,
};
use application::error::AppResult;
use application::ports::storage_error::{StorageError, StorageResult};
use async_trait::async_trait;
use domain::accounting::account::AccountType;
use domain::accounting::journal_entry::{EntryHeader, EntryKind, EntryOrigin};
use domain::ids::{DimensionSetId, JournalEntryId, TenantId};
use futures::stream::{BoxStream, StreamExt};

use super::columns::read_name;
use super::company_money::CompanyMoney;
use super::journal_entry_rows::{line_columns, read_hash_version, read_line, read_source};
use super::report_lines_sql::exported_lines;
use crate::sql::db::Db;
use crate::sql::value::{Columns, Row};
use crate::statements;

statements! {
    TENANT_NAME = "accounting.export.tenant_name": "SELECT name_ar, name_en FROM tenant WHERE id = ?1";
    ACCOUNTS = "accounting.export.accounts":
        "SELECT id, code, name_ar, name_en, type, parent_id FROM account WHERE tenant_id = ?1 ORDER BY code";
    JOURNALS = "accounting.export.journals": "SELECT id, code FROM journal WHERE tenant_id = ?1";
    SET_CODES = "accounting.export.dimension_codes":
        "SELECT d.code AS dimension_code, v.code AS value_code, d.id AS dimension_id, v.id AS value_id \
         FROM dimension_set_value s \
         INNER JOIN dimension d ON d.tenant_id = s.tenant_id AND d.id = s.dimension_id \
         INNER JOIN dimension_value v ON v.tenant_id = s.tenant_id AND v.id = s.value_id \
         WHERE s.tenant_id = ?1 AND s.set_id = ?2";
    LINES_STATEMENT = "accounting.export.lines": LINES;
}

/// A column of the header, only with the first line: reading it again with each line would take most of the time. It is
/// named `entry_…`, because a line has a description and a currency of its own.
macro_rules! header {
    ($($column:literal),+) => {
        concat!($(", CASE WHEN l.line_no = 1 THEN e.", $column, " END AS entry_", $column),+)
    };
}

/// A cross join keeps its order in SQLite: along the dates nothing but the lines of one entry has to be sorted.
pub const LINES: &str = concat!(
    "SELECT e.id AS entry_id, ",
    line_columns!(),
    header!(
        "journal_id",
        "kind",
        "number",
        "posting_date",
        "document_date",
        "currency",
        "description",
        "reference",
        "control_reason",
        "reason",
        "reverses_id",
        "fiscal_period_id",
        "recorded_at",
        "chain_sequence",
        "previous_hash",
        "hash",
        "hash_version",
        "created_at",
        "created_by",
        "posted_by",
        "recurring_entry_id",
        "copied_from_id",
        "source_kind",
        "source_id",
        "source_part",
        "reversed_by_id"
    ),
    " FROM journal_entry e CROSS JOIN ledger_line l \
     WHERE e.tenant_id = ?1 AND e.status <> 'draft' AND l.tenant_id = e.tenant_id AND l.entry_id = e.id"
);

#[async_trait]
impl LedgerExportQueries for Db {
    async fn export_books(&self, tenant: TenantId) -> AppResult<ExportBooks> {
        self.refuse_damaged()?;
        let key = [tenant.into()];
        let money = CompanyMoney::read(self, tenant).await?;
        let name = self.find(&TENANT_NAME, &key).await?;
        let name = name.ok_or_else(|| application::error::AppError::not_found("tenant"))?;
        let account = |row: Row| {
            let mut columns = row.columns("account");
            Ok(ExportAccount {
                id: columns.get("id")?,
                code: columns.get("code")?,
                name: read_name(&mut columns)?,
                account_type: columns.parse("type", |text| AccountType::parse(text).ok())?,
                parent_id: columns.get("parent_id")?,
            })
        };
        let journal = |row: Row| {
            let mut columns = row.columns("journal");
            Ok((columns.get("id")?, columns.get("code")?))
        };
        let accounts = self.query(&ACCOUNTS, &key).await?.into_iter().map(account);
        let journals = self.query(&JOURNALS, &key).await?.into_iter().map(journal);
        Ok(ExportBooks {
            company: money.company,
            currencies: money.currencies(),
            company_name: read_name(&mut name.columns("tenant"))?,
            accounts: accounts.collect::<StorageResult<_>>()?,
            journals: journals.collect::<StorageResult<_>>()?,
        })
    }

    fn export_lines(
        &self,
        tenant: TenantId,
        range: ExportRange,
    ) -> BoxStream<'static, AppResult<Vec<ExportedLine>>> {
        let sql = exported_lines(tenant, range);
        let mut current: Option<JournalEntryId> = None;
        let batches = self.stream_batches(&sql.text, sql.params);
        batches
            .map(move |batch| {
                let rows = batch?.into_iter().map(|row| exported(tenant, row, &mut current));
                Ok(rows.collect::<StorageResult<Vec<_>>>()?)
            })
            .boxed()
    }

    async fn exported_set(&self, tenant: TenantId, set: DimensionSetId) -> AppResult<ExportedSet> {
        let mut held = ExportedSet::default();
        for row in self.query(&SET_CODES, &[tenant.into(), set.into()]).await? {
            let mut columns = row.columns("dimension_set_value");
            held.codes.insert(columns.get("dimension_code")?, columns.get("value_code")?);
            held.values.push((columns.get("dimension_id")?, columns.get("value_id")?));
        }
        held.values.sort_unstable();
        Ok(held)
    }
}

fn exported(tenant: TenantId, row: Row, current: &mut Option<JournalEntryId>) -> StorageResult<ExportedLine> {
    let mut columns = row.columns("ledger_line");
    let id: JournalEntryId = columns.get("entry_id")?;
    let line = read_line(&mut columns)?;
    if *current == Some(id) {
        return Ok(ExportedLine { header: None, line });
    }
    if line.line_no != 1 {
        let detail = format!("the first line of {id} is missing");
        return Err(StorageError::Corrupt { table: "ledger_line", column: "line_no", detail });
    }
    *current = Some(id);
    let header = exported_header(tenant, id, &mut columns)?;
    Ok(ExportedLine { header: Some(Box::new(header)), line })
}

fn exported_header(
    tenant: TenantId,
    id: JournalEntryId,
    columns: &mut Columns,
) -> StorageResult<ExportedHeader> {
    let journal_id = columns.get("entry_journal_id")?;
    let kind = columns.parse("entry_kind", |text| EntryKind::parse(text).ok())?;
    let number = columns.get("entry_number")?;
    let posting_date = columns.get("entry_posting_date")?;
    let document_date = columns.get("entry_document_date")?;
    let currency = columns.get("entry_currency")?;
    let description = columns.get("entry_description")?;
    let reference = columns.get("entry_reference")?;
    let control_reason = columns.get("entry_control_reason")?;
    let reason = columns.get("entry_reason")?;
    let reverses = columns.get("entry_reverses_id")?;
    let fiscal_period_id = columns.get("entry_fiscal_period_id")?;
    let recorded_at = columns.get("entry_recorded_at")?;
    let chain_sequence = columns.get("entry_chain_sequence")?;
    let previous_hash = columns.get("entry_previous_hash")?;
    let hash = columns.get("entry_hash")?;
    let hash_version = read_hash_version(columns, "entry_hash_version")?;
    let origin = EntryOrigin {
        created_at: columns.get("entry_created_at")?,
        created_by: columns.get("entry_created_by")?,
        posted_by: columns.get("entry_posted_by")?,
        recurring_entry_id: columns.get("entry_recurring_entry_id")?,
        copied_from: columns.get("entry_copied_from_id")?,
        reason,
    };
    let source = read_source(columns, ["entry_source_kind", "entry_source_id", "entry_source_part"])?;
    let entry = EntryHeader {
        tenant_id: tenant,
        id,
        journal_id,
        kind,
        number,
        posting_date,
        document_date,
        currency,
        description,
        reference,
        control_reason,
        reverses,
        fiscal_period_id,
        recorded_at,
        chain_sequence,
        hash_version,
        source,
        origin,
    };
    Ok(ExportedHeader { entry, previous_hash, hash, reversed_by: columns.get("entry_reversed_by_id")? })
}
