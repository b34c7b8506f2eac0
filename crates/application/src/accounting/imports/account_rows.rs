//! From rows to accounts.

use std::collections::HashMap;
use std::io::Read;

use domain::accounting::account::{AccountType, CashFlowActivity, ControlKind};
use domain::error::Violation;
use domain::money::CurrencyCode;
use domain::text::{Code, LocalizedName};

use super::account_file::{AccountFile, FileAccount};
use super::cells::{Cells, Place, RowSink, quoted};
use super::columns::{self, Column, name};
use super::error::{
    IMPORT_ACCOUNT_TWICE, IMPORT_CELL_EMPTY, IMPORT_CELL_NO_FLAG, IMPORT_EMPTY, IMPORT_TOO_LONG,
};
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
        let mut row = Row { place, cells, file: &mut self.file, good: true };
        let Some(account) = row.account() else { return };
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

struct Row<'a> {
    place: Place,
    cells: &'a dyn Cells,
    file: &'a mut AccountFile,
    good: bool,
}

impl<'a> Row<'a> {
    fn checked<T>(&mut self, column: Column, read: Result<T, Violation>) -> Option<T> {
        read.map_err(|violation| {
            self.good = false;
            self.file.errors.push(self.place, name(column), violation);
        })
        .ok()
    }

    /// The cell, or nothing when it is empty.
    fn given(&self, column: Column) -> Option<&'a str> {
        Some(self.cells.get(column)).filter(|text| !text.is_empty())
    }

    fn required<T>(&mut self, column: Column, read: impl FnOnce(&str) -> Result<T, Violation>) -> Option<T> {
        let text = self.cells.get(column);
        let result = if text.is_empty() { Err(Violation::new(&IMPORT_CELL_EMPTY)) } else { read(text) };
        self.checked(column, result)
    }

    fn optional<T>(&mut self, column: Column, read: impl FnOnce(&str) -> Result<T, Violation>) -> Option<T> {
        let read = self.given(column).map(read)?;
        self.checked(column, read)
    }

    fn account(&mut self) -> Option<FileAccount> {
        let code = self.required(Column::Code, Code::parse);
        let account_type = self.required(Column::Type, |text| AccountType::parse(&text.to_lowercase()));
        let named = self.name();
        let parent = self.optional(Column::ParentCode, |text| Code::parse(text).map(Code::into_string));
        let currency = self.optional(Column::Currency, |text| CurrencyCode::parse(&text.to_uppercase()));
        let is_posting = self.optional(Column::IsPosting, flag);
        let control = self.optional(Column::Control, |text| ControlKind::parse(&text.to_lowercase()));
        let cash_flow = self.optional(Column::CashFlow, |text| CashFlowActivity::parse(&text.to_lowercase()));
        let active = self.optional(Column::Active, flag);
        let reconcilable = self.optional(Column::Reconcilable, flag);
        let subtype = self.given(Column::Subtype).map(str::to_owned);
        if !self.good {
            return None;
        }
        Some(FileAccount {
            place: self.place,
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

    /// `name` is Arabic or English by its letters; `name_ar` and `name_en` say so themselves.
    fn name(&mut self) -> Option<LocalizedName> {
        let plain = self.given(Column::Name);
        let arabic = plain.filter(|text| is_arabic(text));
        let english = plain.filter(|text| !is_arabic(text));
        let parsed = LocalizedName::parse(
            self.given(Column::NameAr).or(arabic),
            self.given(Column::NameEn).or(english),
        );
        let column = match &parsed {
            Err(violation) if violation.pointer == "/ar" && arabic.is_none() => Column::NameAr,
            Err(violation) if violation.pointer == "/en" && english.is_none() => Column::NameEn,
            _ => Column::Name,
        };
        self.checked(column, parsed)
    }
}

pub(super) fn is_arabic(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{0600}'..='\u{06FF}' | '\u{0750}'..='\u{077F}'))
}

fn flag(text: &str) -> Result<bool, Violation> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "1" | "نعم" => Ok(true),
        "false" | "no" | "0" | "لا" => Ok(false),
        _ => Err(Violation::new(&IMPORT_CELL_NO_FLAG).with("value", quoted(text))),
    }
}
