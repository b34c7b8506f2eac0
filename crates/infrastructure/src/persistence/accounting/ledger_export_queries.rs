//! [`LedgerExportQueries`] in SQL: every posted line with its header, straight through.

use std::collections::BTreeMap;

use application::accounting::ports::ledger_export::{
    ExportAccount, ExportBooks, ExportRange, ExportedHeader, ExportedLine, LedgerExportQueries,
};
use application::error::AppResult;
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::accounting::account::AccountType;
use domain::ids::{DimensionSetId, JournalEntryId, TenantId};
use futures::stream::{BoxStream, StreamExt};

use super::facts::read_name;
use super::journal_entry_rows::{HeaderRow, header_columns, line_columns, read_line};
use super::report_queries::company;
use super::report_sql::Composed;
use crate::sql::db::Db;
use crate::sql::value::Row;
use crate::statements;

statements! {
    TENANT_NAME = "accounting.export.tenant_name": "SELECT name_ar, name_en FROM tenant WHERE id = ?1";
    ACCOUNTS = "accounting.export.accounts":
        "SELECT id, code, name_ar, name_en, type, parent_id FROM account WHERE tenant_id = ?1 ORDER BY code";
    JOURNALS = "accounting.export.journals": "SELECT id, code FROM journal WHERE tenant_id = ?1";
    SET_CODES = "accounting.export.dimension_codes":
        "SELECT d.code, v.code FROM dimension_set_value s \
         INNER JOIN dimension d ON d.tenant_id = s.tenant_id AND d.id = s.dimension_id \
         INNER JOIN dimension_value v ON v.tenant_id = s.tenant_id AND v.id = s.value_id \
         WHERE s.tenant_id = ?1 AND s.set_id = ?2";
}

const LINES: &str = concat!(
    "SELECT ",
    line_columns!(),
    ", ",
    header_columns!(),
    " FROM journal_entry e INNER JOIN ledger_line l ON l.tenant_id = e.tenant_id AND l.entry_id = e.id \
     WHERE e.tenant_id = ?1 AND e.status <> 'draft'"
);

#[async_trait]
impl LedgerExportQueries for Db {
    async fn export_books(&self, tenant: TenantId) -> AppResult<ExportBooks> {
        let key = [tenant.into()];
        let company = company(self, tenant).await?;
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
            company,
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
        let mut sql = Composed::new(tenant);
        let dates = sql.between("e.posting_date", range.from, range.to);
        sql.text = format!("{LINES}{dates} ORDER BY e.posting_date, e.id, l.line_no");
        let mut current: Option<JournalEntryId> = None;
        let batches = self.stream_batches(&sql.text, sql.params);
        batches
            .map(move |batch| {
                let rows = batch?.into_iter().map(|row| exported(tenant, row, &mut current));
                Ok(rows.collect::<StorageResult<Vec<_>>>()?)
            })
            .boxed()
    }

    async fn dimension_codes(
        &self,
        tenant: TenantId,
        set: DimensionSetId,
    ) -> AppResult<BTreeMap<String, String>> {
        let mut codes = BTreeMap::new();
        for row in self.query(&SET_CODES, &[tenant.into(), set.into()]).await? {
            let mut columns = row.columns("dimension_set_value");
            codes.insert(columns.get("dimension_code")?, columns.get("value_code")?);
        }
        Ok(codes)
    }
}

/// Lines come in order of their entries, so a header is read once.
fn exported(tenant: TenantId, row: Row, current: &mut Option<JournalEntryId>) -> StorageResult<ExportedLine> {
    let mut columns = row.columns("ledger_line");
    let line = read_line(&mut columns)?;
    let header = HeaderRow::read(&mut columns)?;
    if *current == Some(header.id) {
        return Ok(ExportedLine { header: None, line });
    }
    *current = Some(header.id);
    let exported = ExportedHeader {
        entry: header.posted_header(tenant)?,
        previous_hash: header.previous_hash.unwrap_or_default(),
        hash: header.hash.unwrap_or_default(),
        reversed_by: header.reversed_by_id,
        line_count: header.line_count,
    };
    Ok(ExportedLine { header: Some(Box::new(exported)), line })
}
