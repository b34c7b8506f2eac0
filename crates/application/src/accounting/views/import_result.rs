//! The result of an import.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::warnings::WarningView;

/// The result of an import, or with `dryRun` what it would be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportResultView {
    /// The type of the import, as it was asked for: `journal-entries`, `parties`, `invoices`.
    pub r#type: String,
    /// Whether this was a dry run: everything was checked and nothing was kept.
    pub dry_run: bool,
    /// Whether the entries or documents were posted; otherwise they are drafts.
    pub posted: bool,
    pub entries: u64,
    /// Documents that were created.
    pub documents: u64,
    pub lines: u64,
    /// Accounts that were created.
    pub accounts: u64,
    /// Accounts that were changed, with `update=true`.
    pub accounts_updated: u64,
    /// Parties that were created.
    pub parties: u64,
    /// Parties that were changed, with `update=true`.
    pub parties_updated: u64,
    /// Bank accounts of parties that were created.
    pub bank_accounts: u64,
    /// Items that were created.
    pub items: u64,
    /// Items that were changed: with `update=true`, or by units that they did not have.
    pub items_updated: u64,
    /// Prices that were created.
    pub prices: u64,
    /// Prices that were changed, with `update=true`.
    pub prices_updated: u64,
    /// Lines of budgets that were created.
    pub budget_lines: u64,
    /// Lines of budgets that were changed or removed.
    pub budget_lines_updated: u64,
    /// The number of rows that changed nothing: accounts, parties, items and prices that exist already, or opening balances of zero.
    pub skipped: u64,
    /// Codes of the dimensions that were created.
    pub dimensions: Vec<String>,
    /// The number of dimension values that were created.
    pub dimension_values: u64,
    /// The number of fiscal years that were created.
    pub fiscal_years: u64,
    /// The id of an import of journal entries or documents, which is also the id of its job. A later import of the same content
    /// is refused with this id.
    pub import_id: Option<Uuid>,
    /// The legal number of the first entry or document posted; null in a dry run, because another entry may take it first.
    pub first_number: Option<String>,
    pub last_number: Option<String>,
    /// The reading of the first rows, in a dry run of a CSV or XLSX file; otherwise null.
    pub reading: Option<ImportReadingView>,
    /// Warnings about what was posted, the first of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningView>,
}

/// How a file was read, with its first rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportReadingView {
    /// `csv` or `xlsx`
    pub format: String,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The encoding of a text file.
    pub encoding: Option<String>,
    /// The separator of a text file.
    pub delimiter: Option<String>,
    /// The row of the headings.
    pub header_row: u32,
    pub rows: Vec<ShownRowView>,
}

/// A row of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ShownRowView {
    /// The line of the file or the row of the sheet, from 1.
    pub row: u32,
    pub cells: Vec<ShownCellView>,
}

/// A cell of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ShownCellView {
    /// The column of the import, or the heading that names a dimension.
    pub column: String,
    /// The heading in the file; null for a value that every row has.
    pub heading: Option<String>,
    /// The beginning of what is in the file.
    pub raw: Option<String>,
    /// The value as it was read; null when it cannot be read.
    pub value: Option<String>,
}
