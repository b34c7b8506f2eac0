//! Values that need more than a primitive type.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use http::Uri;

/// A value as messages and `config show` may print it; also hides an address with a password or a query in it.
pub fn shown(value: &str, secret: bool) -> String {
    let address = value.split_once("://").is_some_and(|(_, rest)| rest.contains(['@', '?']));
    if secret || address { "***".to_owned() } else { value.to_owned() }
}

/// Whether the value is a marker like `[Retrieved from Key Vault]` that some layer should have replaced.
pub fn is_placeholder(value: &str) -> bool {
    let value = value.trim();
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

/// Parses `hh:mm:ss`, `d.hh:mm:ss` or a whole number of seconds.
pub fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let (days, time) = match text.split_once('.') {
        Some((days, time)) => (days.parse::<u64>().ok()?, time),
        None => (0, text),
    };
    let mut parts = time.split(':');
    let mut part = |below: u64| parts.next()?.parse().ok().filter(|value: &u64| *value < below);
    let (hours, minutes, seconds) = (part(24)?, part(60)?, part(60)?);
    let days = days.checked_mul(86_400)?;
    parts.next().is_none().then(|| Duration::from_secs(days + hours * 3_600 + minutes * 60 + seconds))
}

/// Parses the address of a service: `https://host[:port]`, with `http://` only for this machine. The answer has no
/// final `/`. The reason of a refusal does not repeat the text, which may hold a password.
pub fn service_url(text: &str) -> Result<String, String> {
    let uri: Uri = text.trim().parse().map_err(|_| "is not an address such as https://host".to_owned())?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err("is not an address such as https://host".to_owned());
    };
    if authority.as_str().contains('@') {
        return Err("has a user or password; secrets have keys of their own".to_owned());
    }
    // The parser takes what follows '#' away, and with it the rest of a name that was put together.
    if text.contains('#') {
        return Err("has a '#', which no service's address has".to_owned());
    }
    if uri.query().is_some() {
        return Err("has a query, which is not used".to_owned());
    }
    let host = authority.host();
    let here = host == "localhost"
        || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    match scheme {
        "https" => {}
        "http" if here => {}
        _ => return Err("does not begin with https://".to_owned()),
    }
    Ok(format!("{scheme}://{authority}{}", uri.path().trim_end_matches('/')))
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
    fn addresses_with_passwords_are_not_shown() {
        assert_eq!(shown("https://u:hush@h", false), "***");
        assert_eq!(shown("https://h/?apiKey=hush", false), "***");
        assert_eq!(shown("http://*:8080", false), "http://*:8080");
    }

    #[test]
    fn placeholders_are_recognised() {
        assert!(
            is_placeholder("[Retrieved from Key Vault]") && is_placeholder(" [x] ") && is_placeholder("[]")
        );
        assert!(!is_placeholder("[a];") && !is_placeholder("["));
    }

    #[test]
    fn durations_are_seconds_or_clock_times() {
        for (text, seconds) in
            [("300", 300), ("00:05:00", 300), ("1.02:00:01", 93_601), (" 23:59:59 ", 86_399)]
        {
            assert_eq!(duration(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for bad in ["", "5m", "00:60:00", "24:00:00", "1:2", "1:2:3:4", "-1", "x.00:00:01"] {
            assert_eq!(duration(bad), None, "{bad}");
        }
    }

    #[test]
    fn services_are_reached_by_tls_or_on_this_machine() {
        assert_eq!(service_url("https://v.vault.azure.net/").unwrap(), "https://v.vault.azure.net");
        assert_eq!(service_url("http://127.0.0.1:5341/").unwrap(), "http://127.0.0.1:5341");
        assert_eq!(service_url("https://[::1]:8/x/").unwrap(), "https://[::1]:8/x");
        for bad in [
            "http://seq:5341",
            "ftp://h",
            "h",
            "https://",
            "https://u:hush@h",
            "https://h?sig=hush",
            "https://a b",
        ] {
            let reason = service_url(bad).unwrap_err();
            assert!(!reason.contains("hush"), "{reason}");
        }
    }
}
