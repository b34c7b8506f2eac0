//! The company profile: how documents and returns name the company.

mod body;
pub mod update;

use domain::company::profile::CompanyProfile;
use domain::money::Currency;
use domain::settlement::tolerance::PaymentTolerance;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use body::{CompanyProfileChange, PaymentToleranceBody};

use super::address::CompanyAddressView;
use crate::master_data::Shown;
use crate::parties::party::RegistrationView;
use crate::views::NameView;

/// Entity name in audit log, change feed and cache. There is one of a tenant; its id is the tenant's.
pub const COMPANY_PROFILE: &str = "company_profile";

/// The company as its documents and returns name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CompanyProfileView {
    /// The name of the tenant until another one is saved.
    pub legal_name: NameView,
    /// Null where the company is not registered for VAT.
    pub vat_number: Option<String>,
    /// The other numbers under which authorities know the company.
    pub registrations: Vec<RegistrationView>,
    /// The national address; null where none is known.
    pub address: Option<CompanyAddressView>,
    /// `monthly` or `quarterly`: how long a period of the VAT return is.
    pub vat_period: &'static str,
    /// Whether prices of new documents include VAT.
    pub prices_include_vat: bool,
    /// How far the price on a bill may be from that of the order, in per cent.
    pub price_tolerance_percent: String,
    /// The tolerance of prices as an amount in the company currency, for one base unit.
    pub price_tolerance_amount: String,
    /// How far receipts may go beyond the ordered quantity, in per cent, of items that do not say it themselves.
    pub over_receipt_percent: String,
    /// `three_way` or `two_way`: whether bills wait for the receipt of what is ordered, of items that do not say it themselves.
    pub match_policy: &'static str,
    /// Whether a discount for early payment leaves VAT as it was.
    pub discount_without_vat: bool,
    /// The differences of payments that may be written off.
    pub payment_tolerances: Vec<PaymentToleranceView>,
    /// The months after a supply from which VAT of a bad debt may be taken back.
    pub bad_debt_months: u32,
    /// The debt beyond which that needs a proof of the claim.
    pub bad_debt_proof_above: String,
    /// The branch of documents that name none. Null leaves it to the only active branch, if there is just one.
    pub default_branch_id: Option<Uuid>,
    /// 0 until the profile is saved for the first time.
    pub version: i64,
}

/// The difference of a payment that may be written off in a currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PaymentToleranceView {
    pub currency: String,
    pub amount: String,
    /// In per cent of the item; null is any share.
    pub percent: Option<String>,
}

impl From<&PaymentTolerance> for PaymentToleranceView {
    fn from(tolerance: &PaymentTolerance) -> Self {
        Self {
            currency: tolerance.currency.to_string(),
            amount: tolerance.amount.display(Currency::iso(tolerance.currency).scale),
            percent: tolerance.percent.map(|percent| percent.to_string()),
        }
    }
}

impl From<&CompanyProfile> for CompanyProfileView {
    fn from(profile: &CompanyProfile) -> Self {
        Self {
            legal_name: NameView::from(&profile.legal_name),
            vat_number: profile.vat_number.clone(),
            registrations: Shown::shown(&profile.registrations),
            address: Shown::shown(&profile.address),
            vat_period: profile.vat_period.as_str(),
            prices_include_vat: profile.prices_include_vat,
            price_tolerance_percent: profile.price_tolerance.percent.to_string(),
            price_tolerance_amount: profile.price_tolerance.amount.display(2),
            over_receipt_percent: profile.matching.over_receipt.to_string(),
            match_policy: profile.matching.policy.as_str(),
            discount_without_vat: profile.discount_without_vat,
            payment_tolerances: profile
                .payment_tolerances
                .all()
                .iter()
                .map(PaymentToleranceView::from)
                .collect(),
            bad_debt_months: profile.bad_debt_relief.months,
            bad_debt_proof_above: profile.bad_debt_relief.proof_above.display(2),
            default_branch_id: profile.default_branch.map(|id| id.uuid()),
            version: profile.version,
        }
    }
}
