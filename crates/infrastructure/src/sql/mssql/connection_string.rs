//! ADO.NET connection strings for SQL Server (rows B3, B7, G1–G4; vector GV7).
//!
//! Drivers read these strings differently, so this reading is the only one.

mod keywords;
mod server;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use self::keywords::Draft;
use super::super::ado;

/// Longest connection string that is read, in bytes.
pub const CONNECTION_STRING_BYTES_MAX: usize = 8_192;
/// Connections of a pool unless the string says otherwise, as in ADO.NET.
pub const POOL_MAX_DEFAULT: u32 = 100;
/// Most connections a string may ask for.
pub const POOL_LIMIT: u32 = 1_000;
const PORT_DEFAULT: u16 = 1433;
const APPLICATION_NAME: &str = "ERP-API";

/// How the login is made.
#[derive(Clone, PartialEq, Eq)]
pub enum Login {
    Password {
        user: String,
        password: String,
    },
    /// No credentials in the string: a token of the process's identity (row B7). The user id chooses an identity.
    Identity {
        client_id: Option<String>,
    },
}

/// The login without the password.
impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Password { user, .. } => write!(f, "{user} with a password"),
            Self::Identity { client_id } => {
                write!(f, "identity {}", client_id.as_deref().unwrap_or("(default)"))
            }
        }
    }
}

/// Whether the session is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encrypt {
    /// The default, also when the string says nothing: TLS for the whole session.
    Mandatory,
    /// TLS before the first TDS packet (TDS 8).
    Strict,
    /// `Encrypt=False`: only the login is encrypted, unless the server insists on more. A server that cannot encrypt at
    /// all is not dialled, so a password never goes out readable.
    Off,
}

#[derive(Clone, PartialEq, Eq)]
pub struct SqlServerOptions {
    pub host: String,
    pub port: u16,
    /// A named instance, resolved by the browser service unless a port is given.
    pub instance: Option<String>,
    pub database: Option<String>,
    pub login: Login,
    pub encrypt: Encrypt,
    pub trust_server_certificate: bool,
    pub host_name_in_certificate: Option<String>,
    /// A file with the certificate (PEM or DER) to trust beside the public roots.
    pub server_certificate: Option<PathBuf>,
    pub pool_min: u32,
    pub pool_max: u32,
    /// Whether the string says it.
    pub pool_max_named: bool,
    pub connect_timeout: Duration,
    pub command_timeout: Duration,
    /// A connection older than this is replaced; zero is never.
    pub connection_lifetime: Duration,
    pub application_name: String,
    pub workstation_id: Option<String>,
    pub packet_size: u16,
    pub read_only: bool,
    pub multi_subnet_failover: bool,
    /// Keywords that are accepted without effect, to be told once.
    pub ignored: Vec<String>,
    /// The other keywords that are read otherwise than they are written, to be logged once.
    pub remarks: Vec<String>,
}

/// The options without the password, which is never shown.
impl fmt::Debug for SqlServerOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlServerOptions")
            .field("server", &format_args!("{}:{}", self.host, self.port))
            .field("database", &self.database)
            .field("login", &self.login)
            .field("encrypt", &self.encrypt)
            .field("pool", &(self.pool_min, self.pool_max))
            .finish_non_exhaustive()
    }
}

impl Default for SqlServerOptions {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: PORT_DEFAULT,
            instance: None,
            database: None,
            login: Login::Identity { client_id: None },
            encrypt: Encrypt::Mandatory,
            trust_server_certificate: false,
            host_name_in_certificate: None,
            server_certificate: None,
            pool_min: 0,
            pool_max: POOL_MAX_DEFAULT,
            pool_max_named: false,
            connect_timeout: Duration::from_secs(15),
            command_timeout: Duration::from_secs(30),
            connection_lifetime: Duration::ZERO,
            application_name: APPLICATION_NAME.to_owned(),
            workstation_id: None,
            packet_size: 8_000,
            read_only: false,
            multi_subnet_failover: false,
            ignored: Vec::new(),
            remarks: Vec::new(),
        }
    }
}

impl SqlServerOptions {
    /// Reads a string. The error says what is wrong and never repeats a value of a credential.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > CONNECTION_STRING_BYTES_MAX {
            return Err(format!("is longer than {CONNECTION_STRING_BYTES_MAX} bytes"));
        }
        let text = text.trim();
        let quoted = |quote: char| text.len() > 1 && text.starts_with(quote) && text.ends_with(quote);
        if quoted('"') || quoted('\'') {
            return Err("is in quotation marks, which are part of the value here; leave them out".to_owned());
        }
        if text.split_once('=').is_none_or(|(keyword, _)| keyword.contains("://")) && text.contains("://") {
            return Err("is a URL; write Server=…;Database=…;User Id=…;Password=…".to_owned());
        }
        let mut draft = Draft::default();
        for (keyword, value) in ado::pairs(text)? {
            draft.set(&keyword, value)?;
        }
        draft.finish()
    }

    /// Checks that the string names a login.
    pub fn check_login(&self) -> Result<(), String> {
        match &self.login {
            Login::Password { user, .. } if user.is_empty() => {
                Err("has a Password but no User Id".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// `host:port/database`, for messages and health.
    pub fn target(&self) -> String {
        let database = self.database.as_deref().unwrap_or("(default)");
        format!("{}:{}/{database}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests;
