//! The parameters of reports that are translated on request.

use application::accounting::reports::request::ReportRequest;
use application::error::AppResult;
use domain::error::Language;
use domain::money::CurrencyCode;

use super::query::{DayQuery, RangeQuery};
use crate::query;

query! {
    /// A trial balance.
    pub struct TrialBalanceQuery, then range: RangeQuery {
        /// The currency in which every figure is shown: that of the books, or the reporting currency of the ledger settings, into which
        /// the books are translated. Assets and liabilities have the rate of the last day, income and expenses that of their fiscal
        /// period, equity that of each day; the account of the ledger settings shows the difference. Rates are those of today, with
        /// `knownAt`, too.
        presentation_currency: Option<CurrencyCode>,
    }

    /// A balance sheet.
    pub struct BalanceSheetQuery, then day: DayQuery {
        /// The currency in which every figure is shown: that of the books, or the reporting currency of the ledger settings, into which
        /// the books are translated. Assets and liabilities have the rate of the last day, income and expenses that of their fiscal
        /// period, equity that of each day; the account of the ledger settings shows the difference. Rates are those of today, with
        /// `knownAt`, too.
        presentation_currency: Option<CurrencyCode>,
    }
}

impl TrialBalanceQuery {
    pub fn request(self, language: Language) -> AppResult<ReportRequest> {
        Ok(ReportRequest { presentation: self.presentation_currency, ..self.range.request(language)? })
    }
}

impl BalanceSheetQuery {
    pub fn request(self, language: Language) -> AppResult<ReportRequest> {
        Ok(ReportRequest { presentation: self.presentation_currency, ..self.day.request(language)? })
    }
}
