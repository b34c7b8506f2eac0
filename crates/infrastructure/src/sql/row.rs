//! Rows as read, and their columns under the names that the statement gave them.

use std::sync::Arc;

use application::ports::storage_error::{StorageError, StorageResult};

use super::value::{FromValue, Value};

/// The names of a statement's columns from left to right, shared by all of its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names(Arc<[Box<str>]>);

impl Names {
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self(names.into_iter().map(Box::from).collect())
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    fn at(&self, index: usize) -> Option<&str> {
        self.0.get(index).map(|name| &**name)
    }
}

/// One row. Its reader names each column, from left to right, and gets an error where the statement has another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    names: Names,
    values: Vec<Value>,
}

impl Row {
    pub fn new(names: Names, values: Vec<Value>) -> Self {
        Self { names, values }
    }

    /// Reads the columns in order; `table` is named when one does not parse.
    pub fn columns(self, table: &'static str) -> Columns {
        Columns { values: self.values.into_iter(), names: self.names, next: 0, table }
    }

    /// The single value of a one-column row.
    pub fn single<T: FromValue>(self, table: &'static str, column: &'static str) -> StorageResult<T> {
        self.columns(table).get(column)
    }

    /// All values, for a row that goes on as the key of the next statement.
    pub fn into_values(self) -> Vec<Value> {
        self.values
    }
}

pub struct Columns {
    values: std::vec::IntoIter<Value>,
    names: Names,
    next: usize,
    table: &'static str,
}

impl Columns {
    /// The next column, which must have this name: where a value stands in a `SELECT` never decides what it means.
    pub fn get<T: FromValue>(&mut self, column: &'static str) -> StorageResult<T> {
        let name = self.names.at(self.next);
        let value = self.values.next().filter(|_| name == Some(column));
        let value = value.ok_or_else(|| self.misread(column))?;
        self.next += 1;
        T::from_value(value).map_err(|detail| self.corrupt(column, &detail))
    }

    /// A text that `parse` turns into a domain value.
    pub fn parse<T>(
        &mut self,
        column: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> StorageResult<T> {
        let text: String = self.get(column)?;
        parse(&text).ok_or(StorageError::Corrupt { table: self.table, column, detail: text })
    }

    /// The error for a value that was read but makes no sense.
    pub fn corrupt(&self, column: &'static str, detail: &str) -> StorageError {
        StorageError::Corrupt { table: self.table, column, detail: detail.to_owned() }
    }

    /// The remaining values, such as the sort keys a list appends.
    pub fn rest(self) -> Vec<Value> {
        self.values.collect()
    }

    /// A statement and its reader disagree: a defect of the program, not of the data.
    #[cold]
    fn misread(&self, column: &'static str) -> StorageError {
        let (table, at) = (self.table, self.next + 1);
        StorageError::Internal(match self.names.at(self.next) {
            Some(name) => format!("{table}: column {at} of the statement is `{name}`, read as `{column}`"),
            None => format!("{table}: the statement has no column {at}, read as `{column}`"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(names: &[&str]) -> Columns {
        let values = (1..).take(names.len()).map(Value::Int).collect();
        Row::new(Names::new(names.iter().copied()), values).columns("account")
    }

    fn debit_and_credit(mut columns: Columns) -> Result<(i64, i64), String> {
        let mut get = |name| columns.get(name).map_err(|error| error.to_string());
        Ok((get("debit")?, get("credit")?))
    }

    #[test]
    fn a_value_is_read_under_its_own_name_alone() {
        assert_eq!(debit_and_credit(row(&["debit", "credit"])), Ok((1, 2)));
        assert_eq!(debit_and_credit(row(&["debit", "credit", "sort_1"])), Ok((1, 2)));
        for (names, told) in [
            (&["credit", "debit"][..], "column 1 of the statement is `credit`, read as `debit`"),
            (&["debit", "credit_total"], "column 2 of the statement is `credit_total`, read as `credit`"),
            (&["debit"], "the statement has no column 2, read as `credit`"),
        ] {
            let error = debit_and_credit(row(names)).unwrap_err();
            assert!(error.contains(told), "{names:?}: {error}");
        }
    }

    #[test]
    fn a_value_of_another_type_is_corrupt() {
        let read = row(&["debit"]).get::<String>("debit");
        assert!(matches!(read, Err(StorageError::Corrupt { column: "debit", .. })), "{read:?}");
    }
}
