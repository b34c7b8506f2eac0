//! One change of one thing: the source of its audit row and of its event.

use domain::ids::TenantId;
use serde_json::Value;
use uuid::Uuid;

/// Longest `before` or `after` document kept in the audit log, in bytes; a longer one is replaced by its size and hash.
pub const AUDIT_DOCUMENT_BYTES_MAX: usize = 65_536;

/// Recorded with [`UnitOfWork::record`](super::unit_of_work::UnitOfWork::record) by every command that changes something.
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
