//! How a file is read: by a saved profile, by the options of the request, or by both.

use application::accounting::import_profiles::{check_columns, find_profile};
use application::accounting::imports::ImportFormat;
use application::error::{AppError, AppResult};
use application::master_data::registry::MasterReads;
use application::paging::INVALID_PARAMETER;
use domain::accounting::import_profile::{
    ColumnSource, DateFormat, DecimalMark, Delimiter, Digits, FIXED_VALUE_LENGTH_MAX, FileReading,
    HEADER_ROW_MAX, HEADING_LENGTH_MAX, IMPORT_PROFILE_FORMAT, IMPORT_PROFILE_TYPE, ImportKind, MappedColumn,
    PROFILE_COLUMNS_MAX, TableFormat, TextEncoding, ThousandsMark,
};
use domain::error::{Phrase, Violation, Violations};
use domain::ids::TenantId;
use domain::text::{CODE_LENGTH_MAX, Code, required_text};
use serde_json::{Value, json};

use crate::wire::{Int, Pointer, RequiredText, Schemas, WireType, quoted, string};

const COLUMN_AND_TEXT: Phrase = Phrase::new("column:text, such as debit:Soll", "column:text مثل debit:مدين");
const TEXT: Phrase = Phrase::new("a text of at most 100 characters", "نص لا يتجاوز 100 حرف");
const NOT_SO_MANY: Phrase = Phrase::new("not so many of them", "عددًا أقل منها");

/// Columns and what fills them: `column=debit:Soll`, each a further one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pairs(pub Vec<(String, String)>);

/// Headings: `ignoredColumn=Saldo`, each a further one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headings(pub Vec<String>);

fn refuse(text: &str, expected: Phrase, at: &Pointer<'_>, errors: &mut Violations) {
    let name = at.to_string();
    let violation = Violation::new(&INVALID_PARAMETER).with("name", name.trim_start_matches('?'));
    errors.push(violation.with("value", quoted(text)).with_phrase("expected", expected).at(name.clone()));
}

/// Every text of a repeated parameter, read by `one`.
fn each<T>(
    texts: &[&str],
    (at, expected): (&Pointer<'_>, Phrase),
    errors: &mut Violations,
    one: impl Fn(&str) -> Option<T>,
) -> Option<Vec<T>> {
    if texts.len() > PROFILE_COLUMNS_MAX {
        refuse("", NOT_SO_MANY, at, errors);
        return None;
    }
    let before = errors.len();
    let mut read = Vec::with_capacity(texts.len());
    for text in texts {
        match one(text) {
            Some(value) => read.push(value),
            None => refuse(text, expected.clone(), at, errors),
        }
    }
    (errors.len() == before).then_some(read)
}

macro_rules! repeated {
    ($($type:ident, $pattern:literal, $expected:ident, $one:expr;)*) => {$(
        impl WireType for $type {
            const REPEATED: bool = true;

            fn schema(_: &mut Schemas) -> Value {
                json!({ "type": "array", "maxItems": PROFILE_COLUMNS_MAX, "items": { "type": "string", "pattern": $pattern } })
            }
            fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
                let text = string(value, at, errors)?;
                Self::parse_texts(&[text], at, errors)
            }
            fn parse_texts(texts: &[&str], at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
                each(texts, (at, $expected), errors, $one).map(Self)
            }
            fn absent() -> Option<Self> {
                Some(Self::default())
            }
        }
    )*};
}
repeated! {
    Pairs, "^[^:]{1,50}:.{1,200}$", COLUMN_AND_TEXT, |text| {
        let (column, value) = text.split_once(':')?;
        let column = required_text(column, CODE_LENGTH_MAX).ok()?;
        Some((column, required_text(value, FIXED_VALUE_LENGTH_MAX).ok()?))
    };
    Headings, "^.{1,100}$", TEXT, |text| required_text(text, HEADING_LENGTH_MAX).ok();
}

/// The options of a request; each replaces that of the profile.
#[derive(Debug, Default)]
pub struct ReadingOptions {
    pub profile: Option<Code>,
    pub delimiter: Option<Delimiter>,
    pub encoding: Option<TextEncoding>,
    pub sheet: Option<RequiredText<HEADING_LENGTH_MAX>>,
    pub header_row: Option<Int<1, HEADER_ROW_MAX>>,
    pub date_format: Option<DateFormat>,
    pub decimal_mark: Option<DecimalMark>,
    pub thousands_mark: Option<ThousandsMark>,
    pub digits: Option<Digits>,
    pub column: Pairs,
    pub value: Pairs,
    pub ignored_column: Headings,
}

/// The form of a body, as far as the request or a profile says it.
pub struct Form {
    /// `None`: the first bytes tell.
    pub format: Option<ImportFormat>,
    pub reading: FileReading,
}

