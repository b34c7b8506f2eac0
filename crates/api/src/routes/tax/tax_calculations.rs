//! `POST /tax-calculations`: the taxes of a document that is not kept.

use std::sync::Arc;

use application::authorize::Access;
use application::error::UNKNOWN_REFERENCE;
use application::master_data::registry::MasterReads;
use application::ports::clock::Clock;
use application::tax::calculation::{
    NAMED_TWICE, TAX_MISSING, TaxCalculationBody, TaxCalculationView, TaxCalculations,
};
use application::tax::ports::TaxCodeQueries;
use axum::extract::State;
use domain::money::{AMOUNT_OUT_OF_RANGE, AMOUNT_SCALE_EXCEEDED};
use domain::tax::calculate::{
    DISCOUNT_EXCEEDS_AMOUNT, PRICE_BASE_QUANTITY_NOT_POSITIVE, TAX_AMOUNT_NEGATIVE, TAX_REASONS_MIXED,
};
use domain::tax::category::{TAX_RATE_NOT_ZERO, TAX_RATE_ZERO, TAX_REASON_CATEGORY, TAX_REASON_NOT_ALLOWED};
use domain::tax::payable::{PREPAID_EXCEEDS_TOTAL, ROUNDING_STEP_ZERO};
use domain::tax::tax_code::{TAX_CODE_INACTIVE, TAX_CODE_KIND_NOT_TAKEN, TAX_RATE_UNKNOWN};

use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Json};
use crate::operation::Operations;

const TAG: &str = "tax-calculations";

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "The taxes of documents, calculated as the product's own documents are.");
    ops.post("/tax-calculations", calculate)
        .id("calculate_taxes")
        .tag(TAG)
        .summary("Calculate the taxes of a document")
        .description(
            "Calculates net amounts, VAT and totals of a document without keeping anything of it. A line or \
             a charge names its tax by a tax code, whose rate is the one of `taxDate`, or by category and \
             rate. Amounts are rounded half-up to the decimals of the currency. VAT is calculated once for \
             each category and rate, on the taxable amount of the whole document; with `pricesIncludeVat` it \
             is taken out of the sum of the prices, so that the total is exactly what the prices come to. A \
             discount of the document is spread over its groups, or over its lines where prices include VAT, \
             so that nothing is lost to rounding. At most one reason is taken for each of the categories \
             `Z`, `E` and `O`. Quantities, prices and amounts are never negative, on credit notes neither. \
             A document has at most 10,000 lines and 1,000 charges.",
        )
        .access(Access::Permission("tax.tax_calculation.read"))
        .body::<TaxCalculationBody>()
        .ok::<TaxCalculationView>()
        .errors(&[
            &UNKNOWN_REFERENCE,
            &TAX_MISSING,
            &NAMED_TWICE,
            &TAX_CODE_INACTIVE,
            &TAX_CODE_KIND_NOT_TAKEN,
            &TAX_RATE_UNKNOWN,
            &TAX_RATE_ZERO,
            &TAX_RATE_NOT_ZERO,
            &TAX_REASON_NOT_ALLOWED,
            &TAX_REASON_CATEGORY,
            &TAX_REASONS_MIXED,
            &TAX_AMOUNT_NEGATIVE,
            &PRICE_BASE_QUANTITY_NOT_POSITIVE,
            &DISCOUNT_EXCEEDS_AMOUNT,
            &PREPAID_EXCEEDS_TOTAL,
            &ROUNDING_STEP_ZERO,
            &AMOUNT_SCALE_EXCEEDED,
            &AMOUNT_OUT_OF_RANGE,
        ])
        .also_read_only()
        .large();
}

async fn calculate(
    State(codes): State<Arc<dyn TaxCodeQueries>>,
    State(master_data): State<Arc<dyn MasterReads>>,
    State(clock): State<Arc<dyn Clock>>,
    ctx: Ctx,
    Json(body): Json<TaxCalculationBody>,
) -> ApiResult {
    let calculations = TaxCalculations { codes, master_data };
    let view = calculations.run(ctx.tenant, ctx.today(clock.now()), &body).await?;
    answer::json(&view)
}
