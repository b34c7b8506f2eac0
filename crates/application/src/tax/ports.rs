//! Tax codes for whoever calculates.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use domain::ids::TenantId;
use domain::tax::tax_code::TaxCode;

use crate::error::AppResult;

#[async_trait]
pub trait TaxCodeQueries: Send + Sync {
    /// The tenant's codes among `codes`, by code; what is not there is left out. MUST be one statement however many are asked
    /// for.
    async fn tax_codes(
        &self,
        tenant: TenantId,
        codes: &BTreeSet<String>,
    ) -> AppResult<HashMap<String, TaxCode>>;
}
