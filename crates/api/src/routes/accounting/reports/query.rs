//! The parameters of reports.

use application::accounting::reports::request::{Compare, DimensionFilter, ReportRequest, end_date};
use application::error::AppResult;
use application::paging::INVALID_PARAMETER;
use chrono::NaiveDate;
use domain::accounting::account::ACCOUNT_DEPTH_MAX;
use domain::error::{Language, Phrase, Violation, Violations};
use domain::money::CurrencyCode;
use domain::text::Code;
use domain::time::Timestamp;
use serde_json::{Value, json};

use super::csv_options::{CsvOptions, FileForm};
use crate::wire::{Int, Pointer, Schemas, WireType, quoted, string};
use crate::{query, word_type};

/// Most dimension filters of one report.
const CODE_AND_VALUES: Phrase =
    Phrase::new("code:value or code:value,value", "code:value أو code:value,value");
pub const DIMENSION_FILTERS_MAX: usize = 10;
/// Most values named in one filter.
pub const FILTER_VALUES_MAX: usize = 100;

/// Depth of the tree, from 1.
pub type Level = Int<1, { ACCOUNT_DEPTH_MAX as i64 }>;

domain::choices! {
    /// Instead of `Accept`.
    pub enum ReportFormat {
        Json = "json",
        Csv = "csv",
        /// CSV that begins with a byte order mark.
        CsvBom = "csv-bom",
        Xlsx = "xlsx",
        Pdf = "pdf",
    }
}
domain::choices! {
    /// Instead of `Accept`.
    pub enum LedgerFormat {
        Json = "json",
        Csv = "csv",
        /// CSV that begins with a byte order mark.
        CsvBom = "csv-bom",
        NdJson = "ndjson",
        Xlsx = "xlsx",
        Pdf = "pdf",
    }
}

word_type!(ReportFormat, "reportFormat");
word_type!(LedgerFormat, "ledgerFormat");

/// `dimension=code:value,value`, each a further condition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dimensions(pub Vec<DimensionFilter>);

impl Dimensions {
    pub(super) fn one(text: &str) -> Option<DimensionFilter> {
        let (dimension, values) = text.split_once(':')?;
        let code =
            |text: &str| Code::parse(text).ok().filter(|code| code.as_str() == text).map(Code::into_string);
        let values = values.split(',').map(code).collect::<Option<Vec<_>>>()?;
        let dimension = code(dimension)?;
        (values.len() <= FILTER_VALUES_MAX).then_some(DimensionFilter { dimension, values })
    }
}

impl WireType for Dimensions {
    const REPEATED: bool = true;

