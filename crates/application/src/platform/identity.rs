//! The identity behind a credential.

use std::sync::Arc;

use async_trait::async_trait;
use domain::ids::TenantId;
use domain::time_zone::TimeZone;

use crate::context::Actor;
use crate::error::AppResult;
use crate::permission_set::PermissionSet;
use crate::ports::change::Change;

/// The credential of a request.
#[derive(Clone)]
pub enum Credential {
    /// A JWT of `Authorization: Bearer`.
    Bearer(String),
    /// An API key (`erp_…`), of `Authorization: Bearer` or `X-Api-Key`.
    ApiKey(String),
}

/// A verified caller in one tenant.
#[derive(Debug, Clone)]
pub struct Identity {
    pub actor: Actor,
    pub tenant: TenantId,
    pub time_zone: TimeZone,
    pub permissions: Arc<PermissionSet>,
    pub platform_admin: bool,
}

#[async_trait]
pub trait Authenticator: Send + Sync {
    /// MUST answer `unauthenticated` for anything wrong with the credential, without saying what. A revoked right or a
    /// deactivated user MUST bite within a second.
    async fn authenticate(&self, credential: &Credential) -> AppResult<Identity>;
}

pub use crate::ports::cache::ACCESS_ENTITY;

/// Whether a change may alter what some credential is worth, so that cached rights of its tenant are stale.
pub fn alters_access(change: &Change) -> bool {
    event_alters_access(change.entity, change.action)
}

/// Whether a change recorded earlier may alter what some credential is worth.
pub fn event_alters_access(entity: &str, action: &str) -> bool {
    match entity {
        "user" | "role" | "role_assignment" | "api_key" | "tenant" => true,
        "session" => action != "created",
        _ => false,
    }
}
