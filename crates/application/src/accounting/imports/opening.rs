//! Opening balances: one entry a tenant, balanced through the opening account (R13).

use std::collections::HashMap;

use domain::accounting::journal_entry::NewLine;
use domain::accounting::opening::balance_through;
use domain::error::Violation;
use domain::money::{CurrencyCode, Rate};

use super::error::{OPENING_ACCOUNT_NOT_SET, OPENING_EXISTS};
use crate::accounting::ports::ledger_batch::SessionFacts;
use crate::error::AppResult;
use crate::ports::unit_of_work::UnitOfWork;

/// The journal of opening balances, where there is one.
pub const OPENING_JOURNAL_CODE: &str = "OPENING";
/// Why opening balances post to control accounts: they are what is carried over.
const CONTROL_REASON: &str = "Opening balances";

/// Refuses a second opening entry.
pub async fn refuse_second(uow: &mut dyn UnitOfWork) -> AppResult<()> {
    match uow.imports().opening_entry().await? {
        Some(number) => Err(Violation::new(&OPENING_EXISTS).with("number", number).into()),
        None => Ok(()),
    }
}

pub fn control_reason(given: Option<String>) -> Option<String> {
    given.or_else(|| Some(CONTROL_REASON.to_owned()))
}

/// Adds the line on the opening account that makes the lines balance.
pub fn balance(
    lines: Vec<NewLine>,
    facts: &SessionFacts,
    rates: &HashMap<CurrencyCode, Rate>,
) -> Result<Vec<NewLine>, Vec<Violation>> {
    let account = facts.settings.opening_account_id;
    let account = account.ok_or_else(|| vec![Violation::new(&OPENING_ACCOUNT_NOT_SET).at("/lines")])?;
    balance_through(lines, account, facts.company, rates)
}
