//! The options of a connection string, by name.

use std::time::Duration;

use super::{Password, RedisOptions, RedisStringError};

/// Longest time-out, in milliseconds: longer ones are typing errors.
const TIMEOUT_MS_MAX: u64 = 3_600_000;
/// Highest number of a database.
const DATABASE_MAX: u32 = 65_535;

/// What has a default that depends on the rest of the string.
#[derive(Default)]
pub(super) struct Given {
    pub ssl: Option<bool>,
    pub abort_connect: Option<bool>,
    pub async_timeout: Option<Duration>,
}

/// Documented options without a meaning here: this cache has its own way of connecting, or does not do what they tune.
const IGNORED: [&str; 21] = [
    "allowAdmin",
    "checkCertificateRevocation",
    "configChannel",
    "configCheckSeconds",
    "defaultOptions",
    "heartbeatConsistencyChecks",
    "heartbeatInterval",
    "highIntegrity",
    "highPriorityThreads",
    "libraryName",
    "preserveAsyncOrder",
    "protocol",
    "proxy",
    "resolveDns",
    "responseTimeout",
    "setlib",
    "sslProtocols",
    "tieBreaker",
    "tunnel",
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

static OPTIONS: [OptionDef; 14] = [
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
    option("connectRetry", |options, _, value| {
        let retry = value.parse().map_err(|_| bad("connectRetry", "a whole number"))?;
        options.connect_retry = retry;
        Ok(())
    }),
    option("connectTimeout", |options, _, value| {
        millis("connectTimeout", value).map(|timeout| options.connect_timeout = timeout)
    }),
    option("defaultDatabase", |options, _, value| {
        let number = value.parse().ok().filter(|number| *number <= DATABASE_MAX);
        options.default_database = number.ok_or(bad("defaultDatabase", "the number of a database"))?;
        Ok(())
    }),
    option("keepAlive", |options, _, value| {
        let seconds: i64 = value.parse().map_err(|_| bad("keepAlive", "a whole number of seconds"))?;
        options.keep_alive = u64::try_from(seconds).ok().filter(|s| *s > 0).map(Duration::from_secs);
        Ok(())
    }),
    option("name", |options, _, value| {
        // The server refuses others: blanks and line feeds would break its list of clients.
        let fit = value.bytes().all(|byte| (0x21..0x7F).contains(&byte));
        options.name = filled(value);
        if fit { Ok(()) } else { Err(bad("name", "printable characters without blanks")) }
    }),
    option("password", |options, _, value| {
        options.password = filled(value).map(Password::new);
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
    match value.parse::<u64>() {
        Ok(millis) if (1..=TIMEOUT_MS_MAX).contains(&millis) => Ok(Duration::from_millis(millis)),
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
