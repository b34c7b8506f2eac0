//! Accounts: the commands that change the chart, and the tree.

pub mod create;
pub mod delete;
pub mod merge;
mod naming;
pub mod read;
pub mod update;

use domain::accounting::account::{ACCOUNT_DEPTH_MAX, ACCOUNT_TOO_DEEP, Account};
use domain::accounting::journal_entry::CURRENCY_UNKNOWN;
use domain::error::{Violation, Violations};
use domain::ids::AccountId;
use domain::money::CurrencyCode;

use crate::changes::unknown_reference;
use crate::error::AppResult;
use crate::master_data::Records;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;
use domain::accounting::currency::CurrencyRecord;

/// Entity name in audit log, change feed and cache.
pub const ACCOUNT: &str = "account";

/// The heading meant, or a violation at the member that named it.
async fn resolve_parent(
    uow: &mut dyn UnitOfWork,
    parent: &Reference<AccountId>,
    violations: &mut Violations,
) -> AppResult<Option<AccountId>> {
    match parent {
        Reference::Id(id) => Ok(Some(*id)),
        Reference::Code(code) => {
            let found = uow.ledger().accounts_by_code(&[code.clone()].into()).await?.remove(code);
            if found.is_none() {
                violations.push(unknown_reference("/parentCode", ACCOUNT, code));
            }
            Ok(found)
        }
    }
}

/// Whether the account may lie where it says, with `levels_below` levels of accounts under it.
async fn check_place(
    uow: &mut dyn UnitOfWork,
    account: &Account,
    levels_below: usize,
    violations: &mut Violations,
) -> AppResult<()> {
    let Some(parent_id) = account.parent_id() else { return Ok(()) };
    let Some(parent) = uow.accounts().find(parent_id).await? else {
        violations.push(unknown_reference("/parentId", ACCOUNT, parent_id));
        return Ok(());
    };
    let ancestors = uow.accounts().ancestors(parent_id).await?;
    if violations.check("", account.check_parent(&parent.value, &ancestors)).is_some()
        && ancestors.len() + 2 + levels_below > ACCOUNT_DEPTH_MAX
    {
        violations.push(Violation::new(&ACCOUNT_TOO_DEEP).at("/parentId").with("max", ACCOUNT_DEPTH_MAX));
    }
    Ok(())
}

/// The only currency of an account is one of the tenant's.
async fn check_currency(
    uow: &mut dyn UnitOfWork,
    currency: Option<CurrencyCode>,
    violations: &mut Violations,
) -> AppResult<()> {
    let Some(code) = currency else { return Ok(()) };
    let known = uow.ledger().company_currency().await?.code == code
        || Records::<CurrencyRecord>::find(uow, code).await?.is_some_and(|stored| stored.value.active);
    if !known {
        violations.push(Violation::new(&CURRENCY_UNKNOWN).at("/currency").with("currency", code));
    }
    Ok(())
}
