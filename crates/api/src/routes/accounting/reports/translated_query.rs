//! The parameters of reports that are translated on request.

use application::accounting::reports::request::{Compare, ReportRequest, end_date};
use application::error::AppResult;
use chrono::NaiveDate;
use domain::error::Language;
use domain::money::CurrencyCode;
use domain::time::Timestamp;

use super::csv_options::CsvOptions;
use super::query::{Dimensions, Level, ReportFormat, level};
use crate::query;

query! {
    /// A trial balance.
    pub struct TrialBalanceQuery {
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
        /// The currency in which every figure is shown: that of the books, or the reporting currency of the ledger settings, into which
        /// the books are translated. Assets and liabilities have the rate of the last day, income and expenses that of their fiscal
        /// period, equity that of each day; the account of the ledger settings shows the difference. Rates are those of today, with
        /// `knownAt`, too.
        presentation_currency: Option<CurrencyCode>,
        /// The depth of the account tree to show.
        level: Option<Level>,
        /// Whether to include accounts without amounts.
        include_zero: bool => false,
        /// Whether to count the entries that close the year. Each report has its own default.
        include_closing: Option<bool>,
        /// The format, instead of `Accept`. `csv-bom` is CSV with a byte order mark, from which spreadsheet programs
        /// recognise UTF-8, so that Arabic text stays readable when the file is opened with a double click.
        format: Option<ReportFormat>,
        /// Options of a CSV file for spreadsheet programs: a byte order mark (`bom`), other separators, a comma before decimals, and
        /// above the header the title, company, dates and day of printing (`about`).
        csv: CsvOptions = ["bom", "semicolon", "decimal-comma"],
    }

    /// A balance sheet.
    pub struct BalanceSheetQuery {
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
        /// The currency in which every figure is shown: that of the books, or the reporting currency of the ledger settings, into which
        /// the books are translated. Assets and liabilities have the rate of the last day, income and expenses that of their fiscal
        /// period, equity that of each day; the account of the ledger settings shows the difference. Rates are those of today, with
        /// `knownAt`, too.
        presentation_currency: Option<CurrencyCode>,
        /// The depth of the account tree to show.
        level: Option<Level>,
        /// Whether to include accounts without amounts.
        include_zero: bool => false,
        /// Whether to count the entries that close the fiscal year of the day; true by default.
        include_closing: Option<bool>,
        /// The format, instead of `Accept`. `csv-bom` is CSV with a byte order mark, from which spreadsheet programs
        /// recognise UTF-8, so that Arabic text stays readable when the file is opened with a double click.
        format: Option<ReportFormat>,
        /// Options of a CSV file for spreadsheet programs: a byte order mark (`bom`), other separators, a comma before decimals, and
        /// above the header the title, company, dates and day of printing (`about`).
        csv: CsvOptions = ["bom", "semicolon", "decimal-comma"],
    }
}

impl TrialBalanceQuery {
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
            group_by: None,
            language,
        })
    }
}

impl BalanceSheetQuery {
    pub fn request(self, language: Language) -> AppResult<ReportRequest> {
        Ok(ReportRequest {
            from: None,
            to: end_date(self.to, self.as_of)?,
            known_at: self.known_at,
            compare: self.compare,
            dimensions: self.dimension.0,
            currency: self.currency,
            presentation: self.presentation_currency,
            level: level(self.level),
            include_zero: self.include_zero,
            include_closing: self.include_closing,
            group_by: None,
            language,
        })
    }
}
