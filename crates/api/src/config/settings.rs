//! The configuration as typed sections, handed out by value.

mod admin;
mod backup;
mod oidc;
mod proxies;
mod read;
mod tls;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use application::ports::configuration::SecretText;
use domain::platform::attachment::ContentType;

pub(super) use admin::admin;
pub use backup::Backup;
pub use oidc::Oidc;
pub(super) use read::{listen, logging};
pub(super) use tls::tls;

use super::choices::{BlobChoice, CacheChoice, DatabaseChoice, Telemetry};
use super::environment::Environment;
use super::error::{ConfigErrors, Problem};
use super::registry as keys;
use super::remote::RemoteLocations;
use crate::middleware::Proxies;
use crate::serving::TlsFiles;
use crate::telemetry::{LevelRules, Outputs};

/// Keys that verify tokens at the same time: the one that signs, the next one, and those being retired.
pub const SIGNING_KEYS_MAX: usize = 4;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub environment: Environment,
    pub listen: Vec<SocketAddr>,
    /// The files of the certificate, where no proxy ends TLS.
    pub tls: Option<TlsFiles>,
    pub admin: Admin,
    pub data_directory: PathBuf,
    pub database: Database,
    pub blobs: BlobChoice,
    pub telemetry: Telemetry,
    /// The addresses of this configuration's remote sources.
    pub remote: RemoteLocations,
    pub reload: Reload,
    pub region: Region,
    pub features: Features,
    pub logging: Logging,
    pub bootstrap: Bootstrap,
    pub auth: Auth,
    pub limits: Limits,
    pub cache: Cache,
    pub startup: Startup,
    pub shutdown: Shutdown,
    pub files: Files,
    pub backup: Backup,
    /// Files whose end health watches.
    pub certificates: Vec<PathBuf>,
    pub cors_origins: Vec<String>,
    pub proxies: Proxies,
}

impl Settings {
    /// The scheme of the API's addresses.
    pub fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }
}

/// The listener of operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admin {
    /// Empty: there is none.
    pub listen: Vec<SocketAddr>,
    /// Whether the server starts only with this listener: always but for the default of Development, where a second server
    /// beside the first one is nothing unusual.
    pub required: bool,
}

/// The database, and how the embedded engine is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    pub choice: DatabaseChoice,
    /// Requests that a server runs at once, of everybody.
    pub workers_max: Option<usize>,
    /// Processes of one version.
    pub replicas_max: usize,
    /// These two: `None` is derived from memory and processors.
    pub reader_connections: Option<usize>,
    pub page_cache_mib: Option<usize>,
    pub group_commit_max: usize,
    pub write_queue_max: usize,
    pub busy_timeout: Duration,
}

impl Database {
    /// The file of the embedded engine, if that is chosen.
    pub fn sqlite_file(&self) -> Option<&Path> {
        match &self.choice {
            DatabaseChoice::Sqlite(file) => Some(file),
            DatabaseChoice::SqlServer(_) => None,
        }
    }
}

/// How often sources are read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reload {
    /// All of them, give or take a tenth.
    pub interval: Duration,
    pub app_configuration: Duration,
}

/// Which of two installations this is (A5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    pub role: RegionRole,
    pub active_role: RegionRole,
    pub read_only: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegionRole {
    Primary,
    Secondary,
}

impl Region {
    /// Whether background work is this installation's to do; the leader lease decides between its replicas.
    pub fn runs_jobs(&self) -> bool {
        self.role == self.active_role && !self.read_only
    }
}

/// Feature flags as configured, by the rest of their keys (`Beta`, `Beta:EnabledFor:0:Name`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Features {
    /// Below `FeatureManagement`.
    pub sections: BTreeMap<String, String>,
    /// Below `feature_management`, Microsoft's schema.
    pub schema: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logging {
    pub levels: LevelRules,
    pub outputs: Outputs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    SaStandard,
    Empty,
}

/// The first content of an empty database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bootstrap {
    pub admin_email: Option<String>,
    pub admin_password: Option<SecretText>,
    pub tenant: String,
    pub currency: String,
    pub template: Template,
}