    fn schema(_: &mut Schemas) -> Value {
        json!({
            "type": "array",
            "maxItems": DIMENSION_FILTERS_MAX,
            "items": { "type": "string", "pattern": "^[^:,\\s]{1,50}:[^:,\\s]{1,50}(,[^:,\\s]{1,50}){0,99}$" },
        })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let text = string(value, at, errors)?;
        Self::parse_texts(&[text], at, errors)
    }
    fn parse_texts(texts: &[&str], at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let before = errors.len();
        let mut refuse = |text: &str, expected: Phrase| {
            let violation = Violation::new(&INVALID_PARAMETER)
                .with("name", "dimension")
                .with("value", quoted(text))
                .with_phrase("expected", expected);
            errors.push(violation.at(at.to_string()));
        };
        if texts.len() > DIMENSION_FILTERS_MAX {
            refuse(
                "",
                Phrase::made(
                    format!("at most {DIMENSION_FILTERS_MAX} dimensions"),
                    format!("{DIMENSION_FILTERS_MAX} أبعاد بحد أقصى"),
                ),
            );
        }
        let mut filters = Vec::with_capacity(texts.len());
        for text in texts.iter().take(DIMENSION_FILTERS_MAX) {
            match Self::one(text) {
                Some(filter) => filters.push(filter),
                None => refuse(text, CODE_AND_VALUES),
            }
        }
        (errors.len() == before).then_some(Self(filters))
    }
    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

query! {
    /// The form in which a report is wanted.
    pub struct ReportFile {
        /// The format, instead of `Accept`. `csv-bom` is CSV with a byte order mark, from which spreadsheet programs
        /// recognise UTF-8, so that Arabic text stays readable when the file is opened with a double click.
        format: Option<ReportFormat>,
        /// Options of a CSV file for spreadsheet programs: a byte order mark (`bom`), other separators, a comma before decimals, and
        /// above the header the title, company, dates and day of printing (`about`).
        csv: CsvOptions = ["bom", "semicolon", "decimal-comma"],
    }

    /// A report over a range.
    pub struct RangeQuery, then file: ReportFile {
        /// The first day. By default the report begins with the books, or with the fiscal year for statements of flows.
        from: Option<NaiveDate> = "2026-01-01",
        /// The last day; by default today, or the end of the fiscal year of `from` if `from` lies in the future.
        to: Option<NaiveDate> = "2026-03-31",
        /// Another name for `to`.
        as_of: Option<NaiveDate>,
        /// Shows the books as they had been recorded at this moment, with the chart of accounts of that time, so that
        /// the figures never change again. Dimension values and the company's name are those of today.
        known_at: Option<Timestamp>,
        /// The range with which the figures are compared; `previous-period` of a range needs its `from`.
        compare: Compare => "none",
        /// Counts only lines with this value: `code:value,value`, including the values below them. Several filters must
        /// all hold.
        dimension: Dimensions,
        /// The currency, one of the tenant's. Only lines in this currency count, with their amounts in it.
        currency: Option<CurrencyCode>,
        /// The depth of the account tree to show.
        level: Option<Level>,
        /// Whether to include accounts without amounts.
        include_zero: bool => false,
        /// Whether to count the entries that close the year. Each report has its own default.
        include_closing: Option<bool>,
    }

    /// A report on one day.
    pub struct DayQuery, then file: ReportFile {
        /// The day; today by default.
        as_of: Option<NaiveDate> = "2026-03-31",
        /// Another name for `asOf`.
        to: Option<NaiveDate>,
        /// Shows the books as they had been recorded at this moment, with the chart of accounts of that time, so that
        /// the figures never change again. Dimension values and the company's name are those of today.
        known_at: Option<Timestamp>,
        /// The range or day with which the figures are compared.
        compare: Compare => "none",
        /// Counts only lines with this value: `code:value,value`, including the values below them. Several filters must
        /// all hold.
        dimension: Dimensions,
        /// The currency, one of the tenant's. Only lines in this currency count, with their amounts in it.
        currency: Option<CurrencyCode>,
        /// The depth of the account tree to show.
        level: Option<Level>,
        /// Whether to include accounts without amounts.
        include_zero: bool => false,
        /// Whether to count the entries that close the fiscal year of the day; true by default.
        include_closing: Option<bool>,
    }

    /// Income and expenses of a range.
    pub struct IncomeQuery, then file: ReportFile {
        /// The first day; by default the beginning of the fiscal year.
        from: Option<NaiveDate> = "2026-01-01",
        /// The last day; by default today, or the end of the fiscal year of `from` if `from` lies in the future.
        to: Option<NaiveDate> = "2026-03-31",
        /// Another name for `to`.
        as_of: Option<NaiveDate>,
        /// Shows the books as they had been recorded at this moment, with the chart of accounts of that time, so that
        /// the figures never change again. Dimension values and the company's name are those of today.
        known_at: Option<Timestamp>,
        /// The range or day with which the figures are compared.
        compare: Compare => "none",
        /// Counts only lines with this value: `code:value,value`, including the values below them. Several filters must
        /// all hold.
        dimension: Dimensions,
        /// The currency, one of the tenant's. Only lines in this currency count, with their amounts in it.
        currency: Option<CurrencyCode>,
        /// The currency in which every figure is shown: that of the books, or the reporting currency of the ledger settings, into which
        /// the books are translated. Assets and liabilities have the rate of the last day, income and expenses that of their fiscal
        /// period, equity that of each day; the account of the ledger settings shows the difference. Rates are those of today, with
        /// `knownAt`, too.
        presentation_currency: Option<CurrencyCode>,
        /// The depth of the account tree to show.
        level: Option<Level>,
        /// Whether to include accounts without amounts.
        include_zero: bool => false,
        /// Whether to count the entries that close the year; false by default.
        include_closing: Option<bool>,
        /// Makes one column for each value of a dimension: `dimension:<code>`.
        group_by: Option<GroupBy>,
    }

    /// The general ledger.
    pub struct LedgerQuery {
        /// The first day.
        from: Option<NaiveDate> = "2026-01-01",
        /// The last day; by default today, or the end of the fiscal year of `from` if `from` lies in the future.
        to: Option<NaiveDate> = "2026-03-31",
        /// Another name for `to`.
        as_of: Option<NaiveDate>,
        /// Shows the books as they had been recorded at this moment, with the chart of accounts of that time, so that
        /// the figures never change again. Dimension values and the company's name are those of today.
        known_at: Option<Timestamp>,
        /// The code of an account, to list this account only.
        account: Option<Code> = "1111",
        /// Counts only lines with this value: `code:value,value`, including the values below them. Several filters must
        /// all hold.
        dimension: Dimensions,
        /// The currency, one of the tenant's. Only lines in this currency count, with their amounts in it.
        currency: Option<CurrencyCode>,
        /// Whether to include accounts without amounts.
        include_zero: bool => false,
        /// Whether to count the entries that close years; true by default.
        include_closing: Option<bool>,
        /// The largest number of lines on a page of JSON.
        limit: Int<1, 1000> => 200,
        /// The `nextCursor` of the previous page.
        cursor: Option<crate::wire::RequiredText<200>>,
        /// The format, instead of `Accept`. `csv-bom` is CSV with a byte order mark, from which spreadsheet programs
        /// recognise UTF-8, so that Arabic text stays readable when the file is opened with a double click.
        format: Option<LedgerFormat>,
        /// Options of a CSV file for spreadsheet programs: a byte order mark (`bom`), other separators, a comma before decimals, and
        /// above the header the title, company, dates and day of printing (`about`).
        csv: CsvOptions = ["bom", "semicolon", "decimal-comma"],
    }
}

/// `dimension:<code>`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupBy(pub String);

impl WireType for GroupBy {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "pattern": "^dimension:[^:,\\s]{1,50}$" })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let text = string(value, at, errors)?;
        let code = text.strip_prefix("dimension:").and_then(|code| Code::parse(code).ok());
        if code.is_none() {
            let violation = Violation::new(&INVALID_PARAMETER)
                .with("name", "groupBy")
                .with("value", quoted(text))
                .with_phrase("expected", Phrase::literal("dimension:<code>"));
            errors.push(violation.at(at.to_string()));
        }
        code.map(|code| Self(code.into_string()))
    }
}

