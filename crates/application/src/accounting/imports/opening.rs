//! Opening balances: an entry of a file, balanced through the opening account (R13).

use std::collections::HashMap;

use domain::accounting::journal::JournalKind;
use domain::accounting::journal_entry::NewLine;
use domain::accounting::ledger_settings::LedgerAccountRole;
use domain::accounting::opening::balance_through;
use domain::error::Violation;
use domain::ids::JournalId;
use domain::money::{CurrencyCode, Rate};

use crate::accounting::opening_balances::{OPENING_ACCOUNT_MISSING, OPENING_JOURNAL_MISSING};
use crate::accounting::ports::books::Books;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

/// The description of an entry that names none, and its reason for posting to control accounts.
pub const DESCRIPTION: &str = "الأرصدة الافتتاحية / Opening balances";

/// The active journal of opening balances.
pub async fn journal(uow: &mut dyn UnitOfWork) -> AppResult<JournalId> {
    let journal = uow.fiscal_years().journal_of_kind(JournalKind::Opening).await?;
    journal.ok_or_else(|| AppError::of(&OPENING_JOURNAL_MISSING))
}

/// The day on which the books begin: the first of the first fiscal year.
pub async fn first_day(uow: &mut dyn UnitOfWork) -> AppResult<Option<chrono::NaiveDate>> {
    Ok(uow.fiscal_years().fiscal_years().await?.iter().map(|year| year.start).min())
}

/// Adds the line on the opening account that makes the lines balance.
pub fn balance(
    lines: Vec<NewLine>,
    books: &Books,
    rates: &HashMap<CurrencyCode, Rate>,
) -> Result<Vec<NewLine>, Vec<Violation>> {
    let account = books.settings.account(LedgerAccountRole::Opening);
    let account = account.ok_or_else(|| vec![Violation::new(&OPENING_ACCOUNT_MISSING).at("/lines")])?;
    balance_through(lines, account, books.company, rates)
}
