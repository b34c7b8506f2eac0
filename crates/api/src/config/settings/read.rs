//! Each section from its keys.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use application::ports::configuration::SecretText;
use domain::platform::attachment::ContentType;

use super::{
    Auth, Bootstrap, Cache, Database, Features, Files, Limits, Logging, RatesPerMinute, Region, RegionRole,
    Reload, SIGNING_KEYS_MAX, Settings, Shutdown, Startup, Template,
};
use crate::config::choices::{self, ConnectionChecks};
use crate::config::error::{Notice, Problem};
use crate::config::placeholder;
use crate::config::reader::Reader;
use crate::config::registry::{self as keys, KeyDef, Kind};
use crate::config::remote::RemoteLocations;
use crate::config::values;
use crate::telemetry::{Format, Level, LevelRules, Outputs, Rolling};

impl Settings {
    /// Reads every section; what is wrong is left in the reader.
    pub(in crate::config) fn read(
        reader: &mut Reader<'_>,
        checks: &ConnectionChecks,
        locations: &RemoteLocations,
    ) -> Self {
        let data_directory = PathBuf::from(reader.text(&keys::DATA_DIRECTORY).unwrap_or_default());
        let database = choices::database(reader, checks, &data_directory);
        let cache = choices::cache(reader, checks);
        let blobs = choices::blobs(reader, checks, &data_directory);
        let backup = super::backup::backup(reader, checks, &data_directory);
        choices::remote(reader, checks, locations);
        Self {
            environment: reader.environment(),
            listen: listen(reader),
            tls: super::tls(reader),
            admin: super::admin::admin(reader),
            database: Database {
                choice: database,
                workers_max: reader.optional_count(&keys::DATABASE_WORKERS),
                replicas_max: reader.count(&keys::DATABASE_REPLICAS),
                reader_connections: reader.optional_count(&keys::DATABASE_READERS),
                page_cache_mib: reader.optional_count(&keys::DATABASE_PAGE_CACHE),
                group_commit_max: reader.count(&keys::DATABASE_GROUP),
                write_queue_max: reader.count(&keys::DATABASE_QUEUE),
                busy_timeout: Duration::from_millis(reader.integer(&keys::DATABASE_BUSY)),
            },
            blobs,
            telemetry: choices::telemetry(reader),
            remote: locations.clone(),
            reload: Reload {
                interval: reader.duration(&keys::RELOAD_INTERVAL),
                app_configuration: reader.seconds(&keys::APP_CONFIG_REFRESH),
            },
            region: region(reader),
            features: features(reader),
            data_directory,
            logging: logging(reader),
            bootstrap: bootstrap(reader),
            auth: auth(reader),
            limits: limits(reader),
            cache: Cache {
                choice: cache,
                ttl_reference: reader.seconds(&keys::CACHE_TTL_REFERENCE),
                ttl_transactional: reader.seconds(&keys::CACHE_TTL_TRANSACTIONAL),
                memory_bytes: reader.integer(&keys::CACHE_MEMORY),
            },
            startup: Startup { timeout: reader.seconds(&keys::STARTUP_SECONDS) },
            shutdown: Shutdown {
                drain_delay: reader.seconds(&keys::SHUTDOWN_DRAIN),
                grace: reader.seconds(&keys::SHUTDOWN_GRACE),
            },
            files: files(reader),
            backup,
            certificates: certificates(reader),
            cors_origins: cors_origins(reader),
            proxies: super::proxies::proxies(reader),
        }
    }
}

pub(in crate::config) fn listen(reader: &mut Reader<'_>) -> Vec<SocketAddr> {
    let urls = reader.optional(&keys::URLS);
    let ports = reader.optional(&keys::HTTP_PORTS);
    let tls = reader.optional(&keys::TLS_CERTIFICATE).is_some();
    let (def, parsed): (&'static KeyDef, _) = match (urls, ports) {
        (None, Some(ports)) => (&keys::HTTP_PORTS, values::ports(&ports)),
        (Some(urls), _) => (&keys::URLS, values::listen_urls(&urls, tls)),
        // The default says where, not how.
        (None, None) => {
            (&keys::URLS, values::listen_urls(&reader.text(&keys::URLS).unwrap_or_default(), false))
        }
    };
    match parsed {
        Ok(addresses) if !addresses.is_empty() => addresses,
        Ok(_) => {
            reader.reject(def, "names no address to listen on");
            Vec::new()
        }
        Err(reason) => {
            reader.reject(def, reason);
            Vec::new()
        }
    }
}

