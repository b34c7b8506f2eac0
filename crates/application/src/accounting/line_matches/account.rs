//! What becomes of open lines when an account begins or ceases to be reconcilable.

use domain::accounting::account::Account;
use domain::accounting::line_match::ACCOUNT_HAS_LINE_MATCHES;
use domain::error::Violation;

use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// The reason why an account may not cease to open lines, at `/reconcilable`.
pub async fn refuse_with_matches(
    uow: &mut dyn UnitOfWork,
    before: &Account,
    after: &Account,
) -> AppResult<Option<Violation>> {
    let ceases = before.opens_lines() && !after.opens_lines();
    if !ceases || !uow.line_matches().account_has_matches(before.id()).await? {
        return Ok(None);
    }
    let refused = Violation::new(&ACCOUNT_HAS_LINE_MATCHES).at("/reconcilable");
    Ok(Some(refused.with("code", before.code())))
}

/// Opens the lines that the account has, or forgets them.
pub async fn follow(uow: &mut dyn UnitOfWork, before: &Account, after: &Account) -> AppResult<()> {
    match (before.opens_lines(), after.opens_lines()) {
        (false, true) => Ok(uow.line_matches().open_account(after.id()).await?),
        (true, false) => Ok(uow.line_matches().close_account(after.id()).await?),
        _ => Ok(()),
    }
}
