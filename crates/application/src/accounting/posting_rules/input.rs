//! A rule as a caller writes it, turned into one that documents ask.

use std::collections::BTreeSet;

use domain::accounting::account::AccountFacts;
use domain::accounting::journal_entry::CURRENCY_UNKNOWN;
use domain::accounting::posting_rule::{PostingKeys, PostingRule, PostingSlot};
use domain::error::Violation;
use domain::ids::{AccountId, Id};
use domain::items::category::{ItemCategory, ItemCategoryId};
use domain::items::item::ItemKind;
use domain::money::CurrencyCode;
use domain::parties::party_group::{PartyGroup, PartyGroupId};
use domain::tax::category::TaxCategory;
use domain::tax::tax_code::{TaxCode, TaxCodeId};

use super::{NewPostingRule, PostingRuleChange};
use crate::accounting::ports::ledger::AccountKeys;
use crate::changes::unknown_reference;
use crate::error::AppResult;
use crate::master_data::{Check, MasterData, Records, id_named, nothing_named};
use crate::reference::{Reference, by_id_or_code, optional, patched};
use crate::unit_of_work::UnitOfWork;
use crate::wire::{Patch, REQUIRED};

/// The members by which a request names a record: by id, by code.
pub type Members = (&'static str, &'static str);
pub const PARTY_GROUP: Members = ("/partyGroupId", "/partyGroupCode");
pub const ITEM_CATEGORY: Members = ("/itemCategoryId", "/itemCategoryCode");
pub const TAX_CODE: Members = ("/taxCodeId", "/taxCode");
const ACCOUNT: Members = ("/accountId", "/accountCode");

/// The member that names it.
pub fn pointer<T>(reference: &Reference<T>, (id, code): Members) -> &'static str {
    match reference {
        Reference::Id(_) => id,
        Reference::Code(_) => code,
    }
}

/// All members of a rule.
pub struct RuleInput {
    slot: PostingSlot,
    party_group: Option<Reference<PartyGroupId>>,
    item_category: Option<Reference<ItemCategoryId>>,
    item_kind: Option<ItemKind>,
    tax_code: Option<Reference<TaxCodeId>>,
    tax_category: Option<TaxCategory>,
    currency: Option<CurrencyCode>,
    account: Option<Reference<AccountId>>,
}

impl RuleInput {
    pub fn new(new: &NewPostingRule) -> Self {
        Self {
            slot: new.slot,
            party_group: by_id_or_code(new.party_group_id, new.party_group_code.clone()),
            item_category: by_id_or_code(new.item_category_id, new.item_category_code.clone()),
            item_kind: new.item_kind,
            tax_code: by_id_or_code(new.tax_code_id, new.tax_code.clone()),
            tax_category: new.tax_category,
            currency: new.currency,
            account: by_id_or_code(new.account_id, new.account_code.clone()),
        }
    }

    /// The rule with what the change names.
    pub fn changed(rule: &PostingRule, change: &PostingRuleChange) -> Self {
        let keys = &rule.keys;
        let group = patched(change.party_group_id.clone(), change.party_group_code.clone());
        let category = patched(change.item_category_id.clone(), change.item_category_code.clone());
        let tax = patched(change.tax_code_id.clone(), change.tax_code.clone());
        let account = optional(change.account_id.clone(), change.account_code.clone());
        Self {
            slot: change.slot.or(&rule.slot),
            party_group: group.unwrap_or_else(|| keys.party_group.map(Reference::Id)),
            item_category: category.unwrap_or_else(|| keys.item_category.map(Reference::Id)),
            item_kind: kept(&change.item_kind, keys.item_kind),
            tax_code: tax.unwrap_or_else(|| keys.tax_code.map(Reference::Id)),
            tax_category: kept(&change.tax_category, keys.tax_category),
            currency: kept(&change.currency, keys.currency),
            account: account.or(Some(Reference::Id(rule.account_id))),
        }
    }

    /// Looks up what the rule names, and whether the account fits the slot.
    pub async fn resolve(&self, check: &mut Check<'_>) -> AppResult<Option<(PostingKeys, AccountId)>> {
        let keys = PostingKeys {
            party_group: known::<PartyGroup>(self.party_group.as_ref(), PARTY_GROUP, check).await?,
            item_category: known::<ItemCategory>(self.item_category.as_ref(), ITEM_CATEGORY, check).await?,
            item_kind: self.item_kind,
            tax_code: known::<TaxCode>(self.tax_code.as_ref(), TAX_CODE, check).await?,
            tax_category: self.tax_category,
            currency: self.known_currency(check).await?,
        };
        let Some(account) = self.account(check).await? else { return Ok(None) };
        Ok(Some((keys, account)).filter(|_| check.violations.is_empty()))
    }

    async fn known_currency(&self, check: &mut Check<'_>) -> AppResult<Option<CurrencyCode>> {
        let Some(currency) = self.currency else { return Ok(None) };
        let found = check.uow.ledger().currencies(&BTreeSet::from([currency])).await?;
        if !found.iter().any(|(_, active)| *active) {
            check.refuse(Violation::new(&CURRENCY_UNKNOWN).at("/currency").with("currency", currency));
        }
        Ok(Some(currency))
    }

    async fn account(&self, check: &mut Check<'_>) -> AppResult<Option<AccountId>> {
        let Some(reference) = &self.account else {
            check.refuse(Violation::new(&REQUIRED).at(ACCOUNT.0));
            return Ok(None);
        };
        let at = pointer(reference, ACCOUNT);
        let Some(account) = facts(check.uow, reference).await? else {
            check.refuse(match reference {
                Reference::Id(id) => unknown_reference(at, "account", id),
                Reference::Code(code) => unknown_reference(at, "account", code),
            });
            return Ok(None);
        };
        let company = check.uow.ledger().company_currency().await?.code;
        let fit = self.slot.check(&account, self.currency.unwrap_or(company));
        Ok(check.violations.check(at, fit).map(|()| account.id))
    }
}

async fn facts(
    uow: &mut dyn UnitOfWork,
    reference: &Reference<AccountId>,
) -> AppResult<Option<AccountFacts>> {
    let found = match reference {
        Reference::Id(id) => uow.ledger().accounts(AccountKeys::Ids(&BTreeSet::from([*id]))).await?,
        Reference::Code(code) => {
            uow.ledger().accounts(AccountKeys::Codes(&BTreeSet::from([code.clone()]))).await?
        }
    };
    Ok(found.into_iter().next().map(|(facts, _)| facts))
}

/// The record that a key names.
async fn known<R: MasterData<Key = Id<R>>>(
    reference: Option<&Reference<Id<R>>>,
    members: Members,
    check: &mut Check<'_>,
) -> AppResult<Option<Id<R>>>
where
    for<'u> dyn UnitOfWork + 'u: Records<R>,
{
    let Some(reference) = reference else { return Ok(None) };
    let found = id_named::<R>(check.uow, reference).await?;
    if found.is_none() {
        check.refuse(nothing_named::<R>(pointer(reference, members), reference));
    }
    Ok(found)
}

fn kept<T: Copy>(patch: &Patch<T>, old: Option<T>) -> Option<T> {
    match patch {
        Patch::Absent => old,
        Patch::Null => None,
        Patch::Value(value) => Some(*value),
    }
}
