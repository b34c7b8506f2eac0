//! The records that every command leaves behind beside its own effect.

use async_trait::async_trait;
use domain::ids::TenantId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::change::Cause;
use crate::error::AppResult;

/// A remembered answer, as stored with its idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replay {
    pub request_hash: [u8; 32],
    pub body: String,
    pub id: Option<Uuid>,
    pub version: Option<i64>,
}

/// The records that every command leaves behind beside its own effect.
#[async_trait]
pub trait Bookkeeping: Send {
    /// Writes one audit row and one event for each recorded change; the events' sequence is gapless per tenant, so
    /// this is among the last writes. Answers which entities of which tenant changed.
    async fn write_changes(&mut self, cause: &Cause) -> AppResult<Vec<(TenantId, Vec<&'static str>)>>;
    async fn find_replay(&mut self, cause: &Cause, key: &str) -> AppResult<Option<Replay>>;
    async fn save_replay(&mut self, cause: &Cause, key: &str, replay: Replay) -> AppResult<()>;
    /// Begins a part that can be undone by itself: one operation of an atomic batch, one attempt of several.
    async fn begin_part(&mut self) -> AppResult<usize>;
    /// Ends the innermost part, begun where `begin_part` said: keeps it, or undoes what it did and recorded.
    async fn end_part(&mut self, begun_at: usize, keep: bool) -> AppResult<()>;
}
