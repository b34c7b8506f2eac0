//! Fiscal years and periods as the API shows them.

use chrono::NaiveDate;
use domain::accounting::fiscal_period::FiscalPeriod;
use domain::accounting::fiscal_year::FiscalYear;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::NameView;
use super::journal_entry::JournalEntryView;

/// A year of the books. It is usually twelve months long, but may be shorter or longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FiscalYearView {
    pub id: Uuid,
    /// The code, such as `2026`, or `2025/26` if the year spans two calendar years.
    pub code: String,
    pub name: Option<NameView>,
    /// The first day.
    pub start: NaiveDate,
    /// The last day.
    pub end: NaiveDate,
    /// The status: `open` or `closed`.
    pub status: &'static str,
    pub version: i64,
}

/// A month, a quarter or the closing period of a fiscal year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FiscalPeriodView {
    pub id: Uuid,
    pub fiscal_year_id: Uuid,
    /// The number of the period in its year, from 1; the closing period has the last number.
    pub number: u8,
    pub name: String,
    /// The first day.
    pub start: NaiveDate,
    /// The last day.
    pub end: NaiveDate,
    /// The kind of period: `regular`, or `closing` for the period that has only year-close entries.
    pub kind: &'static str,
    /// The status: `open` or `closed`.
    pub status: &'static str,
    pub version: i64,
}

/// The fiscal years that were generated, in order.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GeneratedFiscalYearsView {
    pub items: Vec<FiscalYearView>,
}

/// The result of closing a fiscal year.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FiscalYearCloseView {
    pub fiscal_year: FiscalYearView,
    /// The periods that were still open and have been closed.
    pub closed_periods: Vec<FiscalPeriodView>,
    /// The closing entry with its first lines; null when there was nothing left to close.
    pub entry: Option<JournalEntryView>,
}

/// The result of reopening a fiscal year.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FiscalYearReopenView {
    pub fiscal_year: FiscalYearView,
    /// The periods that were opened together with the year.
    pub opened_periods: Vec<FiscalPeriodView>,
}

impl From<&FiscalYear> for FiscalYearView {
    fn from(year: &FiscalYear) -> Self {
        Self {
            id: year.id.uuid(),
            code: year.code.as_str().to_owned(),
            name: year.name.as_ref().map(NameView::from),
            start: year.start,
            end: year.end,
            status: year.status.as_str(),
            version: year.version,
        }
    }
}

impl From<&FiscalPeriod> for FiscalPeriodView {
    fn from(period: &FiscalPeriod) -> Self {
        Self {
            id: period.id.uuid(),
            fiscal_year_id: period.fiscal_year_id.uuid(),
            number: period.number,
            name: period.name.clone(),
            start: period.start,
            end: period.end,
            kind: period.kind.as_str(),
            status: period.status.as_str(),
            version: period.version,
        }
    }
}
