//! Exchange rates as the API shows them.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Company units for one unit of a currency, from a date until the next rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExchangeRateView {
    pub id: Uuid,
    pub currency: String,
    pub date: NaiveDate,
    pub rate: String,
    pub source: Option<String>,
    #[schema(format = "date-time")]
    pub updated_at: String,
    pub version: i64,
}

/// What many rates at once became.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExchangeRatesSavedView {
    pub created: u32,
    pub updated: u32,
    /// Already there with the same rate and source.
    pub unchanged: u32,
}

/// The rate that applies on a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EffectiveRateView {
    pub currency: String,
    pub company_currency: String,
    pub date: NaiveDate,
    /// Company units for one unit of the currency.
    pub rate: String,
    /// From when it is; null for the company currency itself.
    pub rate_date: Option<NaiveDate>,
    pub exchange_rate_id: Option<Uuid>,
}
