//! Azure Blob Storage through `object_store`, and its emulator.
//!
//! Content goes in as blocks that nobody sees until the list of them is committed, together with its checksum and
//! label; that commit, and what concerns the container, are requests of our own ([`rest`]).

mod download;
mod errors;
mod identity;
mod rest;
mod upload;

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use application::ports::blobs::{
    BLOB_PAGE_MAX, Blob, BlobError, BlobInfo, BlobKey, BlobLabel, BlobPage, BlobPrefix, BlobResult,
    BlobStore, Expected, Incoming, Outgoing, Purpose, SIGNED_URL_LIFE_MAX, SignedUrl, from_hex,
};
use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt};
use http::{Method, StatusCode};
use object_store::azure::{MicrosoftAzure, MicrosoftAzureBuilder};
use object_store::client::{HttpConnector, ReqwestConnector};
use object_store::list::{PaginatedListOptions, PaginatedListStore};
use object_store::path::Path;
use object_store::signer::Signer;
use object_store::{
    Attribute, Attributes, ClientOptions, GetOptions, GetRange, GetResult, ObjectMeta, ObjectStore,
    RetryConfig,
};

use self::errors::{clipped, failure};
pub use self::identity::Identity;
use self::rest::Rest;
use super::connection_string::{AzureConnection, Credential};
use super::meter::exactly;

/// Name of the metadata that holds the SHA-256.
const SHA256: &str = "sha256";
/// Requests of one call in all, beside the first.
const RETRIES_MAX: usize = 3;

/// How long a call may wait. Nothing waits for ever, and nothing limits how long a large blob takes as long as it moves.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    pub connect: Duration,
    /// For one request that is short by its nature: a block, a description, a page of a list.
    pub request: Duration,
    /// Without a byte from the other side while a blob is read.
    pub read: Duration,
    /// After which no request is sent again.
    pub retry: Duration,
    pub probe: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            request: Duration::from_secs(20),
            read: Duration::from_secs(20),
            retry: Duration::from_secs(15),
            probe: Duration::from_secs(4),
        }
    }
}

/// 3 to 63 lower-case letters, digits and single hyphens inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerName(String);

impl ContainerName {
    pub fn parse(text: &str) -> Option<Self> {
        let good = (3..=63).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-')
            && !text.contains("--");
        good.then(|| Self(text.to_owned()))
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

pub struct AzureBlobs {
    store: Arc<MicrosoftAzure>,
    /// For content on its way out, which may take as long as it moves.
    reader: MicrosoftAzure,
    rest: Rest,
    timeouts: Timeouts,
    signs: bool,
    /// The container was there, or was made, and nothing has said otherwise since.
    container_known: AtomicBool,
}

impl AzureBlobs {
    /// Connects to nothing yet: the store may be away when the server starts.
    pub fn new(
        connection: &AzureConnection,
        container: &ContainerName,
        identity: &Identity,
        timeouts: Timeouts,
    ) -> BlobResult<Self> {
        let client = ClientOptions::new()
            .with_allow_http(connection.endpoint.starts_with("http://"))
            .with_connect_timeout(timeouts.connect)
            .with_timeout(timeouts.request);
        // The transport counts its time-out of a read while nobody asks for more, which would cut off slow readers:
        // reading has a time-out of ours.
        let patient = client.clone().with_timeout_disabled();
        let retry =
            RetryConfig { max_retries: RETRIES_MAX, retry_timeout: timeouts.retry, ..RetryConfig::default() };
        let builder = MicrosoftAzureBuilder::new()
            .with_account(&connection.account)
            .with_container_name(container.as_str())
            .with_endpoint(connection.endpoint.clone())
            .with_retry(retry);
        let builder = match &connection.credential {
            Credential::AccountKey(key) => builder.with_access_key(key),
            Credential::SharedAccessSignature(query) => {
                let pairs = object_store::azure::split_sas(query).map_err(|error| broken(&error))?;
                builder.with_sas_authorization(pairs)
            }
            Credential::Identity => identity.apply(builder),
        };
        let open = |client: &ClientOptions| {
            builder.clone().with_client_options(client.clone()).build().map_err(|error| broken(&error))
        };
        let store = open(&client)?;
        let rest = Rest {
            client: ReqwestConnector::default().connect(&client).map_err(|error| broken(&error))?,
            credentials: store.credentials().clone(),
            account: connection.account.clone(),
            container: format!("{}/{}", connection.endpoint, container.as_str()),
            retry: timeouts.retry,
        };
        Ok(Self {
            reader: open(&patient)?,
            store: Arc::new(store),
            rest,
            timeouts,
            signs: !matches!(connection.credential, Credential::SharedAccessSignature(_)),
            container_known: AtomicBool::new(false),
        })
    }

    /// Creates the container when it is missing. A credential that may not do so is taken to have one already.
    pub async fn ensure_container(&self) -> BlobResult<()> {
        if self.container_known.load(Ordering::Relaxed) {
            return Ok(());
        }
        let answer = self.rest.send(Method::PUT, "?restype=container", &[], bytes::Bytes::new()).await?;
        match answer.status {
            StatusCode::CREATED | StatusCode::CONFLICT | StatusCode::FORBIDDEN => {
                self.container_known.store(true, Ordering::Relaxed);
                Ok(())
            }
            _ => Err(answer.failure()),
        }
    }

    /// Opens a blob for reading; the answer must begin in time, whatever the retries below.
    async fn open(&self, key: BlobKey, options: GetOptions) -> BlobResult<GetResult> {
        let path = path(key);
        let opening = self.reader.get_opts(&path, options);
        match tokio::time::timeout(self.timeouts.request, opening).await {
            Ok(opened) => opened.map_err(|error| failure(key, &error)),
            Err(_) => Err(BlobError::Timeout("reading a blob did not begin".to_owned())),
        }
    }

    /// Whether blobs can be read at all, for credentials that may not ask about the container.
    async fn list_one(&self) -> Result<(), String> {
        let options = PaginatedListOptions { max_keys: Some(1), ..PaginatedListOptions::default() };
        let listed = self.store.list_paginated(None, options).await;
        listed.map(|_| ()).map_err(|error| clipped(&error))
    }

    async fn look(&self) -> Result<(), String> {
        let ask = || self.rest.send(Method::HEAD, "?restype=container", &[], bytes::Bytes::new());
        let mut answer = ask().await.map_err(|error| error.to_string())?;
        if answer.status == StatusCode::NOT_FOUND {
            self.container_known.store(false, Ordering::Relaxed);
            self.ensure_container().await.map_err(|error| error.to_string())?;
            answer = ask().await.map_err(|error| error.to_string())?;
        }
        match answer.status {
            StatusCode::OK => Ok(()),
            StatusCode::FORBIDDEN => self.list_one().await,
            _ => Err(answer.failure().to_string()),
        }
    }
}

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

fn path(key: BlobKey) -> Path {
    Path::from(key.to_string())
}

fn broken(error: &object_store::Error) -> BlobError {
    BlobError::Internal(clipped(error))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn container_names_follow_azures_rules() {
        for good in ["erp", "erp-files-2026", "000"] {
            assert_eq!(ContainerName::parse(good).unwrap().as_str(), good);
        }
        let long = "a".repeat(64);
        for bad in ["", "er", "Erp", "erp_files", "-erp", "erp-", "e--rp", "erp/x", &long] {
            assert!(ContainerName::parse(bad).is_none(), "{bad}");
        }
    }
}
