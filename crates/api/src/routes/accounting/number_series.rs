//! `/number-series`: legal numbers without gaps.

use std::sync::Arc;

use application::accounting::number_series::{gaps, preview};
use application::accounting::ports::number_series::NumberSeriesQueries;
use application::accounting::views::journal::{NumberGapsView, NumberPreviewView};
use application::authorize::Access;
use application::master_data::Described;
use application::master_data::registry::MasterReads;
use application::ports::clock::Clock;
use axum::extract::State;
use chrono::NaiveDate;
use domain::accounting::journal_entry::FISCAL_PERIOD_MISSING;
use domain::accounting::number_series::NumberSeriesRecord;
use domain::ids::NumberSeriesId;

use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id, Query};
use crate::operation::Operations;
use crate::query;
use crate::routes::master_data;

const READ: Access = Access::Permission(NumberSeriesRecord::RESOURCE.get.permission.name);
const TAG: &str = NumberSeriesRecord::RESOURCE.tag;

query! {
    /// The document for which the number is previewed.
    pub struct NumberPreviewQuery {
        /// The posting date of the document; today by default.
        date: Option<NaiveDate>,
    }
}

pub fn operations(ops: &mut Operations) {
    master_data::operations::<NumberSeriesRecord>(ops);
    ops.get("/number-series/{id}/preview", next)
        .id("preview_number_series")
        .tag(TAG)
        .summary("Get the next number without taking it")
        .access(READ)
        .query::<NumberPreviewQuery>()
        .ok::<NumberPreviewView>()
        .errors(&[&FISCAL_PERIOD_MISSING]);
    ops.get("/number-series/{id}/gaps", missing)
        .id("get_number_series_gaps")
        .tag(TAG)
        .summary("Verify that a series has no gaps")
        .description("Reads the number of every posted entry and compares them with the counters.")
        .access(READ)
        .ok::<NumberGapsView>()
        .long();
}

async fn next(
    State(reads): State<Arc<dyn MasterReads>>,
    State(queries): State<Arc<dyn NumberSeriesQueries>>,
    State(clock): State<Arc<dyn Clock>>,
    ctx: Ctx,
    Id(id): Id<NumberSeriesId>,
    Query(query): Query<NumberPreviewQuery>,
) -> ApiResult {
    let date = query.date.unwrap_or_else(|| ctx.today(clock.now()));
    answer::json(&preview::preview((&*reads, &*queries), ctx.tenant, id, date).await?)
}

async fn missing(
    State(reads): State<Arc<dyn MasterReads>>,
    State(queries): State<Arc<dyn NumberSeriesQueries>>,
    ctx: Ctx,
    Id(id): Id<NumberSeriesId>,
) -> ApiResult {
    answer::json(&gaps::gaps((&*reads, &*queries), ctx.tenant, id).await?)
}
