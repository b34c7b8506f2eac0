//! Key Vault as a source of settings (B12). A name is a key with `--` for `:`; disabled, not yet valid and expired
//! secrets do not exist, nor do those that belong to certificates. Values are read again only when the list says that
//! they changed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use application::ports::clock::Clock;
use application::ports::configuration::{
    ConfigurationSource, ConfigurationSourceError, SecretText, SettingsLayer,
};
use async_trait::async_trait;
use azure_security_keyvault_secrets::models::SecretProperties;
use azure_security_keyvault_secrets::{ResourceExt, SecretClient};
use futures::{StreamExt, TryStreamExt};
use tokio::sync::Mutex;

use super::problem::classify;
use super::vaults::{VaultUri, Vaults, read};

/// Secrets that a vault may hold; a vault with more is not this product's own.
pub const SECRETS_MAX: usize = 1_000;
/// How long one load may take, however many secrets changed.
pub const LOAD_TIMEOUT: Duration = Duration::from_secs(60);
/// Values read at the same time.
const READS_AT_ONCE: usize = 8;
/// The vault tells changes by whole seconds of its own clock: a secret that changed this lately is read once more.
const RECENT_SECONDS: i64 = 30;

#[derive(Debug, Clone)]
pub struct KeyVaultOptions {
    pub vault: VaultUri,
    /// Only secrets named `{prefix}-…`, and the key begins after it: a vault shared by several programs.
    pub prefix: Option<String>,
    /// [`LOAD_TIMEOUT`] unless a test needs less.
    pub timeout: Duration,
}

impl KeyVaultOptions {
    pub fn new(vault: VaultUri) -> Self {
        Self { vault, prefix: None, timeout: LOAD_TIMEOUT }
    }
}

/// A vault as one layer of settings.
pub struct KeyVaultSource {
    vaults: Arc<Vaults>,
    options: KeyVaultOptions,
    clock: Arc<dyn Clock>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// The secrets by lower-case key.
    entries: BTreeMap<String, Entry>,
    loaded: bool,
}

/// A secret that is in force.
#[derive(Clone)]
struct Entry {
    key: String,
    name: String,
    /// Seconds since 1970.
    updated: i64,
    /// Not so young that another change in the same second could be missed.
    settled: bool,
    value: SecretText,
}

/// A secret of the list that counts.
struct Listed {
    key: String,
    name: String,
    updated: i64,
}

impl KeyVaultSource {
    pub fn new(vaults: Arc<Vaults>, options: KeyVaultOptions, clock: Arc<dyn Clock>) -> Self {
        Self { vaults, options, clock, known: Mutex::default() }
    }

    async fn refresh(
        &self,
        known: &mut Known,
    ) -> Result<Option<Vec<SettingsLayer>>, ConfigurationSourceError> {
        let client = self.vaults.client(&self.options.vault)?;
        let now = self.clock.now().micros().div_euclid(1_000_000);
        let listed = self.list(&client, now).await?;
        let reads = listed.into_iter().map(|(folded, listed)| {
            let kept = known.entries.get(&folded).filter(|entry| {
                entry.settled && entry.name == listed.name && entry.updated == listed.updated
            });
            let (kept, client) = (kept.cloned(), client.clone());
            async move {
                let entry = match kept {
                    Some(entry) => Some(entry),
                    None => fetched(&client, listed, now).await?,
                };
                Ok::<_, ConfigurationSourceError>(entry.map(|entry| (folded, entry)))
            }
        });
        let entries: Vec<Option<(String, Entry)>> =
            futures::stream::iter(reads).buffer_unordered(READS_AT_ONCE).try_collect().await?;
        let entries: BTreeMap<String, Entry> = entries.into_iter().flatten().collect();
        let same = known.loaded
            && entries.len() == known.entries.len()
            && entries
                .iter()
                .zip(&known.entries)
                .all(|((a, new), (b, old))| a == b && new.value == old.value);
        known.entries = entries;
        known.loaded = true;
        Ok((!same).then(|| vec![self.layer(&known.entries)]))
    }

    fn layer(&self, entries: &BTreeMap<String, Entry>) -> SettingsLayer {
        let values = entries.values().map(|entry| (entry.key.clone(), entry.value.clone())).collect();
        SettingsLayer { name: self.name(), values }
    }

