//! Number series: the commands that change them, the next number, and the proof that there are no gaps.

pub mod create;
pub mod delete;
pub mod gaps;
pub mod overlap;
pub mod preview;
pub mod update;

/// Entity name in audit log, change feed and cache.
pub const NUMBER_SERIES: &str = "number_series";
/// The document type of a series unless it names another.
pub const DOCUMENT_TYPE_DEFAULT: &str = "journal_entry";

use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// The codes of the tenant's fiscal years, which numbers may name.
pub async fn year_codes(uow: &mut dyn UnitOfWork) -> AppResult<Vec<String>> {
    let years = uow.fiscal_years().fiscal_years().await?;
    Ok(years.into_iter().map(|year| year.code.to_string()).collect())
}
