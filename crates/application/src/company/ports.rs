//! The company profile in storage.

use async_trait::async_trait;
use domain::company::branch::BranchFacts;
use domain::company::profile::CompanyProfile;
use domain::ids::TenantId;

use crate::error::AppResult;
use crate::ports::storage_error::StorageResult;

#[async_trait]
pub trait CompanyRepository: Send {
    /// The profile, which postings remember. MUST be [`CompanyProfile::unsaved`] with the tenant's name where none was saved.
    async fn profile(&mut self) -> StorageResult<CompanyProfile>;

    /// Every branch in the order of the codes, which postings remember.
    async fn branches(&mut self) -> StorageResult<Vec<BranchFacts>>;

    /// Replaces the profile stored at `profile.version - 1`; version 0 is that of a profile never saved. MUST answer `false`
    /// when it is at another.
    async fn save_profile(&mut self, profile: &CompanyProfile) -> StorageResult<bool>;
}

#[async_trait]
pub trait CompanyQueries: Send + Sync {
    /// MUST answer as [`CompanyRepository::profile`] does.
    async fn company_profile(&self, tenant: TenantId) -> AppResult<CompanyProfile>;
}
