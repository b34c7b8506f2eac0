//! App Configuration as a source of settings (B16): all key-values without a label, then those of the environment;
//! references to Key Vault are resolved, feature flags passed on, and a poll that finds nothing new costs a 304 a page.

mod access;
mod client;
mod key_values;
mod schedule;
mod sync_tokens;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use application::ports::clock::Clock;
use application::ports::configuration::{
    ConfigurationSource, ConfigurationSourceError, SecretText, SettingsLayer,
};
use async_trait::async_trait;
use domain::time::Timestamp;
use futures::{StreamExt, TryStreamExt};
use tokio::sync::Mutex;

pub use self::access::{AccessError, Endpoint, StoreAccess};
use self::client::{Client, Failure, Page};
pub use self::client::{KEY_VALUES_MAX, PAGES_MAX};
use self::key_values::{Value, values};
pub use self::schedule::{BACK_OFF_MAX, BACK_OFF_MIN};
use self::schedule::{Schedule, Turn};
use super::vaults::{SecretReader, SecretUri};

/// The time between two polls unless configured otherwise. The caller of `load` keeps to it.
pub const REFRESH_INTERVAL: Duration = Duration::from_secs(30);
/// However often `load` is called, the store is not asked more often than this.
pub const REFRESH_INTERVAL_MIN: Duration = Duration::from_secs(1);
/// Between two readings of the secrets that settings refer to, and the least that may be configured.
pub const SECRET_INTERVAL: Duration = Duration::from_secs(300);
pub const SECRET_INTERVAL_MIN: Duration = Duration::from_secs(60);
/// How long one load may take: less than who asks waits, so that the failure is seen here and the store left alone.
pub const LOAD_TIMEOUT: Duration = Duration::from_secs(55);
/// How often everything is read because it changed while it was read.
const READS_MAX: u32 = 3;
/// Secrets that are read at the same time.
const READS_AT_ONCE: usize = 8;

/// A key whose change says that the others may be read: operators touch it last.
#[derive(Debug, Clone)]
pub struct Sentinel {
    pub key: String,
    pub label: Option<String>,
}

pub struct AppConfigurationOptions {
    pub access: StoreAccess,
    /// In this order, later ones win; `None` = key-values without a label.
    pub labels: Vec<Option<String>>,
    /// Polls look at this key only, which is no setting; without it at every page.
    pub sentinel: Option<Sentinel>,
    /// The least between two polls: [`REFRESH_INTERVAL_MIN`] or more, [`REFRESH_INTERVAL`] when every request loads.
    pub refresh_interval: Duration,
    /// [`SECRET_INTERVAL`], at least [`SECRET_INTERVAL_MIN`].
    pub secret_interval: Duration,
    /// [`LOAD_TIMEOUT`] unless a test needs less.
    pub timeout: Duration,
}

impl AppConfigurationOptions {
    /// No label, then the environment's.
    pub fn new(access: StoreAccess, environment: &str) -> Self {
        Self {
            access,
            labels: vec![None, Some(environment.to_owned())],
            sentinel: None,
            refresh_interval: REFRESH_INTERVAL_MIN,
            secret_interval: SECRET_INTERVAL,
            timeout: LOAD_TIMEOUT,
        }
    }
}

/// A store as one layer of settings for each label.
///
/// `load` may be called as often as one likes: it asks the store when the interval has passed and answers "unchanged"
/// in between. After a failure it waits longer and longer, and says so; before the first success it always asks.
pub struct AppConfigurationSource {
    client: Client,
    secrets: Arc<dyn SecretReader>,
    options: AppConfigurationOptions,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    schedule: Schedule,
    snapshot: Option<Snapshot>,
}

/// The content of the store at one moment.
struct Read {
    pages: Vec<Page>,
    labels: Vec<Vec<(String, Value)>>,
    sentinel: Option<String>,
}

/// The result of the last successful load.
struct Snapshot {
    pages: Vec<Page>,
    sentinel: Option<String>,
    labels: Vec<Vec<(String, Value)>>,
    secrets: HashMap<SecretUri, SecretText>,
    secrets_at: Timestamp,
    layers: Vec<SettingsLayer>,
}

impl AppConfigurationSource {
    pub fn new(
        mut options: AppConfigurationOptions,
        secrets: Arc<dyn SecretReader>,
        http: &reqwest::Client,
        clock: Arc<dyn Clock>,
    ) -> Self {
        options.refresh_interval = options.refresh_interval.max(REFRESH_INTERVAL_MIN);
        options.secret_interval = options.secret_interval.max(SECRET_INTERVAL_MIN);
        let client = Client::new(options.access.clone(), http.clone(), clock.clone());
        let state = State { schedule: Schedule::new(options.refresh_interval), snapshot: None };
        Self { client, secrets, options, clock, state: Mutex::new(state) }
    }

    /// The changes since the snapshot; `None` = none.
    async fn poll(&self, old: Option<&Snapshot>, now: Timestamp) -> Result<Option<Snapshot>, Failure> {
        let sentinel = self.sentinel().await?;
        let changed = match old {
            None => true,
            Some(old) if self.options.sentinel.is_some() => sentinel != old.sentinel,
            Some(old) => self.client.any_changed(&old.pages).await?,
        };
        let Read { pages, labels, sentinel } = match old {
            Some(old) if !changed => {
                let since = now.micros().saturating_sub(old.secrets_at.micros());
                let due = i128::from(since) >= self.options.secret_interval.as_micros().cast_signed();
                if old.secrets.is_empty() || !due {
                    return Ok(None);
                }
                Read { pages: old.pages.clone(), labels: old.labels.clone(), sentinel }
            }
            _ => self.read_all(sentinel).await?,
        };
        let secrets = self.resolve(&labels).await?;
        let layers = self.layers(&labels, &secrets);
        Ok(Some(Snapshot { pages, sentinel, labels, secrets, secrets_at: now, layers }))
    }

