//! `PATCH /accounts/{id}`: an account changes within what its entries and its place allow.

use async_trait::async_trait;
use domain::accounting::account::{Account, AccountPatch, AccountType, CashFlowActivity, ControlKind};
use domain::accounting::ledger_settings::LedgerAccountRole;
use domain::accounting::posting_rule::PostingRule;
use domain::error::{Violation, Violations};
use domain::ids::AccountId;
use domain::money::CurrencyCode;
use domain::text::{Code, LocalizedName};

use super::{ACCOUNT, check_currency, check_place, resolve_parent};
use crate::accounting::error::{ACCOUNT_IN_LEDGER_SETTINGS, ACCOUNT_IN_POSTING_RULES};
use crate::accounting::line_matches;
use crate::accounting::views::account::AccountView;
use crate::authorize::Access;
use crate::changes::{already_exists, record, stale};
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::ports::codes::Coded;
use crate::ports::stored::Stored;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

/// `None` leaves a field as it is, an inner `None` empties it.
#[derive(Debug, Clone)]
pub struct UpdateAccount {
    pub id: AccountId,
    pub code: Option<Code>,
    pub name: Option<LocalizedName>,
    pub account_type: Option<AccountType>,
    pub subtype: Option<Option<String>>,
    pub parent: Option<Option<Reference<AccountId>>>,
    pub is_posting: Option<bool>,
    pub currency: Option<Option<CurrencyCode>>,
    pub control: Option<ControlKind>,
    pub cash_flow: Option<CashFlowActivity>,
    pub reconcilable: Option<bool>,
    pub active: Option<bool>,
}

#[async_trait]
impl Command for UpdateAccount {
    const NAME: &'static str = "update_account";
    const ACCESS: Access = Access::Permission("accounting.account.update");
    type Output = AccountView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<AccountView>> {
        let stored = uow.accounts().find(self.id).await?.ok_or_else(|| AppError::not_found(ACCOUNT))?;
        let current = stored.value.version();
        check_version(ctx, current)?;
        let mut violations = Violations::new();
        let patch = self.patch(uow, &stored.value, &mut violations).await?;
        let usage = uow.accounts().usage(self.id).await?;
        let account = match stored.value.update(patch, usage) {
            Ok(account) => account,
            Err(broken) => {
                violations.extend(broken);
                return Err(violations.into_vec().into());
            }
        };
        let moved = account.parent_id() != stored.value.parent_id()
            || account.account_type() != stored.value.account_type();
        if moved {
            let levels = uow.accounts().levels_below(self.id).await?;
            check_place(uow, &account, levels, &mut violations).await?;
        }
        check_roles(uow, &account, &mut violations).await?;
        let refused = line_matches::account::refuse_with_matches(uow, &stored.value, &account).await?;
        violations.check("", refused.map_or(Ok(()), Err));
        let account = violations.into_result(account)?;
        if !uow.accounts().update(&account).await? {
            return Err(stale(current));
        }
        line_matches::account::follow(uow, &stored.value, &account).await?;
        let before = AccountView::from(&stored);
        let view = AccountView::from(&Stored { value: account, updated_at: uow.now() });
        record(uow, ACCOUNT, view.id, "updated", Some(&before), Some(&view));
        Ok(Done::of(view.id, view.version, view))
    }
}

impl UpdateAccount {
    async fn patch(
        &self,
        uow: &mut dyn UnitOfWork,
        old: &Account,
        violations: &mut Violations,
    ) -> AppResult<AccountPatch> {
        if let Some(code) = self.code.as_ref().filter(|code| *code != old.code())
            && uow.codes().code_taken(Coded::Account, code, Some(old.id().uuid())).await?
        {
            violations.push(already_exists("code", code));
        }
        if self.currency.is_some_and(|currency| currency != old.currency()) {
            check_currency(uow, self.currency.flatten(), violations).await?;
        }
        let parent_id = match &self.parent {
            None => None,
            Some(None) => Some(None),
            Some(Some(parent)) => resolve_parent(uow, parent, violations).await?.map(Some),
        };
        Ok(AccountPatch {
            code: self.code.clone(),
            name: self.name.clone(),
            account_type: self.account_type,
            subtype: self.subtype.clone(),
            parent_id,
            is_posting: self.is_posting,
            currency: self.currency,
            control: self.control,
            reconcilable: self.reconcilable,
            cash_flow: self.cash_flow,
            active: self.active,
        })
    }
}

/// An account that the ledger or documents post to stays fit for it.
async fn check_roles(
    uow: &mut dyn UnitOfWork,
    account: &Account,
    violations: &mut Violations,
) -> AppResult<()> {
    let settings = uow.ledger().settings().await?;
    let company = uow.ledger().company_currency().await?.code;
    let unfit = |role: LedgerAccountRole| {
        settings.account(role) == Some(account.id()) && role.check(&account.facts(), company).is_err()
    };
    if LedgerAccountRole::ALL.into_iter().any(unfit) {
        violations.push(Violation::new(&ACCOUNT_IN_LEDGER_SETTINGS).with("code", account.code()));
    }
    let (profile, facts) = (uow.posting_rules().posting_profile().await?, account.facts());
    let unfit = |rule: &&PostingRule| rule.slot.check(&facts, rule.keys.currency.unwrap_or(company)).is_err();
    if let Some(rule) = profile.naming(account.id()).find(unfit) {
        let named = Violation::new(&ACCOUNT_IN_POSTING_RULES).with("code", account.code());
        violations.push(named.with("rule", rule.id).with("slot", rule.slot));
    }
    Ok(())
}
