//! The rate of a day as the API shows it.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The rate that applies on a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EffectiveRateView {
    pub currency: String,
    pub company_currency: String,
    pub date: NaiveDate,
    /// Company units for one unit of the currency.
    pub rate: String,
    /// The date of the rate; null for the company currency itself.
    pub rate_date: Option<NaiveDate>,
    pub exchange_rate_id: Option<Uuid>,
}