    async fn sentinel(&self) -> Result<Option<String>, Failure> {
        match &self.options.sentinel {
            None => Ok(None),
            Some(sentinel) => self.client.etag(&sentinel.key, sentinel.label.as_deref()).await,
        }
    }

    /// Everything as it was at one moment: pages are read one after the other, and an edit between two of them would
    /// give half of it. Nothing may have moved when the last one is there.
    async fn read_all(&self, mut sentinel: Option<String>) -> Result<Read, Failure> {
        for _ in 0..READS_MAX {
            let (pages, labels) = self.read_once().await?;
            let seen = self.sentinel().await?;
            if seen == sentinel && !self.client.any_moved(&pages).await? {
                return Ok(Read { pages, labels, sentinel });
            }
            sentinel = seen;
        }
        let text = format!("changed while it was read, {READS_MAX} times");
        Err(ConfigurationSourceError::Unavailable(text).into())
    }

    async fn read_once(&self) -> Result<(Vec<Page>, Vec<Vec<(String, Value)>>), Failure> {
        let sentinel = self.options.sentinel.as_ref().map(|sentinel| sentinel.key.as_str());
        let (mut pages, mut labels) = (Vec::new(), Vec::new());
        for label in &self.options.labels {
            let mut items = self.client.list(label.as_deref(), &mut pages).await?;
            items.retain(|item| Some(item.key.as_str()) != sentinel);
            labels.push(values(items)?);
        }
        Ok((pages, labels))
    }

    /// Every secret that is referred to, each once.
    async fn resolve(
        &self,
        labels: &[Vec<(String, Value)>],
    ) -> Result<HashMap<SecretUri, SecretText>, Failure> {
        let mut references: HashMap<SecretUri, String> = HashMap::new();
        for (key, value) in labels.iter().flatten() {
            if let Value::Reference(uri) = value {
                references.entry(uri.clone()).or_insert_with(|| key.clone());
            }
        }
        let reads = references.into_iter().map(|(uri, key)| async move {
            let secret = self.secrets.secret(&uri).await.map_err(|error| named(&key, error))?;
            Ok::<_, Failure>((uri, secret))
        });
        futures::stream::iter(reads).buffer_unordered(READS_AT_ONCE).try_collect().await
    }

    fn layers(
        &self,
        labels: &[Vec<(String, Value)>],
        secrets: &HashMap<SecretUri, SecretText>,
    ) -> Vec<SettingsLayer> {
        let layer = |(label, values): (&Option<String>, &Vec<(String, Value)>)| {
            let named =
                label.as_ref().map_or_else(|| "no label".to_owned(), |label| format!("label {label}"));
            let text = |value: &Value| match value {
                Value::Text(text) => Some(text.clone()),
                Value::Reference(uri) => secrets.get(uri).cloned(),
            };
            SettingsLayer {
                name: format!("App Configuration ({named})"),
                values: values.iter().filter_map(|(key, value)| Some((key.clone(), text(value)?))).collect(),
            }
        };
        self.options.labels.iter().zip(labels).map(layer).collect()
    }

    async fn in_time(&self, old: Option<&Snapshot>, now: Timestamp) -> Result<Option<Snapshot>, Failure> {
        let timeout = self.options.timeout;
        tokio::time::timeout(timeout, self.poll(old, now)).await.unwrap_or_else(|_| {
            let text = format!("no answer within {} s", timeout.as_secs_f32());
            Err(ConfigurationSourceError::Unavailable(text).into())
        })
    }
}

/// The error of a reference says which setting it is.
fn named(key: &str, error: ConfigurationSourceError) -> Failure {
    let text = |text: String| format!("the reference '{key}': {text}");
    let named = match error {
        ConfigurationSourceError::Unavailable(reason) => ConfigurationSourceError::Unavailable(text(reason)),
        ConfigurationSourceError::Denied(reason) => ConfigurationSourceError::Denied(text(reason)),
        ConfigurationSourceError::Malformed(reason) => ConfigurationSourceError::Malformed(text(reason)),
    };
    named.into()
}

#[async_trait]
impl ConfigurationSource for AppConfigurationSource {
    fn name(&self) -> String {
        format!("App Configuration {}", self.options.access.endpoint())
    }

    fn back_off(&self) -> Option<Duration> {
        // A task that holds the state is asking the store right now.
        self.state.try_lock().ok()?.schedule.back_off(self.clock.now())
    }

    async fn load(&self) -> Result<Option<Vec<SettingsLayer>>, ConfigurationSourceError> {
        let mut state = self.state.lock().await;
        let state = &mut *state;
        let now = self.clock.now();
        match state.schedule.turn(now) {
            Turn::NotYet => return Ok(None),
            Turn::BackingOff { seconds, reason } => {
                let text = format!("not asked again for {seconds} s after: {reason}");
                return Err(ConfigurationSourceError::Unavailable(text));
            }
            Turn::Now => {}
        }
        match self.in_time(state.snapshot.as_ref(), now).await {
            Err(failure) => {
                if state.snapshot.is_some() {
                    state.schedule.failed(self.clock.now(), &failure);
                }
                Err(failure.error)
            }
            Ok(found) => {
                state.schedule.succeeded(self.clock.now());
                let Some(found) = found else { return Ok(None) };
                let same = state.snapshot.as_ref().is_some_and(|old| old.layers == found.layers);
                let layers = found.layers.clone();
                state.snapshot = Some(found);
                Ok((!same).then_some(layers))
            }
        }
    }
}
