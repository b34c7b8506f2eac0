//! ADO.NET connection strings for SQL Server (rows B3, B7, G1–G4; vector GV7).
//!
//! `Keyword=value;` pairs, keywords in any case, blanks around both ignored; a value in single or double quotes may hold
//! `;`, and a doubled quote stands for itself. Drivers read these strings differently, so this grammar is the only one.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Longest connection string that is read, in bytes.
pub const CONNECTION_STRING_BYTES_MAX: usize = 8_192;
/// Connections of a pool unless the string says otherwise, as in ADO.NET.
pub const POOL_MAX_DEFAULT: u32 = 100;
/// Most connections a string may ask for.
pub const POOL_LIMIT: u32 = 1_000;
const PORT_DEFAULT: u16 = 1433;
const APPLICATION_NAME: &str = "ERP-API";

/// Keywords of ADO.NET that have no effect here.
const IGNORED: [&str; 23] = [
    "pooling",
    "integrated security",
    "trusted_connection",
    "multipleactiveresultsets",
    "multiple active result sets",
    "persist security info",
    "persistsecurityinfo",
    "enlist",
    "connectretrycount",
    "connect retry count",
    "connectretryinterval",
    "connect retry interval",
    "pool blocking period",
    "poolblockingperiod",
    "transaction binding",
    "type system version",
    "current language",
    "language",
    "failover partner",
    "replication",
    "user instance",
    "network library",
    "net",
];

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

/// Without the password.
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
    /// `Encrypt=False`: nothing is encrypted but, where the server insists, the login.
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
}

/// Without the password, which is never shown.
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
            connect_timeout: Duration::from_secs(15),
            command_timeout: Duration::from_secs(30),
            connection_lifetime: Duration::ZERO,
            application_name: APPLICATION_NAME.to_owned(),
            workstation_id: None,
            packet_size: 8_000,
            read_only: false,
            multi_subnet_failover: false,
            ignored: Vec::new(),
        }
    }
}

impl SqlServerOptions {
    /// Reads a string. The error says what is wrong and never repeats a value of a credential.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > CONNECTION_STRING_BYTES_MAX {
            return Err(format!("is longer than {CONNECTION_STRING_BYTES_MAX} bytes"));
        }
        let mut draft = Draft::default();
        for (keyword, value) in pairs(text)? {
            draft.set(&keyword, value)?;
        }
        draft.finish()
    }

    /// `host:port/database`, for messages and health.
    pub fn target(&self) -> String {
        let database = self.database.as_deref().unwrap_or("(default)");
        format!("{}:{}/{database}", self.host, self.port)
    }
}

/// Splits into keyword (lower case, single blanks) and value.
fn pairs(text: &str) -> Result<Vec<(String, String)>, String> {
    let mut pairs = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ';');
        if rest.is_empty() {
            return Ok(pairs);
        }
        let end = rest.find(['=', ';']).unwrap_or(rest.len());
        let keyword = rest[..end].split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let Some(after) = rest[end..].strip_prefix('=') else {
            return Err(format!("has a part without '=' after {} keyword(s)", pairs.len()));
        };
        if keyword.is_empty() {
            return Err("has a value without a keyword".to_owned());
        }
        let (value, remaining) = value(after.trim_start(), &crate::shown_keyword(&keyword))?;
        pairs.push((keyword, value));
        rest = remaining;
    }
}

/// One value and what follows it.
fn value<'a>(text: &'a str, keyword: &str) -> Result<(String, &'a str), String> {
    let Some(quote) = text.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
        let end = text.find(';').unwrap_or(text.len());
        return Ok((text[..end].trim().to_owned(), &text[end..]));
    };
    let mut out = String::new();
    let mut rest = &text[1..];
    loop {
        let Some(end) = rest.find(quote) else {
            return Err(format!("has an unclosed quotation mark in '{keyword}'"));
        };
        out.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix(quote) {
            Some(after) => {
                out.push(quote);
                rest = after;
            }
            None => break,
        }
    }
    let rest = rest.trim_start();
    if rest.is_empty() || rest.starts_with(';') {
        return Ok((out, rest));
    }
    Err(format!("has text after the closing quotation mark of '{keyword}'"))
}

#[derive(Default)]
struct Draft {
    options: SqlServerOptions,
    server: Option<String>,
    user: Option<String>,
    password: Option<String>,
    authentication: Option<String>,
}

