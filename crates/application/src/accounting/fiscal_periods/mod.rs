//! Fiscal periods: opened and closed one by one (R11).

mod close;
mod open;

pub use close::CloseFiscalPeriod;
pub use open::OpenFiscalPeriod;

use domain::accounting::fiscal_period::FiscalPeriod;
use domain::error::Violation;
use domain::ids::FiscalPeriodId;
use serde_json::Value;

use super::views::fiscal_year::FiscalPeriodView;
use crate::command::{Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult, STALE_VERSION};
use crate::ports::change::Change;
use crate::unit_of_work::UnitOfWork;

/// The period, at the version the caller has seen.
async fn find(ctx: &RequestContext, uow: &mut dyn UnitOfWork, id: FiscalPeriodId) -> AppResult<FiscalPeriod> {
    let period = uow.fiscal_years().find_fiscal_period(id).await?;
    let period = period.ok_or_else(|| AppError::not_found("fiscal_period"))?;
    check_version(ctx, period.version)?;
    Ok(period)
}

async fn save(
    uow: &mut dyn UnitOfWork,
    action: &'static str,
    before: &FiscalPeriod,
    after: &FiscalPeriod,
    reason: Option<&str>,
) -> AppResult<Done<FiscalPeriodView>> {
    if !uow.fiscal_years().update_fiscal_period(after).await? {
        return Err(AppError::new(Violation::new(&STALE_VERSION).with("current", before.version)));
    }
    record_period(uow, action, Some(before), Some(after), reason);
    Ok(Done::of(after.id.uuid(), after.version, FiscalPeriodView::from(after)))
}

/// Notes a change of a period; `reason` joins what is kept of it.
pub(super) fn record_period(
    uow: &mut dyn UnitOfWork,
    action: &'static str,
    before: Option<&FiscalPeriod>,
    after: Option<&FiscalPeriod>,
    reason: Option<&str>,
) {
    let Some(id) = after.or(before).map(|period| period.id.uuid()) else { return };
    let document =
        |period: &FiscalPeriod| serde_json::to_value(FiscalPeriodView::from(period)).unwrap_or_default();
    let mut after = after.map(document);
    if let (Some(reason), Some(Value::Object(members))) = (reason, after.as_mut()) {
        members.insert("reason".to_owned(), Value::from(reason));
    }
    let (tenant, before) = (uow.tenant(), before.map(document));
    uow.record(Change { tenant, entity: "fiscal_period", entity_id: id, action, before, after });
}
