//! A store whose client changes while the server runs: an account key was rotated.

use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use application::ports::blobs::{
    Blob, BlobInfo, BlobKey, BlobLabel, BlobPage, BlobPrefix, BlobResult, BlobStore, Expected, Incoming,
    Purpose, SignedUrl,
};
use async_trait::async_trait;

/// Asks the store that is in use as a call begins; calls in progress end on the one they began with.
pub struct ReplaceableBlobs(RwLock<Arc<dyn BlobStore>>);

impl ReplaceableBlobs {
    pub fn new(store: Arc<dyn BlobStore>) -> Self {
        Self(RwLock::new(store))
    }

    pub fn replace(&self, store: Arc<dyn BlobStore>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = store;
    }

    fn now(&self) -> Arc<dyn BlobStore> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl BlobStore for ReplaceableBlobs {
    async fn put(
        &self,
        key: BlobKey,
        content: Incoming,
        expected: Expected,
        label: &BlobLabel,
    ) -> BlobResult<BlobInfo> {
        self.now().put(key, content, expected, label).await
    }

    async fn get(&self, key: BlobKey, range: Option<Range<u64>>) -> BlobResult<Blob> {
        self.now().get(key, range).await
    }

    async fn head(&self, key: BlobKey) -> BlobResult<Option<BlobInfo>> {
        self.now().head(key).await
    }

    async fn delete(&self, key: BlobKey) -> BlobResult<bool> {
        self.now().delete(key).await
    }

    async fn list(&self, prefix: BlobPrefix, after: Option<&str>, limit: u32) -> BlobResult<BlobPage> {
        self.now().list(prefix, after, limit).await
    }

    async fn signed_url(
        &self,
        key: BlobKey,
        purpose: Purpose,
        life: Duration,
    ) -> BlobResult<Option<SignedUrl>> {
        self.now().signed_url(key, purpose, life).await
    }

    async fn cool(&self, key: BlobKey) -> BlobResult<bool> {
        self.now().cool(key).await
    }

    async fn probe(&self) -> Result<(), String> {
        self.now().probe().await
    }
}
