//! Counts that all processes share.

use std::time::Duration;

use async_trait::async_trait;

/// For limits that several processes keep together; adapters answer quickly or not at all.
#[async_trait]
pub trait SharedCounts: Send + Sync {
    /// Adds to each count, which begins at 0, and answers in their order what all processes together have added. `None` while
    /// the store cannot be reached; some may have been added to then. A count is forgotten some time after `life`.
    async fn add(&self, counts: &[(String, u32)], life: Duration) -> Option<Vec<u64>>;
}
