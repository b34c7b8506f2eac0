//! Redis connection strings as StackExchange.Redis writes them (B4, GV6):
//! `host:port,host:port,password=…,ssl=true,$COMMAND=renamed`.

mod endpoint;
mod options;

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::certificates::SeenCertificate;

pub use endpoint::Endpoint;
use endpoint::endpoint;

/// Port of an endpoint that names none.
pub const PORT_DEFAULT: u16 = 6379;
/// Port of an endpoint with TLS that names none.
pub const TLS_PORT_DEFAULT: u16 = 6380;
/// Port of a Sentinel that names none, with TLS or without.
pub const SENTINEL_PORT_DEFAULT: u16 = 26_379;
/// Most endpoints of one string.
pub const ENDPOINTS_MAX: usize = 100;

/// Domains of Azure Cache for Redis, which may offer a plain port beside those of TLS.
const AZURE_CACHE_DOMAINS: [&str; 6] = [
    ".redis.cache.windows.net",
    ".redis.cache.chinacloudapi.cn",
    ".redis.cache.usgovcloudapi.net",
    ".redis.cache.sovcloud-api.de",
    ".redis.cache.sovcloud-api.fr",
    ".redisenterprise.cache.azure.net",
];
/// Domains of Azure Managed Redis, which speaks TLS on every port unless the string says otherwise.
const AZURE_MANAGED_DOMAINS: [&str; 5] = [
    ".redis.azure.net",
    ".redis.chinacloudapi.cn",
    ".redis.usgovcloudapi.net",
    ".redis.sovcloud-api.de",
    ".redis.sovcloud-api.fr",
];
/// Ports on which Azure Cache for Redis speaks TLS only.
const AZURE_TLS_PORTS: [u16; 2] = [6380, 10_000];
/// Without these there is no cache.
const NEEDED: [&str; 6] = ["GET", "MGET", "PUBLISH", "SCAN", "SET", "SUBSCRIBE"];

/// Why a string cannot be used. No text repeats a value: any may be part of a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RedisStringError {
    #[error("names no endpoint; write host:port first")]
    NoEndpoint,
    #[error("names more than {ENDPOINTS_MAX} endpoints")]
    TooManyEndpoints,
    #[error("endpoint {0} is a URL; write host:port and the options behind it, separated by commas")]
    Url(usize),
    #[error("endpoint {0} is a Unix socket, which is not supported; write host:port")]
    UnixSocket(usize),
    #[error("endpoint {0} has no host; write host:port")]
    NoHost(usize),
    #[error("endpoint {0} has no valid port; write host:port with a port from 1 to 65535")]
    Port(usize),
    #[error("endpoint {0} has a user or password in it; write host:port,user=…,password=…")]
    Credentials(usize),
    #[error(
        "endpoint {0} is no host name or address; write host:port and the options behind it, separated by commas"
    )]
    BadHost(usize),
    #[error("separates its parts by ';'; separate them by ','")]
    Semicolons,
    #[error("is in quotation marks, which are part of the value here; leave them out")]
    Quoted,
    #[error("asks for a tunnel, which is not supported: the connection would go around the proxy")]
    Tunnel,
    #[error("has the unknown option '{0}'")]
    UnknownOption(String),
    #[error("option '{option}' takes {expected}")]
    BadValue { option: &'static str, expected: &'static str },
    #[error("disables the command {0}, which the cache needs")]
    NeededCommand(&'static str),
}

/// Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// A name and password that change, such as an Entra object id and token (B8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedisCredential {
    pub user: String,
    pub password: Password,
    /// How long it counts from now; connections are renewed before.
    pub valid_for: Duration,
}

/// Asked at every connection and again before what it gave ends.
#[async_trait]
pub trait RedisCredentials: Send + Sync {
    /// The error's text says why, without secrets.
    async fn current(&self) -> Result<RedisCredential, String>;
}

