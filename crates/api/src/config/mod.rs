//! Configuration: flat, case-insensitive keys such as `Limits:BodyBytes` in layers, the highest one winning.
//!
//! Low to high: `appsettings.json`, `appsettings.{Environment}.json`, user-secrets, environment variables, command line
//! (`local`); then what was found through those: App Configuration, a file a secret, the vault (`remote`); and
//! `--break-glass`. Every source is a [`Layer`] with a name. [`registry`] is the only list of keys: types, defaults,
//! ranges, `config show` and `docs/CONFIG.md` follow from it. [`Settings`] are the keys as types; a [`Reloader`] keeps
//! them current in a [`LiveSettings`].

mod ado;
mod changes;
mod choices;
mod command_line;
mod decode;
mod environment;
mod error;
mod fingerprint;
mod insights;
mod json;
mod key;
mod key_per_file;
mod layers;
mod live;
mod load;
mod local;
mod placeholder;
mod reader;
mod reference;
pub mod registry;
mod reload;
mod remote;
mod schema;
mod seen;
mod settings;
mod show;
mod telemetry;
mod unknown;
mod values;

pub use choices::{
    BlobChoice, CacheChoice, ConnectionCheck, ConnectionChecks, DatabaseChoice, Otlp, Seq, Telemetry,
};
pub use command_line::{Arguments, split_arguments};
pub use environment::Environment;
pub use error::{ConfigErrors, EXIT_CONFIGURATION, EXIT_UNAVAILABLE, Notice, Problem, Severity};
pub use insights::ApplicationInsights;
pub use layers::{Found, Layer, Layers, Scope};
pub use live::LiveSettings;
#[cfg(test)]
pub(crate) use live::live_for_tests;
pub use load::{BeforeSources, Configuration, Gathered, NotLoaded, Sources};
pub use reference::reference_markdown;
pub use reload::{FILE_POLL, Reloader};
pub use remote::{
    Adapters, AppConfigurationLocation, Connect, KeyVaultLocation, RemoteLocations, RemoteSources,
    SentinelKey,
};
pub use schema::schema_json;
pub use seen::Source;
pub use settings::{
    Admin, Auth, Backup, Bootstrap, Cache, Database, Features, Files, Limits, Logging, Oidc, RatesPerMinute,
    Region, RegionRole, Reload, Settings, Shutdown, Startup, Template,
};
pub use show::{SettingState, ShownSetting};
