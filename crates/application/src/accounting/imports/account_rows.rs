//! From rows to accounts.

use std::collections::HashMap;
use std::io::Read;

use domain::accounting::account::{AccountType, CashFlowActivity, ControlKind};
use domain::error::Violation;
use domain::money::CurrencyCode;
use domain::text::Code;

use super::account_file::{AccountFile, FileAccount};
use super::cells::{Cells, Place, RowSink};
use super::columns::{self, Column, name};
use super::error::{IMPORT_ACCOUNT_TWICE, IMPORT_EMPTY, IMPORT_TOO_LONG};
use super::row_reader::{RowReader, flag};
use super::{IMPORT_ACCOUNTS_MAX, ImportFormat, ImportKind, csv_rows, json_rows};
use crate::error::{AppError, AppResult};

const REQUIRED: [Column; 2] = [Column::Code, Column::Type];

pub fn read(format: ImportFormat, source: impl Read) -> AppResult<AccountFile> {
    let mut builder = Builder::default();
    let columns = columns::of(ImportKind::Accounts);
    match format {
        ImportFormat::Csv => csv_rows::read(source, columns, &REQUIRED, None, &mut builder)?,
        ImportFormat::Tsv => csv_rows::read(source, columns, &REQUIRED, Some(b'\t'), &mut builder)?,
        ImportFormat::NdJson => json_rows::read(source, columns, &mut builder)?,
    }
    if builder.too_long {
        return Err(Violation::new(&IMPORT_TOO_LONG).with("max", IMPORT_ACCOUNTS_MAX).into());
    }
    if builder.file.accounts.is_empty() && builder.file.errors.is_empty() {
        return Err(AppError::of(&IMPORT_EMPTY));
    }
    Ok(builder.file)
}

#[derive(Default)]
struct Builder {
    file: AccountFile,
    /// Code to row.
    rows: HashMap<String, u32>,
    too_long: bool,
}

impl RowSink for Builder {
    fn dimension(&mut self, _: &str, _: Place) -> Option<usize> {
        None
    }

    fn row(&mut self, place: Place, cells: &dyn Cells) {
        if self.file.accounts.len() >= IMPORT_ACCOUNTS_MAX {
            self.too_long = true;
            return;
        }
        let mut row = RowReader::new(place, cells, &mut self.file.errors);
        let Some(account) = account(&mut row) else { return };
        let code = account.code.key();
        if let Some(first) = self.rows.get(&code) {
            let violation = Violation::new(&IMPORT_ACCOUNT_TWICE);
            let violation = violation.with("code", &account.code).with("first", first);
            self.file.errors.push(place, name(Column::Code), violation);
            return;
        }
        self.rows.insert(code, place.row);
        self.file.accounts.push(account);
    }

    fn error(&mut self, place: Place, column: &str, violation: Violation) {
        self.file.errors.push(place, column, violation);
    }

    fn more(&self) -> bool {
        !self.too_long
    }
}

fn account(row: &mut RowReader<'_>) -> Option<FileAccount> {
    let code = row.required(Column::Code, Code::parse);
    let account_type = row.required(Column::Type, |text| AccountType::parse(&text.to_lowercase()));
    let named = row.name();
    let parent = row.optional(Column::ParentCode, |text| Code::parse(text).map(Code::into_string));
    let currency = row.optional(Column::Currency, |text| CurrencyCode::parse(&text.to_uppercase()));
    let is_posting = row.optional(Column::IsPosting, flag);
    let control = row.optional(Column::Control, |text| ControlKind::parse(&text.to_lowercase()));
    let cash_flow = row.optional(Column::CashFlow, |text| CashFlowActivity::parse(&text.to_lowercase()));
    let active = row.optional(Column::Active, flag);
    let reconcilable = row.optional(Column::Reconcilable, flag);
    let subtype = row.given(Column::Subtype).map(str::to_owned);
    if !row.good {
        return None;
    }
    Some(FileAccount {
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
    })
}