fn region(reader: &mut Reader<'_>) -> Region {
    let mut role = |def| match reader.choice(def) {
        "Secondary" => RegionRole::Secondary,
        _ => RegionRole::Primary,
    };
    let (role, active_role) = (role(&keys::REGION_ROLE), role(&keys::REGION_ACTIVE_ROLE));
    Region { role, active_role, read_only: reader.switch(&keys::REGION_READ_ONLY) }
}

/// Levels as Serilog's settings give them: plain, or as the name of a switch (`$main`) that has one.
pub(in crate::config) fn logging(reader: &mut Reader<'_>) -> Logging {
    let mut switches = BTreeMap::new();
    for (name, word) in reader.group(&keys::LOG_SWITCHES) {
        match Level::parse(&word) {
            Some(level) => {
                switches.insert(name.trim_start_matches('$').to_lowercase(), level);
            }
            None => reader.reject_member(&keys::LOG_SWITCHES, &name, "expected a level such as Warning"),
        }
    }
    let switch = |name: &str| switches.get(&name.trim().strip_prefix('$')?.to_lowercase()).copied();
    let mut default = Level::parse(reader.choice(&keys::LOG_LEVEL)).unwrap_or(Level::Information);
    if let Some(name) = reader.optional(&keys::LOG_CONTROLLED_BY) {
        let name = format!("${}", name.trim().trim_start_matches('$'));
        match switch(&name) {
            Some(level) => default = level,
            None => reader.reject(&keys::LOG_CONTROLLED_BY, "names no switch of Serilog:LevelSwitches"),
        }
    }
    let mut overrides = Vec::new();
    for (source, word) in reader.group(&keys::LOG_OVERRIDES) {
        match Level::parse(&word).or_else(|| switch(&word)) {
            Some(level) => overrides.push((source, level)),
            None => {
                let reason =
                    "expected a level such as Warning, or a switch of Serilog:LevelSwitches such as $main";
                reader.reject_member(&keys::LOG_OVERRIDES, &source, reason);
            }
        }
    }
    Logging { levels: LevelRules::new(default, overrides), outputs: log_outputs(reader) }
}

fn log_outputs(reader: &mut Reader<'_>) -> Outputs {
    let mut format = |def| if reader.choice(def) == "Json" { Format::Json } else { Format::Text };
    let (console, file) = (format(&keys::LOG_FORMAT), format(&keys::LOG_FILE_FORMAT));
    let path = PathBuf::from(reader.text(&keys::LOG_FILE_PATH).unwrap_or_default());
    if path.file_name().is_none() {
        reader.reject(&keys::LOG_FILE_PATH, "expected the path of a file such as logs/erp-.log");
    }
    let rolling = Rolling {
        path,
        bytes_max: reader.integer(&keys::LOG_FILE_BYTES),
        files_max: reader.count(&keys::LOG_FILE_COUNT),
    };
    let enabled = reader.switch(&keys::LOG_FILE);
    Outputs { console, file: enabled.then_some((file, rolling)) }
}

