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
        /// The first day, the one after the last year or such that this year ends before the first.
        start: NaiveDate = "2026-01-01",
        /// The last day, at most 24 months later; twelve months when left out.
        end: Option<NaiveDate> = "2026-12-31",
        /// `2026` or `2025/26` when left out, `2026-2` for a second year within 2026.
        code: Option<Code> = "2026",
        /// What people call it.
        name: Option<LocalizedName>,
        /// How it is divided.
        pattern: PeriodPattern => "monthly",
    }

    /// Several new fiscal years.
    pub struct GenerateFiscalYearsBody {
        /// The first day of the first year; each has twelve months.
        start: NaiveDate = "2026-01-01",
        /// How many.
        years: Int<1, { FISCAL_YEARS_GENERATED_MAX as i64 }> => 1,
        /// How each is divided.
        pattern: PeriodPattern => "monthly",
    }

    /// Changes to a fiscal year (JSON Merge Patch); its dates never change.
    pub struct UpdateFiscalYearBody {
        /// What people call it; null takes the name away.
        name: Patch<LocalizedName>,
    }

    /// Why a fiscal year is reopened.
    pub struct ReopenFiscalYearBody {
        /// Kept in the audit log.
        reason: RequiredText<REOPEN_REASON_LENGTH_MAX> = "Late supplier invoice",
        /// Open its regular periods too.
        open_periods: bool => false,
    }
}
