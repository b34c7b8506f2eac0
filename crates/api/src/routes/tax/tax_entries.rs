//! `/tax-entries`: what documents say about VAT, read only.

use std::sync::Arc;

use application::authorize::Access;
use application::paging::ListSpec;
use application::tax::tax_entries::{READ, TAX_ENTRY_LIST, TaxEntryQueries, TaxEntryView};
use axum::extract::State;

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, ListParams, ListSpecSource};
use crate::operation::Operations;

const PATH: &str = "/tax-entries";
const TAG: &str = "tax entries";

impl ListSpecSource for TaxEntryView {
    const SPEC: &'static ListSpec = &TAX_ENTRY_LIST;
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "The base and the tax of each document at each tax code, from which VAT returns are made.");
    ops.get(PATH, list)
        .id("list_tax_entries")
        .tag(TAG)
        .summary("List tax entries")
        .description(
            "One entry for each document, tax code and side. Entries are never changed: notes and reversals have \
             entries of their own with negative amounts. `returnId[isNull]=true` lists those that no filed return \
             has yet.",
        )
        .access(Access::Permission(READ))
        .list::<TaxEntryView>(&TAX_ENTRY_LIST);
}

async fn list(
    State(queries): State<Arc<dyn TaxEntryQueries>>,
    ctx: Ctx,
    params: ListParams<TaxEntryView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    answer::list_from(queries, move |from, query| from.tax_entries(tenant, query), params, accept).await
}
