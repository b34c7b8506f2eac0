//! Fiscal years: made with their periods, closed in order, reopened from the last (R12).

mod ahead;
mod close;
mod create;
mod delete;
mod ensure;
mod first;
mod generate;
mod reopen;
mod rhythm;
mod update;

pub use ahead::{NEXT_YEAR_BEFORE_DAYS, make_next_year_ahead};
pub use close::CloseFiscalYear;
pub use create::CreateFiscalYear;
pub use delete::DeleteFiscalYear;
pub use ensure::{Ensured, NEXT_YEAR_AHEAD_DAYS_MAX, ensure_fiscal_years, ensure_next_year};
pub use first::{FirstYear, first_fiscal_years, realign_unused_year};
pub use generate::GenerateFiscalYears;
pub use reopen::ReopenFiscalYear;
pub use rhythm::{AUTOMATIC, START_MONTH};
pub use update::UpdateFiscalYear;

use domain::accounting::fiscal_period::{FiscalPeriod, FiscalPeriodStatus};
use domain::accounting::fiscal_year::{
    FISCAL_YEAR_LONG_NUMBERS, FiscalYear, FiscalYearDraft, FiscalYearStatus,
};
use domain::error::Violation;
use domain::ids::{FiscalPeriodId, FiscalYearId};
use domain::text::LocalizedName;
use serde_json::Value;

use super::fiscal_periods::record_period;
use super::number_series::overlap::overlap_of_year;
use super::views::fiscal_year::{FiscalPeriodView, FiscalYearView};
use crate::error::{AppError, AppResult, STALE_VERSION};
use crate::ports::change::Change;
use crate::unit_of_work::UnitOfWork;

pub const CREATE: &str = "accounting.fiscal_year.create";

/// Most years that one request generates.
pub const FISCAL_YEARS_GENERATED_MAX: u8 = 50;
/// Longest reason for reopening, in characters.
pub const REOPEN_REASON_LENGTH_MAX: usize = 500;

domain::errors! {
    RETAINED_EARNINGS_ACCOUNT_MISSING = "retained_earnings_account_missing", Conflict, Administrator,
        "Set the retained earnings account in the ledger settings first.",
        "حدّد أولًا حساب الأرباح المبقاة في إعدادات الدفتر.";
    CLOSING_JOURNAL_MISSING = "closing_journal_missing", Conflict, Administrator,
        "There is no active journal of the kind closing.", "لا يوجد دفتر يومية نشط من نوع الإقفال.";
    LEDGER_OUT_OF_BALANCE = "ledger_out_of_balance", Conflict, Operator,
        "Debits and credits of {count} fiscal periods differ; run the integrity checks first.",
        "لا يتساوى المدين والدائن في {count} من الفترات المالية؛ شغّل فحوص سلامة الدفتر أولًا.";
}

/// One year among all of them, whose order decides what may be done with it.
async fn find(uow: &mut dyn UnitOfWork, id: FiscalYearId) -> AppResult<(FiscalYear, Vec<FiscalYear>)> {
    let years = uow.fiscal_years().fiscal_years().await?;
    let year = years.iter().find(|year| year.id == id).cloned();
    Ok((year.ok_or_else(|| AppError::not_found("fiscal_year"))?, years))
}

/// Refuses a year in which a series would give a number twice: a long one, or one whose code makes two series print the
/// same text.
async fn check_numbers(
    uow: &mut dyn UnitOfWork,
    existing: &[FiscalYear],
    draft: &FiscalYearDraft,
) -> AppResult<()> {
    if draft.has_own_code() && !draft.is_long() {
        return Ok(());
    }
    let all = uow.number_series().all_numbers().await?;
    let mut repeating = all.iter().filter(|series| series.active && series.pattern.repeats_in_long_years());
    if let Some(series) = repeating.next().filter(|_| draft.is_long()) {
        return Err(Violation::new(&FISCAL_YEAR_LONG_NUMBERS).at("/end").with("code", &series.code).into());
    }
    if !draft.has_own_code() {
        let mut codes: Vec<String> = existing.iter().map(|year| year.code.to_string()).collect();
        let before = overlap_of_year(&all, &codes).is_some();
        codes.push(draft.code.to_string());
        // Series that overlap already are refused where they change, and do not concern this year.
        if let Some(violation) = overlap_of_year(&all, &codes).filter(|_| !before) {
            return Err(violation.at("/code").into());
        }
    }
    Ok(())
}

/// Stores a new year with its periods and notes both.
async fn insert(
    uow: &mut dyn UnitOfWork,
    draft: FiscalYearDraft,
    name: Option<LocalizedName>,
) -> AppResult<FiscalYear> {
    let year = FiscalYear {
        id: FiscalYearId::new(uow.new_id()),
        code: draft.code,
        name,
        start: draft.start,
        end: draft.end,
        status: FiscalYearStatus::Open,
        version: 1,
    };
    let mut periods = Vec::with_capacity(draft.periods.len());
    for period in draft.periods {
        periods.push(FiscalPeriod {
            id: FiscalPeriodId::new(uow.new_id()),
            fiscal_year_id: year.id,
            number: period.number,
            name: period.name,
            start: period.start,
            end: period.end,
            kind: period.kind,
            status: FiscalPeriodStatus::Open,
            version: 1,
        });
    }
    uow.fiscal_years().insert_fiscal_year(&year, &periods).await?;
    record(uow, "created", None, Some(&year), None);
    for period in &periods {
        record_period(uow, "created", None, Some(period), None);
    }
    Ok(year)
}

async fn save_year(uow: &mut dyn UnitOfWork, year: &FiscalYear) -> AppResult<()> {
    if uow.fiscal_years().update_fiscal_year(year).await? { Ok(()) } else { Err(stale(year.version - 1)) }
}

/// Saves a period's status and notes the change.
async fn save_period(
    uow: &mut dyn UnitOfWork,
    action: &'static str,
    before: &FiscalPeriod,
    after: &FiscalPeriod,
    reason: Option<&str>,
) -> AppResult<FiscalPeriodView> {
    if !uow.fiscal_years().update_fiscal_period(after).await? {
        return Err(stale(before.version));
    }
    record_period(uow, action, Some(before), Some(after), reason);
    Ok(FiscalPeriodView::from(after))
}

fn stale(current: i64) -> AppError {
    AppError::new(Violation::new(&STALE_VERSION).with("current", current))
}

/// Notes a change of a year; `reason` joins what is kept of it.
fn record(
    uow: &mut dyn UnitOfWork,
    action: &'static str,
    before: Option<&FiscalYear>,
    after: Option<&FiscalYear>,
    reason: Option<&str>,
) {
    let Some(id) = after.or(before).map(|year| year.id.uuid()) else { return };
    let document = |year: &FiscalYear| serde_json::to_value(FiscalYearView::from(year)).unwrap_or_default();
    let mut after = after.map(document);
    if let (Some(reason), Some(Value::Object(members))) = (reason, after.as_mut()) {
        members.insert("reason".to_owned(), Value::from(reason));
    }
    let (tenant, before) = (uow.tenant(), before.map(document));
    uow.record(Change { tenant, entity: "fiscal_year", entity_id: id, action, before, after });
}
