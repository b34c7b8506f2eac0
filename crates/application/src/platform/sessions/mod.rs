//! Sign-ins as stored: refresh tokens in families, and wrong passwords counted.

mod open_session;
mod record_failure;
mod refresh_session;
mod revoke_session;

pub use open_session::OpenSession;
pub use record_failure::RecordFailure;
pub use refresh_session::{RefreshSession, Refreshed};
pub use revoke_session::RevokeSession;

use std::sync::Arc;

use domain::ids::{TenantId, UserId};
use domain::time::Timestamp;
use domain::time_zone::TimeZone;
use serde::Serialize;
use uuid::Uuid;

use super::ports::Caller;
use super::records::{TenantStatus, User};
use crate::context::{Actor, RequestContext};
use crate::error::AppResult;
use crate::permission_set::PermissionSet;
use crate::platform::guard::document;
use crate::ports::change::Change;
use crate::unit_of_work::UnitOfWork;

/// The entity of audit rows and events.
pub const SESSION: &str = "session";

/// The record of a session in the audit log.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionDocument {
    user_id: Uuid,
    /// Why it ended; absent when it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

/// Notes that every session of a user in a tenant ended, so that what its tokens were worth is forgotten.
pub(super) fn record_ended(
    uow: &mut dyn UnitOfWork,
    tenant: TenantId,
    user: UserId,
    reason: &'static str,
) -> AppResult<()> {
    let after = document(&SessionDocument { user_id: user.uuid(), reason: Some(reason) })?;
    uow.record(Change {
        tenant,
        entity: SESSION,
        entity_id: user.uuid(),
        action: "revoked",
        before: None,
        after,
    });
    Ok(())
}

/// Someone whose credential was checked but who has no token yet: no rights, an actor for the audit row.
pub(super) fn context_of(user: UserId, tenant: TenantId, caller: &Caller) -> RequestContext {
    RequestContext {
        actor: Actor::User(user),
        tenant,
        time_zone: TimeZone::UTC,
        permissions: Arc::new(PermissionSet::default()),
        platform_admin: false,
        language: caller.language,
        request_id: caller.request_id.clone(),
        idempotency: None,
        if_match: None,
        dry_run: false,
        batch: None,
    }
}

/// The user, if they may enter the tenant of the unit of work now.
async fn entrant(uow: &mut dyn UnitOfWork, user: UserId) -> AppResult<Option<User>> {
    let tenant = uow.tenant();
    let open = uow.tenants().find(tenant).await?.is_some_and(|t| t.status == TenantStatus::Active);
    let member = uow.users().member(user).await?;
    Ok(member.filter(|member| open && member.active && member.user.active).map(|member| member.user))
}

/// A refresh token as it is handed to the repository.
#[derive(Clone)]
pub struct NewToken {
    pub hash: [u8; 32],
    pub expires_at: Timestamp,
    /// How long a session lasts however often it is renewed.
    pub session_seconds_max: u32,
}

impl NewToken {
    /// No token lives longer than its session.
    fn end(&self, session_began_at: Timestamp) -> Timestamp {
        self.expires_at.min(session_began_at.plus_seconds(i64::from(self.session_seconds_max)))
    }
}
