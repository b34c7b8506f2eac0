//! The servers of a connection string.

use std::fmt;

use super::RedisStringError;

/// One server.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Endpoint {
    pub host: String,
    pub port: u16,
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            return write!(f, "[{}]:{}", self.host, self.port);
        }
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// `host`, `host:port`, `[v6]`, `[v6]:port` or an IPv6 address as it is.
pub(super) fn endpoint(token: &str, number: usize) -> Result<(String, Option<u16>), RedisStringError> {
    if token.contains("://") {
        return Err(RedisStringError::Url(number));
    }
    if token.starts_with(['!', '/']) {
        return Err(RedisStringError::UnixSocket(number));
    }
    // The text before an '@' may be a password: nothing of such an endpoint is repeated.
    if token.contains('@') {
        return Err(RedisStringError::Credentials(number));
    }
    let port = |text: &str| match text.parse::<u16>() {
        Ok(port) if port > 0 && !text.starts_with('+') => Ok(Some(port)),
        _ => Err(RedisStringError::Port(number)),
    };
    let (host, port) = if let Some(rest) = token.strip_prefix('[') {
        match rest.split_once(']') {
            Some((host, "")) => (host, None),
            Some((host, rest)) => (host, port(rest.strip_prefix(':').unwrap_or_default())?),
            None => return Err(RedisStringError::NoHost(number)),
        }
    } else if token.parse::<std::net::Ipv6Addr>().is_ok() {
        (token, None)
    } else {
        match token.rsplit_once(':') {
            Some((host, text)) => (host, port(text)?),
            None => (token, None),
        }
    };
    if host.is_empty() {
        return Err(RedisStringError::NoHost(number));
    }
    // A zone (`fe80::1%eth0`) is part of an address.
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '%');
    if !host.chars().all(plain) {
        return Err(RedisStringError::BadHost(number));
    }
    Ok((host.to_owned(), port))
}
