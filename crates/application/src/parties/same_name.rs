//! `GET /parties/duplicates`: parties that people may take for one.

use domain::ids::TenantId;
use domain::parties::party::name_key;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ports::PartyQueries;
use crate::error::AppResult;
use crate::views::NameView;

/// Most parties that are answered.
pub const SAME_NAME_MAX: u32 = 100;

/// A party with the name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SameNameView {
    pub id: Uuid,
    pub code: String,
    pub name: NameView,
}

/// The active parties with a name, of which there should be one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PartyDuplicatesView {
    /// Parties with the name, in the order of their codes, at most 100.
    pub items: Vec<SameNameView>,
    /// Whether more parties have the name than are listed.
    pub more: bool,
}

/// The active parties whose name is the one given, in either language.
pub async fn same_name(
    queries: &dyn PartyQueries,
    tenant: TenantId,
    name: &str,
) -> AppResult<PartyDuplicatesView> {
    let mut items = queries.same_name(tenant, &name_key(name), SAME_NAME_MAX + 1).await?;
    let more = items.len() > SAME_NAME_MAX as usize;
    items.truncate(SAME_NAME_MAX as usize);
    Ok(PartyDuplicatesView { items, more })
}
