//! `GET /payment-terms/{id}/preview`: the instalments of an amount.

use chrono::NaiveDate;
use domain::accounting::currency::CurrencyRecord;
use domain::error::{Violation, Violations};
use domain::ids::TenantId;
use domain::money::{AMOUNT_OUT_OF_RANGE, Amount, Currency, CurrencyCode};
use domain::parties::payment_term::{Instalment, PaymentTerm, PaymentTermId, TermDates};
use serde::Serialize;
use utoipa::ToSchema;

use crate::changes::unknown_reference;
use crate::error::{AppError, AppResult};
use crate::master_data::registry::MasterReads;
use crate::master_data::{Described, Reads};

/// The document whose instalments are asked for.
#[derive(Debug, Clone, Copy)]
pub struct PaymentTermPreview {
    pub dates: TermDates,
    pub currency: CurrencyCode,
    pub amount: Amount,
    /// The amount without VAT, if it is another.
    pub net_amount: Option<Amount>,
}

/// The instalments of an amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentTermPreviewView {
    pub currency: String,
    /// The whole, which the instalments add up to.
    pub amount: String,
    /// The date of the document.
    pub date: NaiveDate,
    /// The day of delivery.
    pub delivery_date: NaiveDate,
    /// The instalments in the order of the lines of the terms.
    pub instalments: Vec<InstalmentView>,
}

/// A part of an amount and the day on which it falls due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InstalmentView {
    /// The part in per cent of the whole.
    pub percent: String,
    pub amount: String,
    /// Not moved where it is a Friday or a Saturday.
    pub due_date: NaiveDate,
    /// The discount in per cent; null where there is none.
    pub discount_percent: Option<String>,
    /// The last day on which the discount is granted.
    pub discount_date: Option<NaiveDate>,
    pub discount_amount: Option<String>,
}

impl InstalmentView {
    fn new(instalment: &Instalment, scale: u8) -> Self {
        let discount = instalment.discount.as_ref();
        Self {
            percent: instalment.percent.to_string(),
            amount: instalment.amount.display(scale),
            due_date: instalment.due_date,
            discount_percent: discount.map(|discount| discount.percent.to_string()),
            discount_date: discount.map(|discount| discount.until),
            discount_amount: discount.map(|discount| discount.amount.display(scale)),
        }
    }
}

pub async fn preview(
    reads: &dyn MasterReads,
    tenant: TenantId,
    id: PaymentTermId,
    asked: PaymentTermPreview,
) -> AppResult<PaymentTermPreviewView> {
    let stored = Reads::<PaymentTerm>::one(reads, tenant, id).await?;
    let terms = stored.ok_or_else(|| PaymentTerm::RESOURCE.missing())?.value;
    let currency = Reads::<CurrencyRecord>::one(reads, tenant, asked.currency).await?;
    let Some(currency) = currency else {
        return Err(unknown_reference("?currency", CurrencyRecord::RESOURCE.entity, asked.currency).into());
    };
    let currency = Currency { code: asked.currency, scale: currency.value.scale };
    let mut violations = Violations::new();
    for (amount, at) in [(Some(asked.amount), "?amount"), (asked.net_amount, "?netAmount")] {
        violations.check(at, amount.map_or(Ok(()), |amount| amount.check_in(currency)));
    }
    if !violations.is_empty() {
        return Err(violations.into_vec().into());
    }
    let instalments = terms
        .instalments(asked.amount, asked.net_amount.unwrap_or(asked.amount), asked.dates, currency.scale)
        .ok_or_else(|| AppError::new(Violation::new(&AMOUNT_OUT_OF_RANGE).at("?amount")))?;
    Ok(PaymentTermPreviewView {
        currency: currency.code.to_string(),
        amount: asked.amount.display(currency.scale),
        date: asked.dates.document,
        delivery_date: asked.dates.delivery,
        instalments: instalments
            .iter()
            .map(|instalment| InstalmentView::new(instalment, currency.scale))
            .collect(),
    })
}
