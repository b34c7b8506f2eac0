//! `POST /posting-rules/resolve`: the account that a document would post to.

use std::sync::Arc;

use domain::accounting::posting_rule::{PostingKeys, PostingRule, PostingSlot, missing};
use domain::error::Violations;
use domain::ids::{Id, TenantId};
use domain::items::category::{ItemCategory, ItemCategoryId};
use domain::items::item::ItemKind;
use domain::money::CurrencyCode;
use domain::parties::party_group::{PartyGroup, PartyGroupId};
use domain::tax::category::TaxCategory;
use domain::tax::tax_code::{TaxCode, TaxCodeId};
use domain::text::Code;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::input::{ITEM_CATEGORY, Members, PARTY_GROUP, TAX_CODE, pointer};
use crate::accounting::ports::posting_rules::PostingRuleQueries;
use crate::changes::unknown_reference;
use crate::error::AppResult;
use crate::master_data::{MasterData, nothing_named};
use crate::reference::{Reference, by_id_or_code};
use crate::request;

request! {
    /// A slot and the keys of a document. Nothing of it is kept.
    pub struct ResolvePostingRuleBody {
        /// The purpose for which an account is needed.
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
        item_kind: Option<ItemKind> = "service",
        /// The tax code of the line, by its id.
        tax_code_id: Option<TaxCodeId>,
        /// The tax code of the line, by its code.
        tax_code: Option<Code>,
        /// The VAT category of the line.
        tax_category: Option<TaxCategory> = "S",
        /// The currency of the document.
        currency: Option<CurrencyCode> = "SAR",
    }
}

/// The account that a document posts to, and the rule that names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PostingAccountView {
    pub account_id: Uuid,
    pub account_code: String,
    /// The posting rule that decided.
    pub rule_id: Uuid,
}

/// Finds accounts without a document.
pub struct PostingAccounts {
    pub queries: Arc<dyn PostingRuleQueries>,
}

impl PostingAccounts {
    pub async fn run(
        &self,
        tenant: TenantId,
        body: &ResolvePostingRuleBody,
    ) -> AppResult<PostingAccountView> {
        let keys = self.keys(tenant, body).await?;
        let profile = self.queries.posting_profile(tenant).await?;
        let Some(rule) = profile.rule(body.slot, &keys) else {
            return Err(missing(body.slot, &keys).at("/slot").into());
        };
        let PostingRule { id, account_id, .. } = *rule;
        let Some(account_code) = self.queries.account_code(tenant, account_id).await? else {
            return Err(unknown_reference("/slot", "account", account_id).into());
        };
        Ok(PostingAccountView { account_id: account_id.uuid(), account_code, rule_id: id.uuid() })
    }

    async fn keys(&self, tenant: TenantId, body: &ResolvePostingRuleBody) -> AppResult<PostingKeys> {
        let mut keys = PostingKeys {
            item_kind: body.item_kind,
            tax_category: body.tax_category,
            currency: body.currency,
            ..PostingKeys::default()
        };
        let mut violations = Violations::new();
        if let Some(named) = by_id_or_code(body.party_group_id, body.party_group_code.clone()) {
            keys.party_group = self.queries.party_group(tenant, &named).await?;
            known::<PartyGroup>(keys.party_group, &named, PARTY_GROUP, &mut violations);
        }
        if let Some(named) = by_id_or_code(body.item_category_id, body.item_category_code.clone()) {
            keys.item_category = self.queries.item_category(tenant, &named).await?;
            known::<ItemCategory>(keys.item_category, &named, ITEM_CATEGORY, &mut violations);
        }
        if let Some(named) = by_id_or_code(body.tax_code_id, body.tax_code.clone()) {
            keys.tax_code = self.queries.tax_code(tenant, &named).await?;
            known::<TaxCode>(keys.tax_code, &named, TAX_CODE, &mut violations);
        }
        Ok(violations.into_result(keys)?)
    }
}

/// Reports a key that names nothing.
fn known<R: MasterData>(
    found: Option<Id<R>>,
    named: &Reference<Id<R>>,
    members: Members,
    violations: &mut Violations,
) {
    if found.is_none() {
        violations.push(nothing_named::<R>(pointer(named, members), named));
    }
}
