//! Values that need more than a primitive type.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Text that never appears in `Debug` output or logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }
    /// The text itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

/// A value as messages and `config show` may print it.
pub fn shown(value: &str, secret: bool) -> String {
    if secret { "***".to_owned() } else { value.to_owned() }
}

/// Whether the value is a marker like `[Retrieved from Key Vault]` that some layer should have replaced.
pub fn is_placeholder(value: &str) -> bool {
    value.len() >= 2 && value.starts_with('[') && value.ends_with(']')
}

/// Parses `http://127.0.0.1:8080;http://[::1]:8080`; `*` and `+` listen on every IPv4 address.
pub fn listen_urls(text: &str) -> Result<Vec<SocketAddr>, String> {
    text.split(';').map(str::trim).filter(|url| !url.is_empty()).map(listen_url).collect()
}

fn listen_url(url: &str) -> Result<SocketAddr, String> {
    if url.starts_with("https://") {
        return Err(format!("'{url}' asks for TLS, which the proxy in front ends; write http://"));
    }
    let rest = url.strip_prefix("http://").ok_or_else(|| format!("'{url}' does not begin with http://"))?;
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    if rest.contains('/') {
        return Err(format!("'{url}' has a path; only scheme, host and port are used"));
    }
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => {
            (host, port.parse().map_err(|_| format!("'{port}' is not a port from 0 to 65535"))?)
        }
        _ => (rest, 80),
    };
    let ip = match host.trim_start_matches('[').trim_end_matches(']') {
        "" => return Err(format!("'{url}' has no host")),
        "*" | "+" => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        "localhost" => IpAddr::V4(Ipv4Addr::LOCALHOST),
        other => other.parse().map_err(|_| {
            format!("'{other}' is not an address to listen on: write an IP address, localhost or *")
        })?,
    };
    Ok(SocketAddr::new(ip, port))
}

/// Parses `8080;9090`, ports on every address.
pub fn ports(text: &str) -> Result<Vec<SocketAddr>, String> {
    let ports = text.split([';', ',']).map(str::trim).filter(|port| !port.is_empty());
    ports
        .map(|port| match port.parse() {
            Ok(port) => Ok(SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), port)),
            Err(_) => Err(format!("'{port}' is not a port from 0 to 65535")),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_become_addresses() {
        let addresses = listen_urls("http://*:8080; http://[::1]:81/;http://localhost").unwrap();
        let shown: Vec<_> = addresses.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["0.0.0.0:8080", "[::1]:81", "127.0.0.1:80"]);
        for bad in
            ["https://a:1", "a:1", "http://h/x", "http://127.0.0.1:70000", "http://:80", "http://host:1"]
        {
            assert!(listen_urls(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn secrets_do_not_show() {
        assert_eq!(format!("{:?}", Secret::new("hush")), "Secret(***)");
        assert!(is_placeholder("[Retrieved from Key Vault]") && !is_placeholder("[a];"));
    }
}
