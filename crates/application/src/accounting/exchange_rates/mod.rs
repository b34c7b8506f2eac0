//! Exchange rates: company units for one unit of a currency. Entries keep the rate they were posted with.

pub mod create;
pub mod delete;
pub mod save_many;
pub mod update;

use domain::accounting::journal_entry::CURRENCY_UNKNOWN;
use domain::error::Violation;
use domain::money::CurrencyCode;

use super::error::COMPANY_CURRENCY_RATE;
use crate::error::AppResult;
use crate::master_data::Records;
use crate::unit_of_work::UnitOfWork;
use domain::accounting::currency::CurrencyRecord;

/// Entity name in audit log, change feed and cache.
pub const EXCHANGE_RATE: &str = "exchange_rate";

/// Why this currency can have no rate, if so.
async fn refuse_currency(uow: &mut dyn UnitOfWork, currency: CurrencyCode) -> AppResult<Option<Violation>> {
    if uow.ledger().company_currency().await?.code == currency {
        return Ok(Some(Violation::new(&COMPANY_CURRENCY_RATE).at("/currency").with("currency", currency)));
    }
    if Records::<CurrencyRecord>::find(uow, currency).await?.is_none() {
        return Ok(Some(Violation::new(&CURRENCY_UNKNOWN).at("/currency").with("currency", currency)));
    }
    Ok(None)
}
