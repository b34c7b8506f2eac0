//! The key-values of an App Configuration store and its REST API.

mod filter;
mod routes;
mod signature;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::unix_seconds;

pub(crate) use routes::{list, read};

/// The access key of every stub.
pub const CREDENTIAL: &str = "stub-id";
/// Its secret, Base64.
pub const SECRET: &str = "c3R1YnMtYXJlLW5vdC1zZWNyZXQtYXQtYWxsISEhISE=";
/// The audience that tokens must have.
pub const RESOURCE: &str = "https://azconfig.io";
/// Key-values on one page, as the service has it.
const PAGE_SIZE: usize = 100;

pub const REFERENCE: &str = "application/vnd.microsoft.appconfig.keyvaultref+json;charset=utf-8";
pub const SNAPSHOT_REFERENCE: &str =
    "application/json; profile=\"https://azconfig.io/mime-profiles/snapshot-ref\"; charset=utf-8";
pub const FLAG: &str = "application/vnd.microsoft.appconfig.ff+json;charset=utf-8";
pub const FLAG_PREFIX: &str = ".appconfig.featureflag/";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeyValue {
    pub key: String,
    #[serde(default)]
    pub label: Option<String>,
    pub value: String,
    #[serde(default)]
    pub content_type: Option<String>,
}

/// A handle to the store.
pub struct ConfigurationStore {
    state: Mutex<StoreState>,
}

struct StoreState {
    values: BTreeMap<(String, Option<String>), Stored>,
    page_size: usize,
    /// Counts the writes; the number of the synchronisation token.
    sequence: u64,
    credential: String,
    secret: String,
}

#[derive(Clone)]
struct Stored {
    value: String,
    content_type: Option<String>,
    modified: i64,
    etag: String,
}

impl Default for ConfigurationStore {
    fn default() -> Self {
        let state = StoreState {
            values: BTreeMap::new(),
            page_size: PAGE_SIZE,
            sequence: 1,
            credential: CREDENTIAL.to_owned(),
            secret: SECRET.to_owned(),
        };
        Self { state: Mutex::new(state) }
    }
}

impl ConfigurationStore {
    fn state(&self) -> MutexGuard<'_, StoreState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn set(&self, key: &str, label: Option<&str>, value: &str) {
        self.put(KeyValue {
            key: key.to_owned(),
            label: label.map(str::to_owned),
            value: value.to_owned(),
            content_type: None,
        });
    }

    pub fn put(&self, pair: KeyValue) {
        let mut state = self.state();
        state.sequence += 1;
        let etag = format!("etag-{}", state.sequence);
        let stored =
            Stored { value: pair.value, content_type: pair.content_type, modified: unix_seconds(), etag };
        state.values.insert((pair.key, pair.label), stored);
    }

    /// A reference to a secret by its address.
    pub fn set_reference(&self, key: &str, label: Option<&str>, uri: &str) {
        self.put(KeyValue {
            key: key.to_owned(),
            label: label.map(str::to_owned),
            value: serde_json::json!({ "uri": uri }).to_string(),
            content_type: Some(REFERENCE.to_owned()),
        });
    }

    /// A reference to a snapshot by its name; the stub has none.
    pub fn set_snapshot_reference(&self, key: &str, label: Option<&str>, name: &str) {
        self.put(KeyValue {
            key: key.to_owned(),
            label: label.map(str::to_owned),
            value: serde_json::json!({ "snapshot_name": name }).to_string(),
            content_type: Some(SNAPSHOT_REFERENCE.to_owned()),
        });
    }

    /// A feature flag: the object of the feature-management schema.
    pub fn set_flag(&self, label: Option<&str>, flag: &Value) {
        let id = flag["id"].as_str().unwrap_or_default();
        self.put(KeyValue {
            key: format!("{FLAG_PREFIX}{id}"),
            label: label.map(str::to_owned),
            value: flag.to_string(),
            content_type: Some(FLAG.to_owned()),
        });
    }

    pub fn delete(&self, key: &str, label: Option<&str>) {
        let mut state = self.state();
        state.sequence += 1;
        state.values.remove(&(key.to_owned(), label.map(str::to_owned)));
    }

    pub fn clear(&self) {
        let mut state = self.state();
        state.sequence += 1;
        state.values.clear();
    }

    pub fn set_page_size(&self, size: usize) {
        self.state().page_size = size.max(1);
    }

    /// A new access key; requests signed with the old one are refused.
    pub fn set_access_key(&self, credential: &str, secret_base64: &str) {
        let mut state = self.state();
        state.credential = credential.to_owned();
        state.secret = secret_base64.to_owned();
    }
}
