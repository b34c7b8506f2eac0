//! Import profiles in SQL. How files are read is a document in the row.

use application::ports::storage_error::StorageResult;
use domain::accounting::import_profile::{
    ColumnSource, DateFormat, DecimalMark, Delimiter, Digits, FileReading, ImportKind, ImportProfile,
    MappedColumn, TableFormat, TextEncoding, ThousandsMark, ValueMarks,
};
use serde::{Deserialize, Serialize};

use crate::persistence::table::Column;
use crate::sql::value::{Columns, Value};
use crate::{table, word_column};

word_column!(ImportKind);
word_column!(TableFormat);

table! {
    ImportProfile in "accounting", "import_profile" by id;
    columns { code, name: [name_ar, name_en], import_type, format, reading }
    search { code, name }
    unique code
}

/// How files are read, as it is stored.
#[derive(Serialize, Deserialize)]
struct StoredReading {
    #[serde(skip_serializing_if = "Option::is_none")]
    delimiter: Option<String>,
    encoding: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<String>,
    header_row: u32,
    date_format: String,
    decimal: String,
    thousands: String,
    digits: String,
    columns: Vec<StoredColumn>,
    ignored: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct StoredColumn {
    column: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    heading: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
}

impl StoredColumn {
    fn of(mapped: &MappedColumn) -> Self {
        let (heading, value) = match &mapped.source {
            ColumnSource::Heading(heading) => (Some(heading.clone()), None),
            ColumnSource::Value(value) => (None, Some(value.clone())),
        };
        Self { column: mapped.column.clone(), heading, value }
    }

    fn mapped(self) -> Option<MappedColumn> {
        let source = match (self.heading, self.value) {
            (Some(heading), None) => ColumnSource::Heading(heading),
            (None, Some(value)) => ColumnSource::Value(value),
            _ => return None,
        };
        Some(MappedColumn { column: self.column, source })
    }
}

impl StoredReading {
    fn of(reading: &FileReading) -> Self {
        let marks = reading.marks;
        Self {
            delimiter: reading.delimiter.map(|delimiter| delimiter.to_string()),
            encoding: reading.encoding.to_string(),
            sheet: reading.sheet.clone(),
            header_row: reading.header_row,
            date_format: marks.date_format.to_string(),
            decimal: marks.decimal.to_string(),
            thousands: marks.thousands.to_string(),
            digits: marks.digits.to_string(),
            columns: reading.columns.iter().map(StoredColumn::of).collect(),
            ignored: reading.ignored.clone(),
        }
    }

    fn reading(self) -> Option<FileReading> {
        let delimiter = match self.delimiter {
            Some(word) => Some(Delimiter::parse(&word).ok()?),
            None => None,
        };
        Some(FileReading {
            delimiter,
            encoding: TextEncoding::parse(&self.encoding).ok()?,
            sheet: self.sheet,
            header_row: self.header_row,
            marks: ValueMarks {
                date_format: DateFormat::parse(&self.date_format).ok()?,
                decimal: DecimalMark::parse(&self.decimal).ok()?,
                thousands: ThousandsMark::parse(&self.thousands).ok()?,
                digits: Digits::parse(&self.digits).ok()?,
            },
            columns: self.columns.into_iter().map(StoredColumn::mapped).collect::<Option<_>>()?,
            ignored: self.ignored,
        })
    }
}

impl Column for FileReading {
    fn put(&self, values: &mut Vec<Value>) {
        values.push(serde_json::json!(StoredReading::of(self)).to_string().into());
    }

    fn take(columns: &mut Columns, _: &[&'static str]) -> StorageResult<Self> {
        columns.parse("reading", |text| serde_json::from_str::<StoredReading>(text).ok()?.reading())
    }
}