/// The names of commands on a server that has renamed or disabled some.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommandMap(HashMap<String, Option<String>>);

impl CommandMap {
    /// The command under its name there; `None` when it is disabled.
    pub fn name<'a>(&'a self, command: &'a str) -> Option<&'a str> {
        match self.0.get(command) {
            Some(other) => other.as_deref(),
            None => Some(command),
        }
    }
    pub fn disabled(&self, command: &str) -> bool {
        self.name(command).is_none()
    }
}

/// A parsed string.
#[derive(Clone)]
pub struct RedisOptions {
    /// Never empty.
    pub endpoints: Vec<Endpoint>,
    pub tls: bool,
    /// The name the certificate must have; the endpoint's host unless given.
    pub ssl_host: Option<String>,
    pub user: Option<String>,
    pub password: Option<Password>,
    /// Whether the writer of the string wants no start without Redis. This cache always starts without, and an explicit
    /// `true` is told to the operator.
    pub abort_connect: bool,
    pub connect_timeout: Duration,
    pub sync_timeout: Duration,
    /// Longest one operation may take; the cache itself gives up sooner.
    pub async_timeout: Duration,
    pub default_database: u32,
    /// The name under which the server lists this client.
    pub name: Option<String>,
    pub channel_prefix: String,
    /// The primary's name, when the endpoints are Sentinels.
    pub service_name: Option<String>,
    /// User and password of the Sentinels themselves.
    pub sentinel_user: Option<String>,
    pub sentinel_password: Option<Password>,
    pub commands: CommandMap,
    /// Options of the string that mean nothing here.
    pub ignored: Vec<&'static str>,
    /// Certificates in PEM to trust instead of the system's.
    pub roots: Option<Arc<[u8]>>,
    /// Instead of `user` and `password`.
    pub credentials: Option<Arc<dyn RedisCredentials>>,
    /// The certificate of the server that these options led to.
    pub seen_certificate: SeenCertificate,
}

impl RedisOptions {
    fn new() -> Self {
        Self {
            endpoints: Vec::new(),
            tls: false,
            ssl_host: None,
            user: None,
            password: None,
            abort_connect: true,
            connect_timeout: Duration::from_secs(5),
            sync_timeout: Duration::from_secs(5),
            async_timeout: Duration::from_secs(5),
            default_database: 0,
            name: None,
            channel_prefix: String::new(),
            service_name: None,
            sentinel_user: None,
            sentinel_password: None,
            commands: CommandMap::default(),
            ignored: Vec::new(),
            roots: None,
            credentials: None,
            seen_certificate: SeenCertificate::default(),
        }
    }

    /// Trusts only these certificates (PEM).
    #[must_use]
    pub fn trusting(mut self, pem: &[u8]) -> Self {
        self.roots = Some(Arc::from(pem));
        self
    }

    /// Asks for user and password at each connection, instead of those of the string.
    #[must_use]
    pub fn with_credentials(mut self, credentials: Arc<dyn RedisCredentials>) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Whether these are servers of Azure, which let identities in instead of passwords.
    pub fn is_azure(&self) -> bool {
        self.endpoints.iter().any(|endpoint| is_azure(&endpoint.host))
    }

    /// Whether there is a password, or a source of one.
    pub fn has_credentials(&self) -> bool {
        self.password.is_some() || self.credentials.is_some()
    }

    /// Whether both name the same servers, so that data of one connection is valid for the other.
    pub fn same_servers(&self, other: &Self) -> bool {
        self.endpoints == other.endpoints
            && self.default_database == other.default_database
            && self.service_name == other.service_name
            && self.channel_prefix == other.channel_prefix
    }
}

