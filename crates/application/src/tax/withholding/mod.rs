//! Tax withheld from payments (R68): the entries of payments, and the monthly returns that declare them.

pub mod create;
pub mod delete;
pub mod file;
pub mod ports;
pub mod prepare;
pub mod views;

use domain::error::Violation;
use domain::money::{AMOUNT_OUT_OF_RANGE, Amount};
use domain::tax::withholding::{
    WITHHOLDING_RETURN_FILED, WithholdingReturnId, WithholdingReturnStatus, WithholdingSum,
};

use self::ports::StoredWithholdingReturn;
use self::views::{WithholdingLineView, WithholdingReturnView};
use crate::changes::record;
use crate::command::check_version;
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

pub const READ: &str = "tax.withholding_return.read";
pub const CREATE: &str = "tax.withholding_return.create";
pub const FILE: &str = "tax.withholding_return.file";
pub const READ_ENTRIES: &str = "tax.withholding_entry.read";
const ENTITY: &str = "withholding_return";

/// Adds up the entries that the return takes, and puts the sums into it.
async fn compute(
    uow: &mut dyn UnitOfWork,
    stored: &mut StoredWithholdingReturn,
    company_scale: u8,
) -> AppResult<()> {
    let sums = uow.withholding().sums_through(stored.month).await?;
    let total = |of: fn(&WithholdingSum) -> Amount| {
        Amount::sum(sums.iter().map(of)).ok_or_else(|| AppError::new(Violation::new(&AMOUNT_OUT_OF_RANGE)))
    };
    stored.base = total(|sum| sum.base)?;
    stored.tax = total(|sum| sum.tax)?;
    stored.entry_count = sums.iter().map(|sum| sum.count).sum();
    let line = |sum: &WithholdingSum| WithholdingLineView {
        party: sum.party.clone(),
        tax_code: sum.tax_code.clone(),
        rate: sum.rate.to_string(),
        base: sum.base.display(company_scale),
        tax: sum.tax.display(company_scale),
        entry_count: sum.count,
    };
    stored.lines = sums.iter().map(line).collect();
    stored.prepared_at = uow.now();
    Ok(())
}

/// The return to change, if it is a draft at the version that the caller has seen.
async fn draft(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    id: WithholdingReturnId,
) -> AppResult<StoredWithholdingReturn> {
    let stored = uow.withholding().find_withholding_return(id).await?;
    let stored = stored.ok_or_else(|| AppError::not_found(ENTITY))?;
    check_version(ctx, stored.version)?;
    match stored.status {
        WithholdingReturnStatus::Draft => Ok(stored),
        WithholdingReturnStatus::Filed => Err(AppError::of(&WITHHOLDING_RETURN_FILED)),
    }
}

/// Writes the return over its version before.
async fn save(uow: &mut dyn UnitOfWork, stored: &StoredWithholdingReturn) -> AppResult<()> {
    match uow.withholding().save_withholding_return(stored).await? {
        true => Ok(()),
        false => Err(AppError::of(&WITHHOLDING_RETURN_FILED)),
    }
}

fn note(
    uow: &mut dyn UnitOfWork,
    action: &'static str,
    before: Option<&WithholdingReturnView>,
    after: &WithholdingReturnView,
) {
    record(uow, ENTITY, after.id, action, before, Some(after));
}
