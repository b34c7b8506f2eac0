//! Several commands in one transaction: `POST /batch` with `atomic: true`.

use std::sync::Arc;

use async_trait::async_trait;

use super::database::Work;
use crate::error::AppResult;

/// An open transaction that commands of one request join, one after the other.
#[async_trait]
pub trait BatchTransaction: Send + Sync {
    /// Runs `work` inside the open transaction. A failure MUST undo what `work` did and nothing else.
    async fn join(&self, work: Arc<dyn Work>) -> AppResult<()>;
}

#[derive(Clone)]
pub struct BatchHandle(pub Arc<dyn BatchTransaction>);

impl std::fmt::Debug for BatchHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BatchHandle")
    }
}