impl fmt::Debug for RedisOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let endpoints: Vec<_> = self.endpoints.iter().map(ToString::to_string).collect();
        f.debug_struct("RedisOptions")
            .field("endpoints", &endpoints)
            .field("tls", &self.tls)
            .field("ssl_host", &self.ssl_host)
            .field("user", &self.user)
            .field("password", &self.password)
            .field("abort_connect", &self.abort_connect)
            .field("connect_timeout", &self.connect_timeout)
            .field("async_timeout", &self.async_timeout)
            .field("default_database", &self.default_database)
            .field("name", &self.name)
            .field("channel_prefix", &self.channel_prefix)
            .field("service_name", &self.service_name)
            .field("commands", &self.commands)
            .field("ignored", &self.ignored)
            .finish_non_exhaustive()
    }
}

fn is_azure(host: &str) -> bool {
    is_below(host, &AZURE_CACHE_DOMAINS) || is_below(host, &AZURE_MANAGED_DOMAINS)
}

fn is_below(host: &str, domains: &[&str]) -> bool {
    let host = host.to_ascii_lowercase();
    // A name may be written with the dot of the root.
    let host = host.strip_suffix('.').unwrap_or(&host);
    domains.iter().any(|domain| host.ends_with(domain))
}

/// Whether the services behind these endpoints speak TLS although the string does not say so.
fn speaks_tls(endpoints: &[(String, Option<u16>)]) -> bool {
    endpoints.iter().any(|(host, port)| {
        let tls_port = port.is_some_and(|port| AZURE_TLS_PORTS.contains(&port));
        is_below(host, &AZURE_MANAGED_DOMAINS) || (tls_port && is_below(host, &AZURE_CACHE_DOMAINS))
    })
}

impl FromStr for RedisOptions {
    type Err = RedisStringError;

    fn from_str(text: &str) -> Result<Self, RedisStringError> {
        let mut options = Self::new();
        let mut given = options::Given::default();
        let mut endpoints = Vec::new();
        let trimmed = text.trim();
        if trimmed.len() > 1 && ['"', '\''].iter().any(|q| trimmed.starts_with(*q) && trimmed.ends_with(*q)) {
            return Err(RedisStringError::Quoted);
        }
        if trimmed.contains(';') && !trimmed.contains(',') {
            return Err(RedisStringError::Semicolons);
        }
        for token in text.split(',').map(str::trim).filter(|token| !token.is_empty()) {
            match token.split_once('=') {
                Some((name, value)) if !name.trim().is_empty() => {
                    options::apply(&mut options, &mut given, name.trim(), value.trim())?;
                }
                // As in StackExchange.Redis: without a name before it, '=' is part of an endpoint.
                _ => endpoints.push(token),
            }
        }
        if endpoints.is_empty() {
            return Err(RedisStringError::NoEndpoint);
        }
        if endpoints.len() > ENDPOINTS_MAX {
            return Err(RedisStringError::TooManyEndpoints);
        }
        let numbered = endpoints.into_iter().zip(1..);
        let parsed =
            numbered.map(|(token, number)| endpoint(token, number)).collect::<Result<Vec<_>, _>>()?;
        let azure = parsed.iter().any(|(host, _)| is_azure(host));
        options.tls = given.ssl.unwrap_or_else(|| speaks_tls(&parsed));
        options.abort_connect = given.abort_connect.unwrap_or(!azure);
        if given.abort_connect == Some(true) {
            options.ignored.push("abortConnect");
        }
        options.async_timeout = given.async_timeout.unwrap_or(options.sync_timeout);
        let default = match options.service_name {
            Some(_) => SENTINEL_PORT_DEFAULT,
            None if options.tls => TLS_PORT_DEFAULT,
            None => PORT_DEFAULT,
        };
        options.endpoints =
            parsed.into_iter().map(|(host, port)| Endpoint { host, port: port.unwrap_or(default) }).collect();
        match NEEDED.into_iter().find(|command| options.commands.disabled(command)) {
            Some(command) => Err(RedisStringError::NeededCommand(command)),
            None => Ok(options),
        }
    }
}

#[cfg(test)]
mod tests;
