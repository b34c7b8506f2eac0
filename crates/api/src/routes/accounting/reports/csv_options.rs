//! Options of CSV files and of the form of reports.

use domain::error::{Phrase, Violation, Violations};
use serde_json::Value;

use crate::export::CsvStyle;
use crate::wire::{List, Pointer, Schemas, WireType, quoted, string};
use crate::word_type;
use application::paging::INVALID_PARAMETER;

/// CSV for spreadsheet programs that take a file for Latin script unless it begins with a byte order mark.
pub const CSV_WITH_MARK: &str = "csv-bom";

const ONE_SEPARATOR: Phrase = Phrase::new("one separator", "فاصل واحد");

domain::choices! {
    pub enum CsvOption {
        /// A byte order mark at the beginning.
        Bom = "bom",
        Semicolon = "semicolon",
        Tab = "tab",
        DecimalComma = "decimal-comma",
        /// Lines above the header that say what the table is about.
        About = "about",
    }
}
word_type!(CsvOption, "csvOption");

type Words = List<CsvOption, { CsvOption::ALL.len() }>;

/// `csv=bom,semicolon`
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CsvOptions(pub CsvStyle);

impl CsvOptions {
    fn of(words: &[CsvOption]) -> Option<CsvStyle> {
        let has = |option| words.contains(&option);
        let delimiter = match (has(CsvOption::Semicolon), has(CsvOption::Tab)) {
            (true, true) => return None,
            (true, false) => b';',
            (false, true) => b'\t',
            (false, false) => b',',
        };
        Some(CsvStyle {
            mark: has(CsvOption::Bom),
            delimiter,
            decimal_comma: has(CsvOption::DecimalComma),
            about: has(CsvOption::About),
        })
    }
}

impl WireType for CsvOptions {
    fn schema(schemas: &mut Schemas) -> Value {
        Words::schema(schemas)
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        Self::parse_text(string(value, at, errors)?, at, errors)
    }
    fn parse_text(text: &str, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let words = Words::parse_text(text, at, errors)?;
        let style = Self::of(&words.0);
        if style.is_none() {
            let violation =
                Violation::new(&INVALID_PARAMETER).with("name", "csv").with("value", quoted(text));
            errors.push(violation.with_phrase("expected", ONE_SEPARATOR).at(at.to_string()));
        }
        style.map(Self)
    }
    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

/// The form in which a report is asked for.
#[derive(Debug, Clone, Copy)]
pub struct FileForm {
    /// Decides before `Accept` does.
    pub format: Option<&'static str>,
    pub csv: CsvStyle,
}

impl FileForm {
    pub fn of(format: Option<&'static str>, csv: CsvOptions) -> Self {
        let mark = csv.0.mark || format == Some(CSV_WITH_MARK);
        Self { format, csv: CsvStyle { mark, ..csv.0 } }
    }
}
