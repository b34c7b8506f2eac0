//! The meaning of each keyword.

use std::path::PathBuf;
use std::time::Duration;

use super::server;
use super::{Encrypt, Login, POOL_LIMIT, PORT_DEFAULT, SqlServerOptions};

const SERVER: [&str; 6] = ["server", "data source", "datasource", "address", "addr", "network address"];
const PASSWORD: [&str; 2] = ["password", "pwd"];

/// Keywords of ADO.NET that have no effect here.
const IGNORED: [&str; 39] = [
    "attestation protocol",
    "attestationprotocol",
    "column encryption setting",
    "columnencryption",
    "connection idle timeout",
    "context connection",
    "contextconnection",
    "enclave attestation url",
    "enclaveattestationurl",
    "failover partner spn",
    "failoverpartnerspn",
    "failoverpartner",
    "ip address preference",
    "ipaddresspreference",
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
    "server spn",
    "serverspn",
    "user instance",
    "network library",
    "net",
];

/// Largest number ADO.NET reads.
const INTEGER_MAX: u32 = i32::MAX as u32;
/// The error for a string of another engine.
pub(super) const SQLITE: &str =
    "looks like a string of SQLite; write Provider=Sqlite;Data Source=<file> for the embedded engine";

/// The options read so far.
#[derive(Default)]
pub struct Draft {
    options: SqlServerOptions,
    server: Option<String>,
    user: Option<String>,
    password: Option<String>,
    authentication: Option<String>,
}

impl Draft {
    pub fn set(&mut self, keyword: &str, value: String) -> Result<(), String> {
        // ADO.NET takes a keyword without a value as not written. An empty password is one, and an empty server is this
        // machine's.
        let says_something_empty = SERVER.contains(&keyword) || PASSWORD.contains(&keyword);
        let known = if value.is_empty() && !says_something_empty {
            Self::default().apply(keyword, value).unwrap_or(true)
        } else {
            self.apply(keyword, value)?
        };
        let unknown = || format!("has the unknown keyword '{}'", crate::shown_keyword(keyword));
        if known { Ok(()) } else { Err(unknown()) }
    }

    /// False when there is no such keyword.
    fn apply(&mut self, keyword: &str, value: String) -> Result<bool, String> {
        let options = &mut self.options;
        let filled = |value: String| Some(value).filter(|value| !value.is_empty());
        match keyword {
            _ if SERVER.contains(&keyword) => self.server = Some(value),
            _ if PASSWORD.contains(&keyword) => self.password = Some(value),
            "database" | "initial catalog" => options.database = filled(value),
            "user id" | "uid" | "user" => self.user = filled(value),
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
            "min pool size" => options.pool_min = number(keyword, &value, 0, INTEGER_MAX)?.min(POOL_LIMIT),
            "max pool size" => {
                let wanted = number(keyword, &value, 1, INTEGER_MAX)?;
                (options.pool_max, options.pool_max_named) = (wanted.min(POOL_LIMIT), true);
                if wanted > POOL_LIMIT {
                    options
                        .remarks
                        .push(format!("'{keyword}' is {POOL_LIMIT} here, the most one process opens"));
                }
            }
            "connect timeout" | "connecttimeout" | "connection timeout" | "timeout" => {
                options.connect_timeout = seconds(keyword, &value)?;
            }
            "command timeout" => options.command_timeout = seconds(keyword, &value)?,
            "load balance timeout" | "connection lifetime" => {
                options.connection_lifetime = seconds(keyword, &value)?;
            }
            "application name" | "app" => options.application_name = value,
            "workstation id" | "workstationid" | "wsid" => options.workstation_id = filled(value),
            "packet size" | "packetsize" => {
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
            "column encryption setting" | "columnencryption" if !value.eq_ignore_ascii_case("disabled") => {
                return Err("asks for Always Encrypted columns, which are not supported".to_owned());
            }
            "context connection" | "contextconnection" if boolean(keyword, &value)? => {
                return Err("asks for a context connection, which only exists inside SQL Server".to_owned());
            }
            "mode" | "cache" | "filename" | "foreign keys" => return Err(SQLITE.to_owned()),
            _ if IGNORED.contains(&keyword) => {
                options.ignored.push(keyword.to_owned());
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub fn finish(mut self) -> Result<SqlServerOptions, String> {
        let server = self.server.take().ok_or("names no Server")?;
        let options = &mut self.options;
        let server = server::parse(&server)?;
        options.host = server.host;
        options.port = server.port.unwrap_or(PORT_DEFAULT);
        options.instance = server.instance.filter(|_| server.port.is_none());
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
    if matches!(
        method.as_str(),
        "activedirectoryserviceprincipal"
            | "activedirectorypassword"
            | "activedirectoryinteractive"
            | "activedirectoryintegrated"
            | "activedirectorydevicecodeflow"
    ) {
        return Err(format!(
            "asks for the Authentication '{}', which is not supported: use Active Directory Default and give the \
             process an identity, or a SQL login",
            authentication.unwrap_or_default()
        ));
    }
    match (method.as_str(), user, password) {
        ("" | "sqlpassword", Some(user), Some(password)) => Ok(Login::Password { user, password }),
        ("" | "sqlpassword", Some(_), None) => Err("has a User Id but no Password".to_owned()),
        // Read as it is; whoever logs in with it says that the user is missing.
        ("" | "sqlpassword", None, Some(password)) => Ok(Login::Password { user: String::new(), password }),
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