impl Bootstrap {
    /// To be called when the database is empty: outside Development nothing is generated, so both must be there.
    pub fn check_for_empty_database(&self, environment: Environment) -> Result<(), ConfigErrors> {
        let given = [
            (&keys::BOOTSTRAP_ADMIN_EMAIL, self.admin_email.is_some()),
            (&keys::BOOTSTRAP_ADMIN_PASSWORD, self.admin_password.is_some()),
        ];
        let missing = given.into_iter().filter(|(_, given)| !given && !environment.is_development());
        let reason = format!("is required in {environment}, because the database is empty");
        let problems: Vec<_> = missing.map(|(def, _)| Problem::new(def.key, &reason)).collect();
        if problems.is_empty() { Ok(()) } else { Err(ConfigErrors(problems, None)) }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Auth {
    pub issuer: String,
    pub audience: String,
    pub access_token_life: Duration,
    pub refresh_token_life: Duration,
    pub session_life: Duration,
    /// The first signs, all verify; empty in Development means a generated key in the data folder.
    pub signing_keys: Vec<SecretText>,
    /// Other issuers whose tokens count.
    pub oidc: Vec<Oidc>,
    pub lockout_failures: u32,
    pub lockout_duration: Duration,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    pub body_bytes: usize,
    pub import_body_bytes: usize,
    pub request_timeout: Duration,
    pub import_timeout: Duration,
    /// `None`: derived from memory and open files.
    pub connections: Option<usize>,
    pub head_timeout: Duration,
    pub keep_alive: Duration,
    /// These three: `None` is derived from memory and processors.
    pub concurrent_requests: Option<usize>,
    pub transfers: Option<usize>,
    pub bytes_in_flight: Option<usize>,
    pub anonymous_body: Duration,
    pub body_bytes_per_second: u64,
    pub rates: RatesPerMinute,
    pub batch_operations: usize,
    pub event_streams: usize,
    pub concurrent_password_hashes: usize,
}

/// Requests per minute; 0 is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RatesPerMinute {
    pub address: u64,
    pub tenant: u64,
    pub user: u64,
    pub sign_in_address: u64,
    pub sign_in_account: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache {
    pub choice: CacheChoice,
    pub ttl_reference: Duration,
    pub ttl_transactional: Duration,
    pub memory_bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Startup {
    /// How long services that are away are waited for.
    pub timeout: Duration,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shutdown {
    pub drain_delay: Duration,
    pub grace: Duration,
}

/// The store of files, and the files that are accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    pub container: String,
    pub attachment_bytes: u64,
    /// The bytes of one tenant; `None` for no limit.
    pub tenant_bytes: Option<u64>,
    /// Empty: the standard ones.
    pub types: Vec<ContentType>,
    pub download_url_life: Duration,
    pub upload_url_life: Duration,
    /// Empty: links are paths.
    pub public_url: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Layers;
    use crate::config::layers::{Layer, Scope};
    use crate::config::load::tests::{CHECKS, nowhere};
    use crate::config::reader::Reader;

    /// A documented key that nothing reads would be a promise nobody keeps.
    #[test]
    fn every_key_of_the_registry_is_read() {
        let layers = Layers::default();
        let mut reader = Reader::new(&layers, Environment::Development);
        Settings::read(&mut reader, &CHECKS, &nowhere(Environment::Staging));
        // The environment is decided before there is anything to read.
        let others = keys::ALL.iter().map(|def| def.key).filter(|key| *key != keys::ENVIRONMENT.key);
        let unread: Vec<_> = others.filter(|key| !reader.keys_read().contains(key)).collect();
        assert!(unread.is_empty(), "{unread:?}");
    }

    #[test]
    fn a_broken_glass_counts_in_whichever_notation_a_flag_is_given() {
        let lower = [
            ("feature_management:feature_flags:Beta", r#"{"id":"Beta","enabled":true}"#),
            ("feature_management:feature_flags:0:id", "Gamma"),
            ("feature_management:feature_flags:0:enabled", "true"),
            ("feature_management:feature_flags:1:id", "Delta"),
        ];
        let layer = |name: &str, pairs: &[(&str, &str)]| {
            let mut layer = Layer::new(name, Scope::Own);
            for (key, value) in pairs {
                layer.set(key, Some((*value).to_owned()));
            }
            layer
        };
        let with = |name: &str, section: &str| {
            let mut layers = Layers::default();
            layers.push(layer("environment", &lower));
            layers.push(layer(name, &[(section, "false")]));
            let mut reader = Reader::new(&layers, Environment::Development);
            Settings::read(&mut reader, &CHECKS, &nowhere(Environment::Development)).features.schema
        };
        assert_eq!(with("environment 2", "FeatureManagement:Beta").len(), 4, "the schema counts otherwise");
        let glass = crate::config::command_line::BREAK_GLASS_LAYER;
        let left = with(glass, "FeatureManagement:beta");
        assert!(left.len() == 3 && !left.contains_key("feature_flags:Beta"), "{left:?}");
        let left = with(glass, "FeatureManagement:Gamma:EnabledFor:0:Name");
        assert!(left.len() == 2 && !left.contains_key("feature_flags:0:enabled"), "{left:?}");
    }

    fn admin(environment: Environment, pairs: &[(&str, &str)]) -> Result<Admin, String> {
        let mut layer = Layer::new("environment", Scope::Own);
        for (key, value) in pairs {
            layer.set(key, Some((*value).to_owned()));
        }
        let mut layers = Layers::default();
        layers.push(layer);
        let mut reader = Reader::new(&layers, environment);
        let admin = Settings::read(&mut reader, &CHECKS, &nowhere(environment)).admin;
        let problem = reader.finish().0.into_iter().find(|problem| problem.key == "Admin:Urls");
        problem.map_or(Ok(admin), |problem| Err(problem.reason))
    }

    /// Proves: E5.
    #[test]
    fn operators_have_an_address_of_their_own() {
        use Environment::{Development, Production};
        let listens = |addresses: &[&str], required: bool| -> Result<Admin, String> {
            let listen = addresses.iter().map(|address| address.parse().unwrap()).collect();
            Ok(Admin { listen, required })
        };
        assert_eq!(admin(Production, &[]), listens(&["[::]:9090"], true));
        assert_eq!(
            admin(Development, &[]),
            listens(&["127.0.0.1:9090"], false),
            "two servers of a developer"
        );
        let own = [("Admin:Urls", "http://127.0.0.1:9")];
        assert_eq!(admin(Development, &own), listens(&["127.0.0.1:9"], true), "somebody asked for it");
        for off in ["off", " Off "] {
            assert_eq!(admin(Production, &[("Admin:Urls", off)]), listens(&[], true));
        }
        let both = [("Urls", "http://*:0;http://10.0.0.1:5"), ("Admin:Urls", "http://127.0.0.1:0")];
        assert_eq!(admin(Production, &both), listens(&["127.0.0.1:0"], true), "any free port is another one");
    }

    #[test]
    fn the_api_and_the_operators_share_no_address() {
        for (urls, own) in [
            ("http://*:9090", "http://127.0.0.1:9090"),
            ("http://127.0.0.1:9090", "http://*:9090"),
            ("http://127.0.0.1:1;http://127.0.0.1:9090", "http://127.0.0.1:9090"),
        ] {
            let refused = admin(Environment::Staging, &[("Urls", urls), ("Admin:Urls", own)]).unwrap_err();
            assert!(refused.ends_with("is an address of the API, too"), "{refused}");
        }
        for (own, reason) in [(";", "names no address"), ("https://*:1", "TLS"), ("nonsense", "http://")] {
            let refused = admin(Environment::Staging, &[("Admin:Urls", own)]).unwrap_err();
            assert!(refused.contains(reason), "{refused}");
        }
    }

    #[test]
    fn one_tenant_cannot_fill_the_store_unless_it_is_allowed_to() {
        let files = |value: Option<&str>| {
            let mut layer = Layer::new("environment", Scope::Own);
            layer.set("Attachments:TenantBytesMax", value.map(str::to_owned));
            let mut layers = Layers::default();
            layers.push(layer);
            let mut reader = Reader::new(&layers, Environment::Staging);
            Settings::read(&mut reader, &CHECKS, &nowhere(Environment::Staging)).files.tenant_bytes
        };
        assert_eq!(files(None), Some(10 * 1024 * 1024 * 1024));
        assert_eq!(files(Some("0")), None);
    }

    #[test]
    fn nothing_is_generated_outside_development() {
        let layers = Layers::default();
        let mut reader = Reader::new(&layers, Environment::Staging);
        let bootstrap = Settings::read(&mut reader, &CHECKS, &nowhere(Environment::Staging)).bootstrap;
        assert_eq!((bootstrap.template, bootstrap.currency.as_str()), (Template::Empty, "SAR"));
        assert!(bootstrap.check_for_empty_database(Environment::Development).is_ok());
        let missing = bootstrap.check_for_empty_database(Environment::Staging).unwrap_err();
        let names: Vec<_> = missing.0.iter().map(|problem| problem.key.as_str()).collect();
        assert_eq!(names, ["Bootstrap:AdminEmail", "Bootstrap:AdminPassword"]);
    }
}
