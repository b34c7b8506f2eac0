//! Keys of machines: `erp_<prefix>_<secret>`, of which only the SHA-256 is kept.

mod create_api_key;
mod revoke_api_key;
mod rotate_api_key;
mod secret;

pub use create_api_key::CreateApiKey;
pub use revoke_api_key::RevokeApiKey;
pub use rotate_api_key::RotateApiKey;
pub(super) use secret::hex;
pub use secret::{API_KEY_MARK, ApiKeySecret, hash_token};

use domain::ids::ApiKeyId;

use super::records::ApiKey;
use crate::error::{AppError, AppResult};
use crate::paging::{Direction, FieldKind, FieldSpec, ListSpec};
use crate::unit_of_work::UnitOfWork;

/// The resource, as in permissions, events and messages.
pub const API_KEY: &str = "api_key";

pub static API_KEY_LIST: ListSpec = ListSpec {
    resource: API_KEY,
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("name", FieldKind::Text).sortable(),
        FieldSpec::new("prefix", FieldKind::Text),
        FieldSpec::new("userId", FieldKind::Id),
        FieldSpec::new("expiresAt", FieldKind::Timestamp).nullable(),
        FieldSpec::new("revokedAt", FieldKind::Timestamp).nullable(),
        FieldSpec::new("createdAt", FieldKind::Timestamp).sortable(),
    ],
    default_sort: &[("id", Direction::Ascending)],
    expand: &[],
};

async fn existing(uow: &mut dyn UnitOfWork, id: ApiKeyId) -> AppResult<ApiKey> {
    uow.api_keys().find(id).await?.ok_or_else(|| AppError::not_found(API_KEY))
}