    /// The secrets that count, by lower-case key; if two names stand for one key, the newer wins.
    async fn list(
        &self,
        client: &SecretClient,
        now: i64,
    ) -> Result<BTreeMap<String, Listed>, ConfigurationSourceError> {
        let failed = |error: azure_core::Error| classify("the list of secrets", &error);
        let mut pager = client.list_secret_properties(None).map_err(failed)?;
        let mut found: BTreeMap<String, Listed> = BTreeMap::new();
        let mut seen = 0_usize;
        while let Some(properties) = pager.try_next().await.map_err(failed)? {
            seen += 1;
            if seen > SECRETS_MAX {
                let text = format!("it has more than {SECRETS_MAX} secrets");
                return Err(ConfigurationSourceError::Malformed(text));
            }
            let Some(listed) = self.counted(&properties, now) else { continue };
            let folded = listed.key.to_lowercase();
            let newest = found
                .get(&folded)
                .is_none_or(|other| (listed.updated, &listed.name) > (other.updated, &other.name));
            if newest {
                found.insert(folded, listed);
            }
        }
        Ok(found)
    }

    fn counted(&self, properties: &SecretProperties, now: i64) -> Option<Listed> {
        let attributes = properties.attributes.as_ref()?;
        let at = |time: Option<azure_core::time::OffsetDateTime>| time.map(|time| time.unix_timestamp());
        let in_force = attributes.enabled != Some(false)
            && at(attributes.not_before).is_none_or(|from| from <= now)
            && at(attributes.expires).is_none_or(|end| now < end)
            && properties.managed != Some(true);
        let name = properties.resource_id().ok()?.name;
        let key = key_of(&name, self.options.prefix.as_deref())?;
        in_force.then(|| Listed { key, name, updated: at(attributes.updated).unwrap_or(now) })
    }
}

async fn fetched(
    client: &SecretClient,
    listed: Listed,
    now: i64,
) -> Result<Option<Entry>, ConfigurationSourceError> {
    let value = read(client, &listed.name, None).await?;
    Ok(value.map(|value| Entry {
        key: listed.key,
        name: listed.name,
        updated: listed.updated,
        settled: listed.updated.saturating_add(RECENT_SECONDS) < now,
        value,
    }))
}

/// `ConnectionStrings--DefaultConnection` → `ConnectionStrings:DefaultConnection`.
fn key_of(name: &str, prefix: Option<&str>) -> Option<String> {
    let rest = match prefix.map(|prefix| prefix.trim_end_matches('-')) {
        None | Some("") => name,
        Some(prefix) => {
            let start = name.get(..prefix.len())?;
            let rest = name.get(prefix.len()..)?.strip_prefix('-')?;
            start.eq_ignore_ascii_case(prefix).then_some(rest)?
        }
    };
    let key = rest.replace("--", ":");
    (!key.is_empty()).then_some(key)
}

#[async_trait]
impl ConfigurationSource for KeyVaultSource {
    fn name(&self) -> String {
        format!("Key Vault {}", self.options.vault)
    }

    async fn load(&self) -> Result<Option<Vec<SettingsLayer>>, ConfigurationSourceError> {
        let timeout = self.options.timeout;
        let load = async {
            let mut known = self.known.lock().await;
            self.refresh(&mut known).await
        };
        tokio::time::timeout(timeout, load).await.unwrap_or_else(|_| {
            let text = format!("no answer within {} s", timeout.as_secs_f32());
            Err(ConfigurationSourceError::Unavailable(text))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves: B12, GV11, X03.
    #[test]
    fn names_become_keys() {
        let key = |name: &str, prefix: Option<&str>| key_of(name, prefix);
        assert_eq!(
            key("ConnectionStrings--DefaultConnection", None).unwrap(),
            "ConnectionStrings:DefaultConnection"
        );
        assert_eq!(key("jwt-key", None).unwrap(), "jwt-key");
        assert_eq!(key("erp-Auth--SigningKeys--0", Some("erp")).unwrap(), "Auth:SigningKeys:0");
        assert_eq!(key("ERP-jwt-key", Some("erp-")).unwrap(), "jwt-key");
        assert_eq!(key("crm-jwt-key", Some("erp")), None);
        assert_eq!(key("erpjwt", Some("erp")), None);
        assert_eq!(key("erp-", Some("erp")), None);
        assert_eq!(key("x", Some("longer-than-x")), None);
    }
}