impl ReportFile {
    pub fn form(&self) -> FileForm {
        FileForm::of(self.format.map(|format| format.as_str()), self.csv)
    }
}

fn level(level: Option<Level>) -> Option<u8> {
    level.and_then(|level| u8::try_from(level.0).ok())
}

impl RangeQuery {
    pub fn request(self, language: Language) -> AppResult<ReportRequest> {
        Ok(ReportRequest {
            from: self.from,
            to: end_date(self.to, self.as_of)?,
            known_at: self.known_at,
            compare: self.compare,
            dimensions: self.dimension.0,
            currency: self.currency,
            presentation: None,
            level: level(self.level),
            include_zero: self.include_zero,
            include_closing: self.include_closing,
            group_by: None,
            language,
        })
    }
}

impl DayQuery {
    pub fn request(self, language: Language) -> AppResult<ReportRequest> {
        Ok(ReportRequest {
            from: None,
            to: end_date(self.to, self.as_of)?,
            known_at: self.known_at,
            compare: self.compare,
            dimensions: self.dimension.0,
            currency: self.currency,
            presentation: None,
            level: level(self.level),
            include_zero: self.include_zero,
            include_closing: self.include_closing,
            group_by: None,
            language,
        })
    }
}

impl IncomeQuery {
    pub fn request(self, language: Language) -> AppResult<ReportRequest> {
        Ok(ReportRequest {
            from: self.from,
            to: end_date(self.to, self.as_of)?,
            known_at: self.known_at,
            compare: self.compare,
            dimensions: self.dimension.0,
            currency: self.currency,
            presentation: self.presentation_currency,
            level: level(self.level),
            include_zero: self.include_zero,
            include_closing: self.include_closing,
            group_by: self.group_by.map(|group| group.0),
            language,
        })
    }
}
