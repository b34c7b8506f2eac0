//! The driver's settings: time-outs, encryption, whom to trust, who we are.

use std::time::Duration;

use application::ports::storage_error::{StorageError, StorageResult};
use mssql_client::{ApplicationIntent, Config, Credentials, RetryPolicy, TimeoutConfig};

use super::connection_string::{Encrypt, Login, SqlServerOptions};
use crate::system::machine_name;

/// Longest dial with login, whatever the string says; zero in the string means this.
pub const CONNECT_TIMEOUT_MAX: Duration = Duration::from_secs(120);
/// Largest answer of one statement, in bytes.
pub const RESPONSE_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Redirections of one login (row G5).
const REDIRECTS_MAX: u8 = 1;

/// How long a dial with its login may take.
pub fn connect_timeout(options: &SqlServerOptions) -> Duration {
    if options.connect_timeout.is_zero() { CONNECT_TIMEOUT_MAX } else { options.connect_timeout }
}

/// The driver's settings for these options, but for the token of an identity.
pub fn configured(options: &SqlServerOptions) -> StorageResult<Config> {
    let timeout = connect_timeout(options);
    let timeouts = TimeoutConfig::new()
        .connect_timeout(timeout)
        .tls_timeout(timeout)
        .login_timeout(timeout)
        .command_timeout(options.command_timeout);
    let mut config = Config::new()
        .host(options.host.clone())
        .port(options.port)
        .application_name(options.application_name.clone())
        .timeouts(timeouts)
        .retry(RetryPolicy::no_retry())
        .max_redirects(REDIRECTS_MAX)
        .trust_server_certificate(options.trust_server_certificate)
        .multi_subnet_failover(options.multi_subnet_failover);
    config.connect_timeout = timeout;
    config.command_timeout = options.command_timeout;
    config.packet_size = options.packet_size;
    config.max_response_size = RESPONSE_BYTES_MAX;
    config.instance = options.instance.clone();
    config = match options.encrypt {
        Encrypt::Mandatory => config.encrypt(true),
        Encrypt::Strict => config.strict_mode(true),
        // Never `no_tls`: the login, with its password or token, is encrypted on any server.
        Encrypt::Off => config.encrypt(false),
    };
    if options.read_only {
        config = config.application_intent(ApplicationIntent::ReadOnly);
    }
    if let Some(database) = &options.database {
        config = config.database(database.clone());
    }
    // The driver by itself asks a variable, which not every machine has.
    if let Some(name) = options.workstation_id.clone().or_else(machine_name) {
        config = config.workstation_id(name);
    }
    if let Login::Password { user, password } = &options.login {
        config = config.credentials(Credentials::sql_server(user.clone(), password.clone()));
    }
    if let Some(name) = &options.host_name_in_certificate {
        config.tls = config.tls.with_server_name(name.clone());
    }
    match &options.server_certificate {
        Some(file) => config.tls = config.tls.add_root_certificate_der(certificate(file)?),
        None if options.trust_server_certificate => {}
        // The driver brings Mozilla's list with it and looks at the machine's authorities only when it is told to.
        None => {
            let mut readable = rustls::RootCertStore::empty();
            for authority in rustls_native_certs::load_native_certs().certs {
                // One that makes no sense would end every connection.
                if readable.add(authority.clone()).is_ok() {
                    config.tls = config.tls.add_root_certificate_der(authority.to_vec());
                }
            }
        }
    }
    Ok(config)
}

/// The first certificate of a PEM or DER file, as DER.
fn certificate(file: &std::path::Path) -> StorageResult<Vec<u8>> {
    use base64::Engine;
    let unreadable = |reason: String| {
        StorageError::Unavailable(format!(
            "the ServerCertificate {} cannot be read: {reason}",
            file.display()
        ))
    };
    let bytes = std::fs::read(file).map_err(|error| unreadable(error.to_string()))?;
    let Ok(text) = std::str::from_utf8(&bytes) else { return Ok(bytes) };
    let body = text
        .split_once("-----BEGIN CERTIFICATE-----")
        .and_then(|(_, rest)| rest.split_once("-----END CERTIFICATE-----"))
        .map(|(body, _)| body.split_whitespace().collect::<String>())
        .ok_or_else(|| unreadable("it holds no certificate".to_owned()))?;
    base64::engine::general_purpose::STANDARD.decode(body).map_err(|error| unreadable(error.to_string()))
}