impl ReadingOptions {
    /// The form of a body of the media type's format, in the encoding that the media type names.
    pub async fn form(
        self,
        reads: &dyn MasterReads,
        (tenant, kind): (TenantId, ImportKind),
        (format, charset): (Option<ImportFormat>, Option<TextEncoding>),
    ) -> AppResult<Form> {
        let mut violations = Violations::new();
        let mut form = Form { format, reading: FileReading::default() };
        if let Some(code) = &self.profile {
            let profile = find_profile(reads, tenant, code).await?;
            if profile.import_type != kind {
                let other = Violation::new(&IMPORT_PROFILE_TYPE).with("code", code);
                violations.push(other.with("type", profile.import_type).at("?profile"));
            }
            match (table_format(format), profile.format) {
                (None, TableFormat::Xlsx) => form.format = Some(ImportFormat::Xlsx),
                (None, TableFormat::Csv) => form.format = Some(ImportFormat::Csv),
                (Some(given), wanted) if given != Some(wanted) => {
                    let other = Violation::new(&IMPORT_PROFILE_FORMAT).with("format", wanted);
                    violations.push(other.at("?profile"));
                }
                (Some(_), _) => {}
            }
            form.reading = profile.reading;
        }
        let given = self.replace(&mut form.reading);
        if let Some(charset) = charset {
            form.reading.encoding = charset;
        }
        if violations.is_empty() {
            check_columns(kind, &form.reading.columns, &mut violations);
        }
        // A format that is not known yet is checked by whoever reads the first bytes.
        match table_format(form.format) {
            Some(Some(format)) => violations.extend(form.reading.check(format)),
            Some(None) if given && violations.is_empty() => {
                violations.push(only_tables());
            }
            _ => {}
        }
        if violations.is_empty() { Ok(form) } else { Err(of_parameters(violations.into_vec())) }
    }

    /// Answers whether there was an option.
    fn replace(self, reading: &mut FileReading) -> bool {
        let before = reading.clone();
        reading.delimiter = self.delimiter.or(reading.delimiter);
        reading.encoding = self.encoding.unwrap_or(reading.encoding);
        reading.sheet = self.sheet.map(String::from).or(reading.sheet.take());
        let row = self.header_row.and_then(|row| u32::try_from(row.0).ok());
        reading.header_row = row.unwrap_or(reading.header_row);
        let marks = &mut reading.marks;
        marks.date_format = self.date_format.unwrap_or(marks.date_format);
        marks.decimal = self.decimal_mark.unwrap_or(marks.decimal);
        marks.thousands = self.thousands_mark.unwrap_or(marks.thousands);
        marks.digits = self.digits.unwrap_or(marks.digits);
        let headings = self.column.0.into_iter().map(|(column, text)| (column, ColumnSource::Heading(text)));
        let values = self.value.0.into_iter().map(|(column, text)| (column, ColumnSource::Value(text)));
        for (column, source) in headings.chain(values) {
            // A second one for the same column is refused, but one of the profile is replaced.
            reading.columns.retain(|known| known.column != column || !before.columns.contains(known));
            reading.columns.push(MappedColumn { column, source });
        }
        reading.ignored.extend(self.ignored_column.0);
        *reading != before || *reading != FileReading::default()
    }
}

/// The format of a table; `Some(None)` for files that are none, `None` where nothing is known yet.
const fn table_format(format: Option<ImportFormat>) -> Option<Option<TableFormat>> {
    match format {
        None => None,
        Some(ImportFormat::Csv | ImportFormat::Tsv) => Some(Some(TableFormat::Csv)),
        Some(ImportFormat::Xlsx) => Some(Some(TableFormat::Xlsx)),
        Some(ImportFormat::NdJson) => Some(None),
    }
}

/// The violations of a profile's members, at the parameters of the same names.
fn of_parameters(violations: Vec<Violation>) -> AppError {
    let named = |violation: Violation| match violation.pointer.strip_prefix('/') {
        Some(member) if member.starts_with("columns/") => violation.at("?column"),
        Some(member) => {
            let parameter = format!("?{member}");
            violation.at(parameter)
        }
        None => violation,
    };
    AppError::from(violations.into_iter().map(named).collect::<Vec<_>>())
}

fn only_tables() -> Violation {
    Violation::new(&IMPORT_PROFILE_FORMAT).with("format", TableFormat::WORDS.join(", "))
}

impl Form {
    /// The format that the first bytes of a body show, and the options that fit it.
    pub fn settled(self, found: ImportFormat) -> AppResult<(ImportFormat, FileReading)> {
        if self.format.is_some() {
            return Ok((self.format.unwrap_or(found), self.reading));
        }
        let violations = match table_format(Some(found)).flatten() {
            Some(format) => self.reading.check(format),
            None if self.reading == FileReading::default() => Vec::new(),
            None => vec![only_tables()],
        };
        if violations.is_empty() { Ok((found, self.reading)) } else { Err(of_parameters(violations)) }
    }
}
