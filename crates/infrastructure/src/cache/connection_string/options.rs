//! The options of a connection string, by name.

use std::time::Duration;

use super::{Password, RedisOptions, RedisStringError};

/// Longest time-out, in milliseconds; a longer one, or none, means this.
const TIMEOUT_MS_MAX: u64 = 3_600_000;
/// Highest number of a database.
const DATABASE_MAX: u32 = 65_535;

/// The options whose default depends on the rest of the string.
#[derive(Default)]
pub(super) struct Given {
    pub ssl: Option<bool>,
    pub abort_connect: Option<bool>,
    pub async_timeout: Option<Duration>,
}

/// Documented options without a meaning here: this cache has its own way of connecting, or does not do what they tune.
const IGNORED: [&str; 23] = [
    "allowAdmin",
    "checkCertificateRevocation",
    "configChannel",
    "configCheckSeconds",
    // The cache tries for ever, in the background.
    "connectRetry",
    "defaultOptions",
    "heartbeatConsistencyChecks",
    "heartbeatInterval",
    "highIntegrity",
    "highPriorityThreads",
    // The heartbeats of the cache are more frequent than any.
    "keepAlive",
    "libraryName",
    "preserveAsyncOrder",
    "protocol",
    "proxy",
    "resolveDns",
    "responseTimeout",
    "setlib",
    "sslProtocols",
    "tcpKeepAlive",
    "tieBreaker",
    "version",
    "writeBuffer",
];

type Applied = Result<(), RedisStringError>;

struct OptionDef {
    name: &'static str,
    apply: fn(&mut RedisOptions, &mut Given, &str) -> Applied,
}

const fn option(name: &'static str, apply: fn(&mut RedisOptions, &mut Given, &str) -> Applied) -> OptionDef {
    OptionDef { name, apply }
}

static OPTIONS: [OptionDef; 15] = [
    option("abortConnect", |_, given, value| {
        boolean("abortConnect", value).map(|abort| given.abort_connect = Some(abort))
    }),
    option("asyncTimeout", |_, given, value| {
        millis("asyncTimeout", value).map(|timeout| given.async_timeout = Some(timeout))
    }),
    option("channelPrefix", |options, _, value| {
        options.channel_prefix = value.to_owned();
        Ok(())
    }),
    option("connectTimeout", |options, _, value| {
        millis("connectTimeout", value).map(|timeout| options.connect_timeout = timeout)
    }),
    option("defaultDatabase", |options, _, value| {
        // -1 is how StackExchange.Redis writes that none is chosen.
        let number = if value == "-1" { Some(0) } else { value.parse().ok() };
        let number = number.filter(|number| *number <= DATABASE_MAX);
        options.default_database = number.ok_or(bad("defaultDatabase", "the number of a database"))?;
        Ok(())
    }),
    option("name", |options, _, value| {
        // The server refuses the others, so they are left out, as StackExchange.Redis does.
        let fit: String = value.chars().filter(char::is_ascii_graphic).collect();
        options.name = filled(&fit);
        Ok(())
    }),
    option("password", |options, _, value| {
        options.password = filled(value).map(Password::new);
        Ok(())
    }),
    option("sentinelPassword", |options, _, value| {
        options.sentinel_password = filled(value).map(Password::new);
        Ok(())
    }),
    option("sentinelUser", |options, _, value| {
        options.sentinel_user = filled(value);
        Ok(())
    }),
    option("serviceName", |options, _, value| {
        options.service_name = filled(value);
        Ok(())
    }),
    option("ssl", |_, given, value| boolean("ssl", value).map(|ssl| given.ssl = Some(ssl))),
    option("sslHost", |options, _, value| {
        options.ssl_host = filled(value);
        Ok(())
    }),
    option("syncTimeout", |options, _, value| {
        millis("syncTimeout", value).map(|timeout| options.sync_timeout = timeout)
    }),
    option("tunnel", |_, _, value| if value.is_empty() { Ok(()) } else { Err(RedisStringError::Tunnel) }),
    option("user", |options, _, value| {
        options.user = filled(value);
        Ok(())
    }),
];

fn filled(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| value.to_owned())
}

fn bad(option: &'static str, expected: &'static str) -> RedisStringError {
    RedisStringError::BadValue { option, expected }
}

fn boolean(option: &'static str, value: &str) -> Result<bool, RedisStringError> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Ok(true),
        "false" | "no" | "off" | "0" => Ok(false),
        _ => Err(bad(option, "true or false")),
    }
}

fn millis(option: &'static str, value: &str) -> Result<Duration, RedisStringError> {
    match value.parse::<i64>() {
        // StackExchange.Redis knows 0 and -1 for a time-out that never ends.
        Ok(0 | -1) => Ok(Duration::from_millis(TIMEOUT_MS_MAX)),
        Ok(millis) if millis > 0 => Ok(Duration::from_millis(millis.unsigned_abs().min(TIMEOUT_MS_MAX))),
        _ => Err(bad(option, "a whole number of milliseconds")),
    }
}

pub(super) fn apply(options: &mut RedisOptions, given: &mut Given, name: &str, value: &str) -> Applied {
    if let Some(command) = name.strip_prefix('$') {
        options.commands.0.insert(command.to_ascii_uppercase(), filled(value));
        return Ok(());
    }
    if let Some(def) = OPTIONS.iter().find(|def| def.name.eq_ignore_ascii_case(name)) {
        return (def.apply)(options, given, value);
    }
    match IGNORED.iter().find(|ignored| ignored.eq_ignore_ascii_case(name)) {
        Some(ignored) => {
            tracing::debug!(
                option = ignored,
                "The option {{option}} of the Redis connection string has no effect"
            );
            options.ignored.push(ignored);
            Ok(())
        }
        None => Err(RedisStringError::UnknownOption(crate::shown_keyword(name))),
    }
}
