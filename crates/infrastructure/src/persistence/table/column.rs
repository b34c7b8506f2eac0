//! Values of the domain as columns.

use application::ports::storage_error::StorageResult;
use chrono::NaiveDate;
use domain::ids::Id;
use domain::money::{Amount, CurrencyCode, Percentage, Price, Quantity, Rate};
use domain::text::{Code, LocalizedName};
use domain::time::Timestamp;

use crate::persistence::search::searchable;
use crate::sql::value::{Columns, Value};

/// A value that stands in one column or more, whose names are given when it is read.
pub(crate) trait Column: Sized {
    fn put(&self, values: &mut Vec<Value>);
    fn take(columns: &mut Columns, names: &[&'static str]) -> StorageResult<Self>;
}

/// The name of a value's only column.
fn only(names: &[&'static str]) -> &'static str {
    names.first().copied().unwrap_or_default()
}

macro_rules! scalars {
    ($($scalar:ty),*) => {$(
        impl Column for $scalar {
            fn put(&self, values: &mut Vec<Value>) {
                values.push(self.clone().into());
            }
            fn take(columns: &mut Columns, names: &[&'static str]) -> StorageResult<Self> {
                columns.get(only(names))
            }
        }
    )*};
}
scalars!(
    bool,
    u8,
    u32,
    i64,
    String,
    NaiveDate,
    Amount,
    Rate,
    CurrencyCode,
    Quantity,
    Price,
    Option<Quantity>,
    Option<Price>,
    Option<Amount>,
    Option<String>,
    Option<NaiveDate>,
    Timestamp,
    Option<Timestamp>
);

impl<T> Column for Id<T> {
    fn put(&self, values: &mut Vec<Value>) {
        values.push((*self).into());
    }
    fn take(columns: &mut Columns, names: &[&'static str]) -> StorageResult<Self> {
        columns.get(only(names))
    }
}

impl<T> Column for Option<Id<T>> {
    fn put(&self, values: &mut Vec<Value>) {
        values.push((*self).into());
    }
    fn take(columns: &mut Columns, names: &[&'static str]) -> StorageResult<Self> {
        columns.get(only(names))
    }
}

impl Column for Code {
    fn put(&self, values: &mut Vec<Value>) {
        values.push(self.as_str().into());
    }
    fn take(columns: &mut Columns, names: &[&'static str]) -> StorageResult<Self> {
        columns.parse(only(names), Code::stored)
    }
}

impl Column for Option<Code> {
    fn put(&self, values: &mut Vec<Value>) {
        values.push(self.as_ref().map(Code::as_str).into());
    }
    fn take(columns: &mut Columns, names: &[&'static str]) -> StorageResult<Self> {
        optional(columns, only(names), Code::stored)
    }
}

/// As an amount: both are ten-thousandths.
impl Column for Percentage {
    fn put(&self, values: &mut Vec<Value>) {
        values.push(Amount::from_scaled(self.scaled()).into());
    }
    fn take(columns: &mut Columns, names: &[&'static str]) -> StorageResult<Self> {
        let amount: Amount = columns.get(only(names))?;
        let percentage = Self::from_scaled(amount.scaled());
        percentage.ok_or_else(|| columns.corrupt(only(names), "not from 0 to 100"))
    }
}

impl Column for Option<Percentage> {
    fn put(&self, values: &mut Vec<Value>) {
        values.push(self.map(|percentage| Amount::from_scaled(percentage.scaled())).into());
    }
    fn take(columns: &mut Columns, names: &[&'static str]) -> StorageResult<Self> {
        let amount: Option<Amount> = columns.get(only(names))?;
        let read = |amount: Amount| {
            let percentage = Percentage::from_scaled(amount.scaled());
            percentage.ok_or_else(|| columns.corrupt(only(names), "not from 0 to 100"))
        };
        amount.map(read).transpose()
    }
}

/// A text that `parse` turns into a domain value, or null.
pub(crate) fn optional<T>(
    columns: &mut Columns,
    column: &'static str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> StorageResult<Option<T>> {
    let text: Option<String> = columns.get(column)?;
    let parsed = text.map(|text| parse(&text).ok_or_else(|| columns.corrupt(column, &text)));
    parsed.transpose()
}

/// Two columns: in Arabic, in English.
impl Column for Option<LocalizedName> {
    fn put(&self, values: &mut Vec<Value>) {
        let name = self.as_ref();
        values.push(name.and_then(LocalizedName::ar).into());
        values.push(name.and_then(LocalizedName::en).into());
    }
    fn take(columns: &mut Columns, names: &[&'static str]) -> StorageResult<Self> {
        let (ar, en) = (only(names), names.get(1).copied().unwrap_or_default());
        Ok(LocalizedName::stored(columns.get(ar)?, columns.get(en)?))
    }
}

impl Column for LocalizedName {
    fn put(&self, values: &mut Vec<Value>) {
        values.extend([self.ar().into(), self.en().into()]);
    }
    fn take(columns: &mut Columns, names: &[&'static str]) -> StorageResult<Self> {
        let name = <Option<Self> as Column>::take(columns, names)?;
        name.ok_or_else(|| columns.corrupt(only(names), "no name, or one that is too long"))
    }
}

/// An enumeration of the domain is kept as its word, or as null where it is optional.
#[macro_export]
macro_rules! word_column {
    ($type:ty) => {
        impl $crate::persistence::table::Column for $type {
            fn put(&self, values: &mut Vec<$crate::sql::value::Value>) {
                values.push(self.as_str().into());
            }
            fn take(
                columns: &mut $crate::sql::value::Columns,
                names: &[&'static str],
            ) -> ::application::ports::storage_error::StorageResult<Self> {
                columns.parse(names.first().copied().unwrap_or_default(), |text| Self::parse(text).ok())
            }
        }

        impl $crate::persistence::table::Column for Option<$type> {
            fn put(&self, values: &mut Vec<$crate::sql::value::Value>) {
                values.push(self.map(<$type>::as_str).into());
            }
            fn take(
                columns: &mut $crate::sql::value::Columns,
                names: &[&'static str],
            ) -> ::application::ports::storage_error::StorageResult<Self> {
                let column = names.first().copied().unwrap_or_default();
                $crate::persistence::table::optional(columns, column, |text| <$type>::parse(text).ok())
            }
        }
    };
}

/// A value that people look for by its text.
pub(crate) trait Searched {
    fn texts(&self) -> Vec<&str>;
}

impl Searched for Code {
    fn texts(&self) -> Vec<&str> {
        vec![self.as_str()]
    }
}
impl Searched for LocalizedName {
    fn texts(&self) -> Vec<&str> {
        vec![self.ar().unwrap_or(""), self.en().unwrap_or("")]
    }
}
impl Searched for String {
    fn texts(&self) -> Vec<&str> {
        vec![self]
    }
}

/// The content of a column `search`: the texts as people type them.
pub(crate) fn search_text(searched: &[&dyn Searched]) -> Value {
    let texts: Vec<&str> = searched.iter().flat_map(|value| value.texts()).collect();
    searchable(&texts.join(" "))
}