fn bootstrap(reader: &mut Reader<'_>) -> Bootstrap {
    let currency = reader.text(&keys::BOOTSTRAP_CURRENCY).unwrap_or_default();
    if !domain::money::CurrencyCode::parse(&currency).is_ok_and(|code| code.is_listed()) {
        reader.reject(&keys::BOOTSTRAP_CURRENCY, "expected a code of ISO 4217 such as SAR");
    }
    let admin_email = reader.text(&keys::BOOTSTRAP_ADMIN_EMAIL);
    if admin_email.as_ref().is_some_and(|address| !address.contains('@')) {
        reader.reject(&keys::BOOTSTRAP_ADMIN_EMAIL, "expected an e-mail address");
    }
    Bootstrap {
        admin_email,
        admin_password: reader.text(&keys::BOOTSTRAP_ADMIN_PASSWORD).map(SecretText::new),
        tenant: reader.text(&keys::BOOTSTRAP_TENANT).unwrap_or_default(),
        currency,
        template: match reader.choice(&keys::BOOTSTRAP_TEMPLATE) {
            "sa-standard" => Template::SaStandard,
            _ => Template::Empty,
        },
    }
}

fn auth(reader: &mut Reader<'_>) -> Auth {
    let def = &keys::AUTH_SIGNING_KEYS;
    let length_min = if let Kind::Long(length) = def.kind { length } else { 0 };
    let members = reader.group(def);
    for (index, key) in &members {
        if key.len() < length_min {
            reader.reject_member(def, index, format!("expected at least {length_min} bytes"));
        } else if let Some(why) = placeholder::guessable(key) {
            if reader.environment().is_development() {
                reader.notice(Notice::warning(format!("A key of {} {why}: others can guess it.", def.key)));
            } else {
                let reason =
                    format!("{why}, so that others can guess it; make one with `openssl rand -base64 32`");
                reader.reject_member(def, index, reason);
            }
        }
    }
    let mut distinct: Vec<_> = members.iter().map(|(_, key)| key).collect();
    distinct.sort();
    distinct.dedup();
    if distinct.len() < members.len() {
        reader.report(Problem::new(def.key, "has the same key twice"));
    }
    if members.len() > SIGNING_KEYS_MAX {
        reader.report(Problem::new(def.key, format!("has more than {SIGNING_KEYS_MAX} keys")));
    }
    if members.is_empty() && !reader.environment().is_development() {
        let reason = format!("is required in {}: a key of at least {length_min} bytes", reader.environment());
        reader.report(Problem::new("Auth:SigningKeys:0", reason));
    }
    Auth {
        issuer: reader.text(&keys::AUTH_ISSUER).unwrap_or_default(),
        audience: reader.text(&keys::AUTH_AUDIENCE).unwrap_or_default(),
        access_token_life: Duration::from_secs(60 * reader.integer(&keys::AUTH_ACCESS_TOKEN_MINUTES)),
        refresh_token_life: Duration::from_secs(86_400 * reader.integer(&keys::AUTH_REFRESH_TOKEN_DAYS)),
        session_life: Duration::from_secs(86_400 * reader.integer(&keys::AUTH_SESSION_DAYS)),
        signing_keys: members.into_iter().map(|(_, key)| SecretText::new(key)).collect(),
        oidc: super::oidc::oidc(reader),
        lockout_failures: u32::try_from(reader.integer(&keys::AUTH_LOCKOUT_FAILURES)).unwrap_or(u32::MAX),
        lockout_duration: Duration::from_secs(60 * reader.integer(&keys::AUTH_LOCKOUT_MINUTES)),
    }
}

fn limits(reader: &mut Reader<'_>) -> Limits {
    Limits {
        body_bytes: reader.count(&keys::LIMIT_BODY),
        import_body_bytes: reader.count(&keys::LIMIT_IMPORT_BODY),
        request_timeout: reader.seconds(&keys::LIMIT_REQUEST_SECONDS),
        import_timeout: reader.seconds(&keys::LIMIT_IMPORT_SECONDS),
        connections: reader.optional_count(&keys::LIMIT_CONNECTIONS),
        head_timeout: reader.seconds(&keys::LIMIT_HEAD_SECONDS),
        keep_alive: reader.seconds(&keys::LIMIT_KEEP_ALIVE),
        concurrent_requests: reader.optional_count(&keys::LIMIT_CONCURRENT),
        transfers: reader.optional_count(&keys::LIMIT_TRANSFERS),
        bytes_in_flight: reader.optional_count(&keys::LIMIT_BYTES),
        anonymous_body: reader.seconds(&keys::LIMIT_ANONYMOUS_BODY),
        body_bytes_per_second: reader.integer(&keys::LIMIT_BODY_PACE),
        rates: RatesPerMinute {
            address: reader.integer(&keys::LIMIT_ADDRESS_RATE),
            tenant: reader.integer(&keys::LIMIT_TENANT_RATE),
            user: reader.integer(&keys::LIMIT_USER_RATE),
            sign_in_address: reader.integer(&keys::LIMIT_SIGN_IN_ADDRESS),
            sign_in_account: reader.integer(&keys::LIMIT_SIGN_IN_ACCOUNT),
        },
        batch_operations: reader.count(&keys::LIMIT_BATCH),
        event_streams: reader.count(&keys::LIMIT_EVENT_STREAMS),
        concurrent_password_hashes: reader.count(&keys::LIMIT_PASSWORD_HASHES),
    }
}

