//! Posting rules: which account a document posts to (R36).

pub mod input;
pub mod resolve;

use async_trait::async_trait;
use domain::accounting::journal_entry::CURRENCY_UNKNOWN;
use domain::accounting::posting_rule::{
    POSTING_RULE_ACCOUNT_UNFIT, POSTING_RULE_EXISTS, POSTING_RULES_TOO_MANY, PostingRule, PostingRuleId,
    PostingSlot,
};
use domain::ids::AccountId;
use domain::items::category::ItemCategoryId;
use domain::items::item::ItemKind;
use domain::money::CurrencyCode;
use domain::parties::party_group::PartyGroupId;
use domain::tax::category::TaxCategory;
use domain::tax::tax_code::TaxCodeId;
use domain::text::Code;
use uuid::Uuid;

use self::input::RuleInput;
use crate::error::{AppResult, UNKNOWN_REFERENCE};
use crate::master_data::{Check, MasterData};
use crate::paging::FieldKind;
use crate::wire::{Optional, Patch};
use crate::{request, resource, view};

request! {
    /// A new posting rule. A key that is left out fits anything; give the account by id or by code.
    pub struct NewPostingRule as CreatePostingRuleBody {
        /// The purpose for which a document needs an account.
        slot: PostingSlot = "revenue",
        /// The group of the customer or supplier, by its id.
        party_group_id: Option<PartyGroupId>,
        /// The group of the customer or supplier, by its code.
        party_group_code: Option<Code>,
        /// The category of the item, by its id.
        item_category_id: Option<ItemCategoryId>,
        /// The category of the item, by its code.
        item_category_code: Option<Code>,
        /// The kind of the item.
        item_kind: Option<ItemKind> = "charge",
        /// The tax code of the line, by its id.
        tax_code_id: Option<TaxCodeId>,
        /// The tax code of the line, by its code.
        tax_code: Option<Code>,
        /// The VAT category of the line.
        tax_category: Option<TaxCategory>,
        /// The currency of the document, which the tenant must use.
        currency: Option<CurrencyCode>,
        /// The account, by its id.
        account_id: Option<AccountId>,
        /// The account, by its code.
        account_code: Option<Code> = "4110",
    }

    /// Changes to a posting rule (JSON Merge Patch). Members that are left out stay as they are; null removes a key.
    pub struct PostingRuleChange as UpdatePostingRuleBody {
        /// The purpose for which a document needs an account.
        slot: Optional<PostingSlot>,
        /// The group of the customer or supplier, by its id.
        party_group_id: Patch<PartyGroupId>,
        /// The group of the customer or supplier, by its code.
        party_group_code: Patch<Code>,
        /// The category of the item, by its id.
        item_category_id: Patch<ItemCategoryId>,
        /// The category of the item, by its code.
        item_category_code: Patch<Code>,
        /// The kind of the item.
        item_kind: Patch<ItemKind>,
        /// The tax code of the line, by its id.
        tax_code_id: Patch<TaxCodeId>,
        /// The tax code of the line, by its code.
        tax_code: Patch<Code>,
        /// The VAT category of the line.
        tax_category: Patch<TaxCategory>,
        /// The currency of the document, which the tenant must use.
        currency: Patch<CurrencyCode>,
        /// The account, by its id.
        account_id: Optional<AccountId>,
        /// The account, by its code.
        account_code: Optional<Code>,
    }
}

view! {
    /// An account for a purpose, where the keys fit.
    pub struct PostingRuleView of PostingRule {
        id: Uuid,
        /// The purpose for which a document needs an account.
        slot: &'static str,
        /// Null where the rule is for any party.
        party_group_id: Option<Uuid> = |rule| rule.keys.party_group.map(|id| id.uuid()),
        /// Null where the rule is for items of any category.
        item_category_id: Option<Uuid> = |rule| rule.keys.item_category.map(|id| id.uuid()),
        /// `stock`, `non_stock`, `service` or `charge`; null where the rule is for items of any kind.
        item_kind: Option<&'static str> = |rule| rule.keys.item_kind.map(ItemKind::as_str),
        /// Null where the rule is for any tax code.
        tax_code_id: Option<Uuid> = |rule| rule.keys.tax_code.map(|id| id.uuid()),
        /// `S`, `Z`, `E` or `O`; null where the rule is for any category.
        tax_category: Option<&'static str> = |rule| rule.keys.tax_category.map(TaxCategory::as_str),
        /// Null where the rule is for any currency.
        currency: Option<String> = |rule| rule.keys.currency.map(|currency| currency.to_string()),
        account_id: Uuid,
    }
}

resource! {
    PostingRule by id: PostingRuleId
        = "accounting", "posting_rule", "posting_rules" at "/posting-rules", "/posting-rules/{id}";
    en: "a", "posting rule", "posting rules"; ar: "قواعد الترحيل";
    about: "The accounts to which documents post. A document asks for the account of a slot, such as `revenue` or `receivable`, and \
         tells its keys: party group, item category, item kind, tax code, tax category and currency. A rule fits when each of \
         its own keys equals that of the document. The rule with the most keys decides; where several have as many, the one \
         whose key comes first in that order does. No two rules have the same slot and keys, and a tenant has at most 2,000 \
         rules. The account of a rule is an active posting account of the type and control kind of the slot, and stays one.";
    bodies: NewPostingRule, PostingRuleChange => PostingRuleView;
    remembered by posting;
    list:
        id sortable, slot sortable, party_group_id nullable = FieldKind::Id, item_category_id nullable = FieldKind::Id,
        item_kind nullable = FieldKind::Word(ItemKind::WORDS), tax_code_id nullable = FieldKind::Id,
        tax_category nullable = FieldKind::Word(TaxCategory::WORDS), currency nullable = FieldKind::Text, account_id;
    order: slot;
    refuses:
        create [
            &UNKNOWN_REFERENCE, &CURRENCY_UNKNOWN, &POSTING_RULE_ACCOUNT_UNFIT, &POSTING_RULE_EXISTS,
            &POSTING_RULES_TOO_MANY
        ],
        change [&UNKNOWN_REFERENCE, &CURRENCY_UNKNOWN, &POSTING_RULE_ACCOUNT_UNFIT, &POSTING_RULE_EXISTS],
        delete [];
}

#[async_trait]
impl MasterData for PostingRule {
    async fn create(
        new: &NewPostingRule,
        id: PostingRuleId,
        check: &mut Check<'_>,
    ) -> AppResult<Option<Self>> {
        checked((id, 1), new.slot, &RuleInput::new(new), check).await
    }

    /// A changed rule does not move earlier postings.
    async fn change(&self, change: &PostingRuleChange, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        let slot = change.slot.or(&self.slot);
        checked((self.id, self.version), slot, &RuleInput::changed(self, change), check).await
    }
}

/// The rule that is meant, if it can be kept.
async fn checked(
    (id, version): (PostingRuleId, i64),
    slot: PostingSlot,
    input: &RuleInput,
    check: &mut Check<'_>,
) -> AppResult<Option<PostingRule>> {
    let Some((keys, account_id)) = input.resolve(check).await? else { return Ok(None) };
    let rule = PostingRule { id, slot, keys, account_id, version };
    let profile = check.uow.posting_rules().posting_profile().await?;
    check.violations.check("", profile.check(&rule));
    Ok(Some(rule))
}
