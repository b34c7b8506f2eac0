//! One change of one thing: the source of its audit row and of its event.

use std::sync::Arc;

use domain::ids::TenantId;
use serde_json::Value;
use uuid::Uuid;

use crate::actor::Actor;

/// Longest `before` or `after` document kept in the audit log, in bytes; a longer one is replaced by its size and hash.
pub const AUDIT_DOCUMENT_BYTES_MAX: usize = 65_536;

/// Recorded with `UnitOfWork::record` by every command that changes something.
#[derive(Debug, Clone)]
pub struct Change {
    pub tenant: TenantId,
    /// Singular, snake case, as in permissions and events: `journal_entry`.
    pub entity: &'static str,
    pub entity_id: Uuid,
    /// Past tense: `created`, `updated`, `deleted`, `posted`, `reversed`. The event type is `<entity>.<action>`.
    pub action: &'static str,
    /// `None` when it did not exist.
    pub before: Option<Value>,
    /// `None` when it no longer exists.
    pub after: Option<Value>,
}

/// The request behind a change.
#[derive(Debug, Clone)]
pub struct Cause {
    pub tenant: TenantId,
    pub actor: Actor,
    pub request_id: Arc<str>,
}

impl Cause {
    /// Idempotency keys belong to the user who sent them; the product itself uses the nil user.
    pub fn key_owner(&self) -> Uuid {
        self.actor.user_id().map_or(Uuid::nil(), |user| user.uuid())
    }
}