/// The certificates that operators name, and the server's own.
fn certificates(reader: &mut Reader<'_>) -> Vec<PathBuf> {
    let named = reader.group(&keys::HEALTH_CERTIFICATES).into_iter().map(|(_, file)| PathBuf::from(file));
    let own = reader.optional(&keys::TLS_CERTIFICATE).map(PathBuf::from);
    named.chain(own).collect()
}

fn cors_origins(reader: &mut Reader<'_>) -> Vec<String> {
    let mut origins = Vec::new();
    for (index, given) in reader.group(&keys::CORS_ORIGINS) {
        match values::origin(&given) {
            Some(origin) => origins.push(origin),
            None => {
                let reason = "expected scheme, host and port only, such as https://app.example.com";
                reader.reject_member(&keys::CORS_ORIGINS, &index, reason);
            }
        }
    }
    origins
}

/// If a flag is written in both notations, Microsoft's schema counts, unless `--break-glass` sets it in the other
/// one.
fn features(reader: &mut Reader<'_>) -> Features {
    let sections = reader.flags(&keys::FEATURES);
    let mut schema = reader.section(&keys::FEATURE_FLAGS);
    let broken = reader.broken_glass(&keys::FEATURES);
    let place = |key: &str| key.split(':').nth(1).unwrap_or_default().to_lowercase();
    let names_it = |(key, value): (&String, &String)| {
        let whole = broken.contains(&place(key)) && key.split(':').count() == 2;
        let piece = key.to_lowercase().ends_with(":id") && broken.contains(&value.trim().to_lowercase());
        (whole || piece).then(|| place(key))
    };
    let overruled: BTreeSet<_> = schema.iter().filter_map(names_it).collect();
    schema.retain(|key, _| !overruled.contains(&place(key)));
    Features { sections, schema }
}

fn files(reader: &mut Reader<'_>) -> Files {
    let mut types = Vec::new();
    for (index, name) in reader.group(&keys::ATTACHMENT_TYPES) {
        match ContentType::parse(&name) {
            Ok(content_type) => types.push(content_type),
            Err(_) => {
                let reason = "expected a media type such as application/pdf";
                reader.reject_member(&keys::ATTACHMENT_TYPES, &index, reason);
            }
        }
    }
    let public_url = reader.text(&keys::ATTACHMENT_PUBLIC_URL).unwrap_or_default();
    if !public_url.is_empty() && !public_url.starts_with("https://") && !public_url.starts_with("http://") {
        reader.reject(&keys::ATTACHMENT_PUBLIC_URL, "expected an address such as https://erp.example.com");
    }
    Files {
        container: reader.text(&keys::AZURE_CONTAINER).unwrap_or_default(),
        attachment_bytes: reader.integer(&keys::ATTACHMENT_BYTES),
        tenant_bytes: Some(reader.integer(&keys::ATTACHMENT_TENANT_BYTES)).filter(|limit| *limit > 0),
        types,
        download_url_life: reader.seconds(&keys::ATTACHMENT_DOWNLOAD_URL),
        upload_url_life: reader.seconds(&keys::ATTACHMENT_UPLOAD_URL),
        public_url,
    }
}
