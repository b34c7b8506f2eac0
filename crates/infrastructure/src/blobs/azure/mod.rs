//! Azure Blob Storage through `object_store`, and its emulator.
//!
//! Content goes in as blocks that nobody sees until the list of them is committed, together with its checksum and
//! label; that commit, and what concerns the container, are requests of our own (`rest`).

mod download;
mod errors;
mod identity;
mod rest;
mod store;
mod upload;
mod watched;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use application::ports::blobs::{BlobError, BlobKey, BlobResult};
use http::{Method, StatusCode};
use object_store::azure::{MicrosoftAzure, MicrosoftAzureBuilder};
use object_store::client::HttpConnector;
use object_store::list::{PaginatedListOptions, PaginatedListStore};
use object_store::path::Path;
use object_store::{ClientOptions, GetOptions, GetResult, ObjectStore, RetryConfig};

use self::errors::{clipped, failure};
use self::identity::IdentityCredential;
use self::rest::Rest;
use self::watched::WatchedConnector;
use super::connection_string::{AzureConnection, Credential};
use crate::secrets::identity::TokenSource;

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
            // Less than a health check may take, so that the text is this one's.
            probe: Duration::from_millis(1_800),
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
    /// Connects to nothing yet: the store may be away when the server starts. `tokens` are those of the process's identity,
    /// which a connection string without a secret needs.
    pub fn new(
        connection: &AzureConnection,
        container: &ContainerName,
        tokens: Option<Arc<dyn TokenSource>>,
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
            .with_http_connector(WatchedConnector::default())
            .with_retry(retry);
        let builder = match &connection.credential {
            Credential::AccountKey(key) => builder.with_access_key(key),
            Credential::SharedAccessSignature(query) => {
                let pairs = object_store::azure::split_sas(query).map_err(|error| broken(&error))?;
                builder.with_sas_authorization(pairs)
            }
            Credential::Identity => {
                let tokens = tokens.ok_or_else(|| BlobError::Internal("there is no identity".to_owned()))?;
                builder.with_credentials(Arc::new(IdentityCredential(tokens)))
            }
        };
        let open = |client: &ClientOptions| {
            builder.clone().with_client_options(client.clone()).build().map_err(|error| broken(&error))
        };
        let store = open(&client)?;
        let rest = Rest {
            client: WatchedConnector::default().connect(&client).map_err(|error| broken(&error))?,
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

fn path(key: BlobKey) -> Path {
    Path::from(key.to_string())
}

fn broken(error: &object_store::Error) -> BlobError {
    BlobError::Internal(clipped(error))
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
