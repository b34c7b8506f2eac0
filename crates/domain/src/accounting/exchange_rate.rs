//! Exchange rates: company units for one unit of a currency.

use chrono::NaiveDate;

use crate::ids::ExchangeRateId;
use crate::money::{CurrencyCode, Rate};

/// Longest source of a rate, in characters.
pub const SOURCE_LENGTH_MAX: usize = 100;

/// Company units for one unit of a currency, from a date until the next rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeRate {
    pub id: ExchangeRateId,
    pub currency: CurrencyCode,
    pub date: NaiveDate,
    pub rate: Rate,
    /// The source of the rate, such as a central bank or a contract.
    pub source: Option<String>,
    pub version: i64,
}
