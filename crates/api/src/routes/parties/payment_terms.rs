//! `/payment-terms`: when what is owed falls due.

use std::sync::Arc;

use application::authorize::Access;
use application::error::{AppError, UNKNOWN_REFERENCE};
use application::master_data::Described;
use application::master_data::registry::MasterReads;
use application::parties::payment_terms::preview::{self, PaymentTermPreview, PaymentTermPreviewView};
use application::platform::ports::PlatformQueries;
use application::platform::tenants::TENANT;
use application::ports::clock::Clock;
use axum::extract::State;
use chrono::NaiveDate;
use domain::money::{AMOUNT_OUT_OF_RANGE, AMOUNT_SCALE_EXCEEDED, Amount, CurrencyCode};
use domain::parties::payment_term::{PaymentTerm, PaymentTermId, TermDates};

use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id, Query};
use crate::operation::Operations;
use crate::query;
use crate::routes::master_data;

query! {
    /// The document whose instalments are asked for.
    pub struct PaymentTermPreviewQuery {
        /// The date of the document; today by default.
        date: Option<NaiveDate> = "2026-03-15",
        /// The whole amount with VAT; negative for a credit.
        amount: Amount = "115.01" => "100",
        /// The currency of the amount; by default the company currency.
        currency: Option<CurrencyCode> = "SAR",
        /// The amount without VAT, of which discounts are a share where the terms say `net`; by default the whole amount.
        net_amount: Option<Amount>,
        /// The day of delivery; by default the date of the document.
        delivery_date: Option<NaiveDate>,
    }
}

pub fn operations(ops: &mut Operations) {
    master_data::operations::<PaymentTerm>(ops);
    ops.get("/payment-terms/{id}/preview", preview)
        .id("preview_payment_term")
        .tag(PaymentTerm::RESOURCE.tag)
        .summary("Get the instalments of an amount")
        .description(
            "The instalments add up to the amount exactly: what rounding leaves goes to those that lost most. \
             A due date on a Friday or a Saturday stays.",
        )
        .access(Access::Permission(PaymentTerm::RESOURCE.get.permission.name))
        .query::<PaymentTermPreviewQuery>()
        .ok::<PaymentTermPreviewView>()
        .errors(&[&UNKNOWN_REFERENCE, &AMOUNT_SCALE_EXCEEDED, &AMOUNT_OUT_OF_RANGE]);
}

async fn preview(
    State(reads): State<Arc<dyn MasterReads>>,
    State(tenants): State<Arc<dyn PlatformQueries>>,
    State(clock): State<Arc<dyn Clock>>,
    ctx: Ctx,
    Id(id): Id<PaymentTermId>,
    Query(query): Query<PaymentTermPreviewQuery>,
) -> ApiResult {
    let currency = match query.currency {
        Some(currency) => currency,
        None => {
            let tenant = tenants.tenant(ctx.tenant).await?.ok_or_else(|| AppError::not_found(TENANT))?;
            CurrencyCode::parse(&tenant.currency).map_err(AppError::from)?
        }
    };
    let date = query.date.unwrap_or_else(|| ctx.today(clock.now()));
    let asked = PaymentTermPreview {
        dates: TermDates { document: date, delivery: query.delivery_date.unwrap_or(date) },
        currency,
        amount: query.amount,
        net_amount: query.net_amount,
    };
    answer::json(&preview::preview(&*reads, ctx.tenant, id, asked).await?)
}
