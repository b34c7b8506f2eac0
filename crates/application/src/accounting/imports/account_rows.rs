//! Turns rows into accounts.

use domain::accounting::account::{AccountType, CashFlowActivity, ControlKind};
use domain::error::ErrorDef;
use domain::money::CurrencyCode;
use domain::text::Code;

use super::account_defaults;
use super::account_file::{AccountFile, FileAccount};
use super::columns::Column;
use super::error::IMPORT_ACCOUNT_TWICE;
use super::file_rows::FileRow;
use super::item_file::RowFile;
use super::row_reader::RowReader;
use super::{IMPORT_ACCOUNTS_MAX, ImportKind};

impl FileRow for FileAccount {
    const KIND: ImportKind = ImportKind::Accounts;
    const REQUIRED: &'static [Column] = &[Column::Code, Column::Type];
    const ROWS_MAX: usize = IMPORT_ACCOUNTS_MAX;

    fn read(row: &mut RowReader<'_>) -> Option<Self> {
        let code = row.required(Column::Code, Code::parse);
        let account_type = row.required(Column::Type, |text| AccountType::parse(&text.to_lowercase()));
        let named = row.name();
        let parent = row.optional(Column::ParentCode, |text| Code::parse(text).map(Code::into_string));
        let currency = row.optional(Column::Currency, |text| CurrencyCode::parse(&text.to_uppercase()));
        let is_posting = row.flag(Column::IsPosting);
        let control = row.optional(Column::Control, |text| ControlKind::parse(&text.to_lowercase()));
        let cash_flow = row.optional(Column::CashFlow, |text| CashFlowActivity::parse(&text.to_lowercase()));
        let active = row.flag(Column::Active);
        let reconcilable = row.flag(Column::Reconcilable);
        let default_dimensions = row.optional(Column::DefaultDimensions, account_defaults::pairs);
        let subtype = row.given(Column::Subtype).map(str::to_owned);
        if !row.good {
            return None;
        }
        Some(Self {
            place: row.place,
            code: code?,
            name: named?,
            account_type: account_type?,
            parent,
            subtype,
            currency,
            is_posting,
            control,
            cash_flow,
            active,
            reconcilable,
            default_dimensions,
        })
    }

    fn code(&self) -> Option<(&Code, &'static ErrorDef)> {
        Some((&self.code, &IMPORT_ACCOUNT_TWICE))
    }
}

impl From<RowFile<FileAccount>> for AccountFile {
    fn from(file: RowFile<FileAccount>) -> Self {
        Self { accounts: file.rows.into_iter().map(|(_, row)| row).collect(), errors: file.errors }
    }
}