impl Draft {
    fn set(&mut self, keyword: &str, value: String) -> Result<(), String> {
        let options = &mut self.options;
        let filled = |value: String| Some(value).filter(|value| !value.is_empty());
        match keyword {
            "server" | "data source" | "address" | "addr" | "network address" => self.server = filled(value),
            "database" | "initial catalog" => options.database = filled(value),
            "user id" | "uid" | "user" => self.user = filled(value),
            "password" | "pwd" => self.password = Some(value),
            "authentication" => self.authentication = filled(value),
            "encrypt" => options.encrypt = encrypt(&value)?,
            "trustservercertificate" | "trust server certificate" => {
                options.trust_server_certificate = boolean(keyword, &value)?;
            }
            "hostnameincertificate" | "host name in certificate" => {
                options.host_name_in_certificate = filled(value);
            }
            "servercertificate" | "server certificate" => {
                options.server_certificate = filled(value).map(PathBuf::from);
            }
            "min pool size" => options.pool_min = number(keyword, &value, 0, POOL_LIMIT)?,
            "max pool size" => options.pool_max = number(keyword, &value, 1, POOL_LIMIT)?,
            "connect timeout" | "connection timeout" | "timeout" => {
                options.connect_timeout = seconds(keyword, &value)?;
            }
            "command timeout" => options.command_timeout = seconds(keyword, &value)?,
            "load balance timeout" | "connection lifetime" => {
                options.connection_lifetime = seconds(keyword, &value)?;
            }
            "application name" | "app" => options.application_name = value,
            "workstation id" | "wsid" => options.workstation_id = filled(value),
            "packet size" => {
                options.packet_size = u16::try_from(number(keyword, &value, 512, 32_768)?).unwrap_or(8_000);
            }
            "applicationintent" | "application intent" => options.read_only = intent(&value)?,
            "multisubnetfailover" | "multi subnet failover" => {
                options.multi_subnet_failover = boolean(keyword, &value)?;
            }
            "pooling" if boolean(keyword, &value)? => {}
            "integrated security" | "trusted_connection" if boolean_or_sspi(keyword, &value)? => {
                return Err(format!(
                    "asks for '{keyword}', which needs a Windows domain; give a user id and password, or neither for \
                     the process's own identity"
                ));
            }
            _ if IGNORED.contains(&keyword) => {
                options.ignored.push(keyword.to_owned());
            }
            _ => return Err(format!("has the unknown keyword '{}'", crate::shown_keyword(keyword))),
        }
        Ok(())
    }

    fn finish(mut self) -> Result<SqlServerOptions, String> {
        let server = self.server.take().ok_or("names no Server")?;
        let options = &mut self.options;
        let address = server.strip_prefix("tcp:").unwrap_or(&server);
        let (address, port) = match address.split_once(',') {
            Some((address, port)) => {
                let port = port.trim().parse().ok().filter(|port| *port != 0);
                (address.trim(), Some(port.ok_or("has a Server whose port is not a number from 1 to 65535")?))
            }
            None => (address.trim(), None),
        };
        let (host, instance) = match address.split_once('\\') {
            Some((host, instance)) => (host, Some(instance.to_owned())),
            None => (address, None),
        };
        options.host = match host.trim() {
            "" => return Err("has a Server without a host".to_owned()),
            "." | "(local)" => "localhost".to_owned(),
            host => host.to_owned(),
        };
        options.port = port.unwrap_or(PORT_DEFAULT);
        options.instance = instance.filter(|instance| !instance.is_empty() && port.is_none());
        if options.pool_min > options.pool_max {
            // ADO.NET refuses it; a minimum above an overlay's smaller maximum is meant as the maximum (G1).
            options.pool_min = options.pool_max;
        }
        options.login = login(self.user, self.password, self.authentication.as_deref())?;
        Ok(self.options)
    }
}

fn login(
    user: Option<String>,
    password: Option<String>,
    authentication: Option<&str>,
) -> Result<Login, String> {
    let method = authentication.unwrap_or_default().replace(' ', "").to_lowercase();
    match (method.as_str(), user, password) {
        ("" | "sqlpassword", Some(user), Some(password)) => Ok(Login::Password { user, password }),
        ("" | "sqlpassword", Some(_), None) => Err("has a User Id but no Password".to_owned()),
        ("" | "sqlpassword", None, Some(_)) => Err("has a Password but no User Id".to_owned()),
        ("sqlpassword", None, None) => {
            Err("asks for Sql Password authentication without a User Id".to_owned())
        }
        (
            ""
            | "activedirectorydefault"
            | "activedirectorymanagedidentity"
            | "activedirectorymsi"
            | "activedirectoryworkloadidentity",
            user,
            None,
        ) => Ok(Login::Identity { client_id: user }),
        (_, _, Some(_)) if method.starts_with("activedirectory") => {
            Err("has a Password, which this Authentication does not take".to_owned())
        }
        _ => Err(format!(
            "asks for the Authentication '{}', which is not supported",
            authentication.unwrap_or("")
        )),
    }
}

fn encrypt(value: &str) -> Result<Encrypt, String> {
    match value.to_lowercase().as_str() {
        "true" | "yes" | "mandatory" => Ok(Encrypt::Mandatory),
        "strict" => Ok(Encrypt::Strict),
        "false" | "no" | "optional" => Ok(Encrypt::Off),
        _ => Err("has an Encrypt that is not True, False or Strict".to_owned()),
    }
}

fn intent(value: &str) -> Result<bool, String> {
    match value.to_lowercase().as_str() {
        "readonly" => Ok(true),
        "readwrite" => Ok(false),
        _ => Err("has an ApplicationIntent that is not ReadOnly or ReadWrite".to_owned()),
    }
}

fn boolean(keyword: &str, value: &str) -> Result<bool, String> {
    match value.to_lowercase().as_str() {
        "true" | "yes" => Ok(true),
        "false" | "no" => Ok(false),
        _ => Err(format!("has a '{keyword}' that is neither True nor False")),
    }
}

fn boolean_or_sspi(keyword: &str, value: &str) -> Result<bool, String> {
    if value.eq_ignore_ascii_case("sspi") { Ok(true) } else { boolean(keyword, value) }
}

fn number(keyword: &str, value: &str, min: u32, max: u32) -> Result<u32, String> {
    let number = value.parse().ok().filter(|number| (min..=max).contains(number));
    number.ok_or_else(|| format!("has a '{keyword}' that is not a whole number from {min} to {max}"))
}

fn seconds(keyword: &str, value: &str) -> Result<Duration, String> {
    number(keyword, value, 0, 86_400).map(|seconds| Duration::from_secs(seconds.into()))
}

#[cfg(test)]
#[path = "connection_string_tests.rs"]
mod tests;
