//! Bodies of fiscal years.

use application::accounting::fiscal_years::{FISCAL_YEARS_GENERATED_MAX, REOPEN_REASON_LENGTH_MAX};
use chrono::NaiveDate;
use domain::accounting::fiscal_year::PeriodPattern;
use domain::text::{Code, LocalizedName};

use crate::request;
use crate::wire::{Int, Patch, RequiredText};

request! {
    /// A new fiscal year.
    pub struct CreateFiscalYearBody {
        /// The first day. It follows the last existing year, or is such that this year ends directly before the first
        /// one.
        start: NaiveDate = "2026-01-01",
        /// The last day, at most 24 months after the first; by default the year has twelve months.
        end: Option<NaiveDate> = "2026-12-31",
        /// The code; by default `2026` or `2025/26`, or `2026-2` for a second year within 2026.
        code: Option<Code> = "2026",
        /// The name.
        name: Option<LocalizedName>,
        /// How the year is divided into periods.
        pattern: PeriodPattern => "monthly",
    }

    /// Several new fiscal years.
    pub struct GenerateFiscalYearsBody {
        /// The first day of the first year. Each year has twelve months.
        start: NaiveDate = "2026-01-01",
        /// The number of years.
        years: Int<1, { FISCAL_YEARS_GENERATED_MAX as i64 }> => 1,
        /// How each year is divided into periods.
        pattern: PeriodPattern => "monthly",
    }

    /// Changes to a fiscal year (JSON Merge Patch). Its dates never change.
    pub struct UpdateFiscalYearBody {
        /// The name; null removes it.
        name: Patch<LocalizedName>,
    }

    /// The reason for reopening a fiscal year.
    pub struct ReopenFiscalYearBody {
        /// The reason, which is kept in the audit log.
        reason: RequiredText<REOPEN_REASON_LENGTH_MAX> = "Late supplier invoice",
        /// Whether to open its regular periods too.
        open_periods: bool => false,
    }
}
