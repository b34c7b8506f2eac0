//! Posting rules in storage, beside what is kept of all master data.

use async_trait::async_trait;
use domain::accounting::posting_rule::PostingProfile;
use domain::ids::{AccountId, TenantId};
use domain::items::category::ItemCategoryId;
use domain::parties::party_group::PartyGroupId;
use domain::tax::tax_code::TaxCodeId;

use crate::error::AppResult;
use crate::ports::storage_error::StorageResult;
use crate::reference::Reference;

#[async_trait]
pub trait PostingRuleRepository: Send {
    /// All rules of the tenant, which postings remember.
    async fn posting_profile(&mut self) -> StorageResult<PostingProfile>;

    /// Whether a rule has the tax code among its keys.
    async fn names_tax_code(&mut self, id: TaxCodeId) -> StorageResult<bool>;
}

#[async_trait]
pub trait PostingRuleQueries: Send + Sync {
    async fn posting_profile(&self, tenant: TenantId) -> AppResult<PostingProfile>;

    /// The group that is named by id or code, if there is one.
    async fn party_group(
        &self,
        tenant: TenantId,
        named: &Reference<PartyGroupId>,
    ) -> AppResult<Option<PartyGroupId>>;

    /// The category of items that is named by id or code, if there is one.
    async fn item_category(
        &self,
        tenant: TenantId,
        named: &Reference<ItemCategoryId>,
    ) -> AppResult<Option<ItemCategoryId>>;

    /// The tax code that is named by id or code, if there is one.
    async fn tax_code(&self, tenant: TenantId, named: &Reference<TaxCodeId>) -> AppResult<Option<TaxCodeId>>;

    async fn account_code(&self, tenant: TenantId, id: AccountId) -> AppResult<Option<String>>;
}
