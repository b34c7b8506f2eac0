//! The secrets of a Key Vault and its REST API, version 7.x.

mod routes;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::clock::unix_seconds;

pub(crate) use routes::{list, read, read_version, versions};

/// The audience that the tokens must have, unless a test changes it.
pub const RESOURCE: &str = "https://vault.azure.net";
/// Secrets on one page unless asked for another number, as the service has it.
const PAGE_SIZE: usize = 25;

/// One version of a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Secret {
    pub value: String,
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Seconds since 1970; before it the secret is not yet valid.
    #[serde(default)]
    pub not_before: Option<i64>,
    /// Seconds since 1970; from then on the secret has expired.
    #[serde(default)]
    pub expires: Option<i64>,
    /// Seconds since 1970; now if not given.
    #[serde(default)]
    pub updated: Option<i64>,
    #[serde(default)]
    pub content_type: Option<String>,
    /// Belongs to a certificate.
    #[serde(default)]
    pub managed: bool,
}

fn yes() -> bool {
    true
}

impl Secret {
    pub fn new(value: &str) -> Self {
        Self {
            value: value.to_owned(),
            enabled: true,
            not_before: None,
            expires: None,
            updated: None,
            content_type: None,
            managed: false,
        }
    }
    pub fn disabled(mut self) -> Self {
        self.enabled = false;
        self
    }
    pub fn updated(mut self, unix_seconds: i64) -> Self {
        self.updated = Some(unix_seconds);
        self
    }
    pub fn valid(mut self, not_before: Option<i64>, expires: Option<i64>) -> Self {
        self.not_before = not_before;
        self.expires = expires;
        self
    }
    pub fn managed(mut self) -> Self {
        self.managed = true;
        self
    }
}

/// A handle to the vault.
pub struct Vault {
    state: Mutex<VaultState>,
}

struct VaultState {
    /// By name as written, so that a clash of names that differ in case can be made; versions oldest first.
    secrets: BTreeMap<String, Vec<Secret>>,
    resource: String,
    page_size: usize,
    forbidden: bool,
}

impl Default for Vault {
    fn default() -> Self {
        let state = VaultState {
            secrets: BTreeMap::new(),
            resource: RESOURCE.to_owned(),
            page_size: PAGE_SIZE,
            forbidden: false,
        };
        Self { state: Mutex::new(state) }
    }
}

impl Vault {
    fn state(&self) -> MutexGuard<'_, VaultState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new version with this value, enabled.
    pub fn set(&self, name: &str, value: &str) {
        self.put(name, Secret::new(value));
    }

    /// A new version.
    pub fn put(&self, name: &str, mut secret: Secret) {
        secret.updated.get_or_insert_with(unix_seconds);
        self.state().secrets.entry(name.to_owned()).or_default().push(secret);
    }

    /// Changes the newest version.
    pub fn change(&self, name: &str, change: impl FnOnce(&mut Secret)) {
        if let Some(secret) = self.state().secrets.get_mut(name).and_then(|versions| versions.last_mut()) {
            change(secret);
        }
    }

    pub fn delete(&self, name: &str) {
        self.state().secrets.remove(name);
    }

    pub fn clear(&self) {
        self.state().secrets.clear();
    }

    /// The resource named in the challenge and required of tokens.
    pub fn set_resource(&self, resource: &str) {
        self.state().resource = resource.to_owned();
    }

    /// Secrets on a page of the list, whatever the caller asks for.
    pub fn set_page_size(&self, size: usize) {
        self.state().page_size = size.max(1);
    }

    /// Whether every caller lacks the right to read.
    pub fn forbid(&self, forbidden: bool) {
        self.state().forbidden = forbidden;
    }
}
