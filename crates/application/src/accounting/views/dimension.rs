//! Dimension rules as the API shows them.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use crate::accounting::dimensions::values::DimensionValueView;

/// What accounts ask of the dimensions on their lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DimensionRuleView {
    pub id: Uuid,
    /// `mandatory`, `fixed`, `forbidden`, `optional`, `blocked_combination` or `allowed_combination`.
    pub kind: &'static str,
    /// The account it is for; null with a prefix, or for all accounts.
    pub account_id: Option<Uuid>,
    pub account_code_prefix: Option<String>,
    /// Null for a combination.
    pub dimension_id: Option<Uuid>,
    /// Of a fixed value; the values below it are meant, too.
    pub value_id: Option<Uuid>,
    /// The values that may not, or may, stand together on one line; the values below them are meant, too.
    pub combination: Vec<DimensionPairView>,
    pub active: bool,
    #[schema(format = "date-time")]
    pub updated_at: String,
    pub version: i64,
}

/// A dimension with one of its values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DimensionPairView {
    pub dimension_id: Uuid,
    pub value_id: Uuid,
}
