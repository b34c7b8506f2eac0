//! `GET /number-series/{id}/preview`: the next number, which stays free.

use chrono::NaiveDate;
use domain::accounting::journal_entry::FISCAL_PERIOD_MISSING;
use domain::accounting::number_series::{NumberContext, NumberReset, NumberSeriesRecord};
use domain::error::Violation;
use domain::ids::{NumberSeriesId, TenantId};

use super::gaps::branch_code;
use crate::accounting::ports::number_series::NumberSeriesQueries;
use crate::accounting::views::journal::NumberPreviewView;
use crate::error::{AppError, AppResult};
use crate::master_data::registry::MasterReads;
use crate::master_data::{Described, Reads};

/// The number that a document of `date` would get if it were posted now.
pub async fn preview(
    (reads, queries): (&dyn MasterReads, &dyn NumberSeriesQueries),
    tenant: TenantId,
    id: NumberSeriesId,
    date: NaiveDate,
) -> AppResult<NumberPreviewView> {
    let stored = Reads::<NumberSeriesRecord>::one(reads, tenant, id).await?;
    let series = stored.ok_or_else(|| AppError::not_found(NumberSeriesRecord::RESOURCE.entity))?.value;
    let fiscal_year = queries.fiscal_year_code(tenant, date).await?;
    let needs_year =
        series.pattern.reset() == NumberReset::FiscalYear || series.pattern.as_str().contains("{FY}");
    if fiscal_year.is_none() && needs_year {
        return Err(Violation::new(&FISCAL_PERIOD_MISSING).at("?date").with("date", date).into());
    }
    let fiscal_year = fiscal_year.unwrap_or_default();
    let journal = queries.journal_of_series(tenant, id).await?;
    let period = series.pattern.reset().period_key(date, &fiscal_year);
    let counters = queries.counters(tenant, id).await?;
    let last = counters.iter().find(|(key, _)| *key == period).map_or(0, |(_, last)| *last);
    let branch = branch_code(reads, tenant, &series).await?;
    let context = NumberContext {
        date,
        fiscal_year_code: &fiscal_year,
        journal_code: journal.as_deref().unwrap_or(series.code.as_str()),
        branch: branch.as_deref(),
    };
    let number = series.pattern.format(last + 1, &context)?;
    Ok(NumberPreviewView { date, number, sequence: last + 1, period })
}
