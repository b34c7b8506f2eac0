//! The port on Azure.

use std::ops::Range;
use std::sync::atomic::Ordering;
use std::time::Duration;

use application::ports::blobs::{
    BLOB_PAGE_MAX, Blob, BlobError, BlobInfo, BlobKey, BlobLabel, BlobPage, BlobPrefix, BlobResult,
    BlobStore, Expected, Incoming, Outgoing, Purpose, SIGNED_URL_LIFE_MAX, SignedUrl, from_hex,
};
use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt};
use http::{Method, StatusCode};
use object_store::list::{PaginatedListOptions, PaginatedListStore};
use object_store::signer::Signer;
use object_store::{Attribute, Attributes, GetOptions, GetRange, ObjectMeta, ObjectStore};

use super::errors::failure;
use super::{AzureBlobs, SHA256, download, path, upload};
use crate::blobs::meter::exactly;

/// Read at once, unlike `Archive`, whose blobs take hours to come back: a restore must be done within hours.
const COLD_TIER: &str = "Cold";

#[async_trait]
impl BlobStore for AzureBlobs {
    async fn put(
        &self,
        key: BlobKey,
        content: Incoming,
        expected: Expected,
        label: &BlobLabel,
    ) -> BlobResult<BlobInfo> {
        self.ensure_container().await?;
        let stored = upload::put(&self.store, &self.rest, key, content, expected, label).await;
        if matches!(stored, Err(BlobError::NotFound(_))) {
            // The container went away; the next upload makes it again.
            self.container_known.store(false, Ordering::Relaxed);
            return Err(BlobError::Unavailable("the container is missing".to_owned()));
        }
        stored
    }

    async fn get(&self, key: BlobKey, range: Option<Range<u64>>) -> BlobResult<Blob> {
        if let Some(range) = &range
            && range.is_empty()
        {
            let info = self.head(key).await?.ok_or(BlobError::NotFound(key))?;
            return Err(BlobError::OutOfRange { size: info.size });
        }
        let ranged = range.as_ref().map(|range| range.start);
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        let result = match self.open(key, options).await {
            Ok(result) => result,
            Err(error) => return Err(self.out_of_range(key, ranged).await.unwrap_or(error)),
        };
        let info = info(key, &result.meta, &result.attributes);
        let range = result.range.clone();
        let content: Outgoing = result.into_stream().map_err(move |error| failure(key, &error)).boxed();
        let length = range.end - range.start;
        Ok(Blob { info, content: exactly(download::ahead(content, self.timeouts.read), length), range })
    }

    async fn head(&self, key: BlobKey) -> BlobResult<Option<BlobInfo>> {
        let options = GetOptions { head: true, ..GetOptions::default() };
        let looked = self.store.get_opts(&path(key), options).await.map_err(|error| failure(key, &error));
        match looked {
            Ok(result) => Ok(Some(info(key, &result.meta, &result.attributes))),
            Err(BlobError::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn delete(&self, key: BlobKey) -> BlobResult<bool> {
        let answer = self.rest.send(Method::DELETE, &format!("/{key}"), &[], bytes::Bytes::new()).await?;
        match answer.status {
            StatusCode::ACCEPTED | StatusCode::OK => Ok(true),
            StatusCode::NOT_FOUND => Ok(false),
            _ => Err(answer.failure()),
        }
    }

    async fn list(&self, prefix: BlobPrefix, after: Option<&str>, limit: u32) -> BlobResult<BlobPage> {
        // A container that is still to be made holds nothing, and that is no failure.
        self.ensure_container().await?;
        let options = PaginatedListOptions {
            max_keys: Some(limit.clamp(1, BLOB_PAGE_MAX) as usize),
            page_token: after.map(str::to_owned),
            ..PaginatedListOptions::default()
        };
        let nothing = BlobKey { tenant: prefix.tenant, kind: prefix.kind, id: uuid::Uuid::nil().into() };
        let listed = match self.store.list_paginated(Some(&prefix.to_string()), options).await {
            Ok(listed) => listed,
            Err(error) => match failure(nothing, &error) {
                // A container that is not there yet has no blobs.
                BlobError::NotFound(_) => return Ok(BlobPage { blobs: Vec::new(), next: None }),
                error => return Err(error),
            },
        };
        let objects = listed.result.objects.iter();
        let blobs = objects.filter_map(|meta| Some((BlobKey::parse(meta.location.as_ref())?, meta.size)));
        Ok(BlobPage { blobs: blobs.collect(), next: listed.page_token })
    }

    async fn signed_url(
        &self,
        key: BlobKey,
        purpose: Purpose,
        life: Duration,
    ) -> BlobResult<Option<SignedUrl>> {
        if !self.signs {
            return Ok(None);
        }
        let method = match purpose {
            Purpose::Download => Method::GET,
            Purpose::Upload => {
                self.ensure_container().await?;
                Method::PUT
            }
        };
        let signed = self.store.signed_url(method, &path(key), life.min(SIGNED_URL_LIFE_MAX)).await;
        let url = match signed.map_err(|error| failure(key, &error)) {
            Ok(url) => url,
            Err(BlobError::Refused(reason)) => {
                tracing::warn!(%reason, "The identity may not sign URLs of files; they go through this API: {{reason}}");
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let headers = match purpose {
            Purpose::Download => Vec::new(),
            Purpose::Upload => vec![("x-ms-blob-type", "BlockBlob")],
        };
        Ok(Some(SignedUrl { url: url.into(), headers }))
    }

    async fn cool(&self, key: BlobKey) -> BlobResult<bool> {
        let headers = [("x-ms-access-tier", COLD_TIER)];
        let answer =
            self.rest.send(Method::PUT, &format!("/{key}?comp=tier"), &headers, bytes::Bytes::new()).await?;
        match answer.status {
            StatusCode::OK | StatusCode::ACCEPTED => Ok(true),
            StatusCode::NOT_FOUND => Err(BlobError::NotFound(key)),
            _ => Err(answer.failure()),
        }
    }

    async fn probe(&self) -> Result<(), String> {
        match tokio::time::timeout(self.timeouts.probe, self.look()).await {
            Ok(seen) => seen,
            Err(_) => Err(format!("the file store did not answer within {:?}", self.timeouts.probe)),
        }
    }
}

impl AzureBlobs {
    /// Whether a failed read of a part failed because the part lies behind the end.
    async fn out_of_range(&self, key: BlobKey, start: Option<u64>) -> Option<BlobError> {
        let start = start?;
        let info = self.head(key).await.ok()??;
        (start >= info.size).then_some(BlobError::OutOfRange { size: info.size })
    }
}

fn info(key: BlobKey, meta: &ObjectMeta, attributes: &Attributes) -> BlobInfo {
    let text = |attribute: Attribute| attributes.get(&attribute).map(|value| value.as_ref().to_owned());
    BlobInfo {
        key,
        size: meta.size,
        sha256: text(Attribute::Metadata(SHA256.into())).and_then(|text| from_hex(&text)),
        label: BlobLabel {
            content_type: text(Attribute::ContentType).unwrap_or_default(),
            disposition: text(Attribute::ContentDisposition).filter(|text| !text.is_empty()),
        },
    }
}
