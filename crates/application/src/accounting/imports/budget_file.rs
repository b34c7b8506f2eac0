//! Files of lines of budgets: their columns, and their rows as read.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::error::Violation;
use domain::money::Amount;
use domain::text::Code;
use domain::time::parse_date;

use super::ImportKind;
use super::columns::{Column, Named, Of, named};
use super::error::IMPORT_DIMENSION_PAIRS;
use super::file_rows::FileRow;
use super::item_file::RowFile;
use super::row_reader::RowReader;

pub(super) static BUDGET_NAMES: &[Named] = &[
    named((Column::Budget, "budget", Of::Row, true), &["budget code", "الموازنة", "رمز الموازنة"], "refused"),
    named((Column::Account, "account", Of::Row, true), &["account code", "الحساب", "رمز الحساب"], "refused"),
    named((Column::Date, "date", Of::Row, true), &["period", "التاريخ", "الفترة"], "refused"),
    named((Column::Amount, "amount", Of::Row, true), &["budget amount", "المبلغ"], "refused"),
    named((Column::Dimensions, "dimensions", Of::Row, false), &["الأبعاد"], "none"),
];

/// The amount of an account, dimensions and a period.
#[derive(Debug, Clone)]
pub struct FileBudgetLine {
    pub budget: Code,
    pub account: Code,
    pub date: NaiveDate,
    pub amount: Amount,
    pub dimensions: BTreeMap<String, String>,
}

pub type BudgetFile = RowFile<FileBudgetLine>;

impl FileRow for FileBudgetLine {
    const KIND: ImportKind = ImportKind::BudgetLines;
    const REQUIRED: &'static [Column] = &[Column::Budget, Column::Account, Column::Date, Column::Amount];

    fn read(row: &mut RowReader<'_>) -> Option<Self> {
        let budget = row.required(Column::Budget, Code::parse);
        let account = row.required(Column::Account, Code::parse);
        let date = row.required(Column::Date, parse_date);
        let amount = row.required(Column::Amount, Amount::parse);
        let dimensions = row.optional(Column::Dimensions, pairs);
        if !row.good {
            return None;
        }
        Some(Self {
            budget: budget?,
            account: account?,
            date: date?,
            amount: amount?,
            dimensions: dimensions.unwrap_or_default(),
        })
    }
}

/// `branch=RUH; cost-centre=ADMIN`
fn pairs(text: &str) -> Result<BTreeMap<String, String>, Violation> {
    let pair = |part: &str| {
        let (dimension, value) = part.split_once('=')?;
        let (dimension, value) = (dimension.trim(), value.trim());
        (!dimension.is_empty() && !value.is_empty()).then(|| (dimension.to_owned(), value.to_owned()))
    };
    let parts = text.split(';').filter(|part| !part.trim().is_empty());
    parts.map(pair).collect::<Option<_>>().ok_or_else(|| Violation::new(&IMPORT_DIMENSION_PAIRS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dimensions_are_pairs_in_one_cell() {
        let read = pairs("branch=RUH; cost-centre = ADMIN;").unwrap();
        let expected = [("branch", "RUH"), ("cost-centre", "ADMIN")];
        assert_eq!(read, expected.map(|(d, v)| (d.to_owned(), v.to_owned())).into_iter().collect());
        assert_eq!(pairs("RUH").unwrap_err().def, &IMPORT_DIMENSION_PAIRS);
        assert_eq!(pairs("branch=").unwrap_err().def, &IMPORT_DIMENSION_PAIRS);
    }
}
