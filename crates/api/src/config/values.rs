//! Values that need more than a primitive type.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use http::Uri;
use url::Url;

/// A value as messages and `config show` may print it; also hides an address with a password or a query in it.
pub fn shown(value: &str, secret: bool) -> String {
    let address = value.split_once("://").is_some_and(|(_, rest)| rest.contains(['@', '?']));
    if secret || address { "***".to_owned() } else { value.to_owned() }
}

/// Parses `http://127.0.0.1:8080;http://[::1]:8080`. `*` and `+` are every address of both families, `localhost` is the
/// loopback address of each. With TLS every address begins with `https://`, otherwise none does.
pub fn listen_urls(text: &str, tls: bool) -> Result<Vec<SocketAddr>, String> {
    let mut addresses = Vec::new();
    for url in text.split(';').map(str::trim).filter(|url| !url.is_empty()) {
        addresses.extend(listen_url(url, tls)?);
    }
    Ok(addresses)
}

fn listen_url(url: &str, tls: bool) -> Result<Vec<SocketAddr>, String> {
    let (scheme, rest) =
        url.split_once("://").ok_or_else(|| format!("'{url}' does not begin with http://"))?;
    match scheme.to_ascii_lowercase().as_str() {
        "http" if !tls => {}
        "https" if tls => {}
        "http" => return Err(format!("'{url}' is not https://, and Tls:Certificate is set")),
        "https" => {
            return Err(format!(
                "'{url}' asks for TLS: set Tls:Certificate and Tls:Key, or write http:// where a proxy in front ends it"
            ));
        }
        _ => return Err(format!("'{url}' does not begin with http://")),
    }
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
    let ips = match host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase().as_str() {
        "" => return Err(format!("'{url}' has no host")),
        "*" | "+" => vec![IpAddr::V6(Ipv6Addr::UNSPECIFIED)],
        "localhost" => vec![IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)],
        other => vec![other.parse().map_err(|_| {
            format!("'{other}' is not an address to listen on: write an IP address, localhost or *")
        })?],
    };
    Ok(ips.into_iter().map(|ip| SocketAddr::new(ip, port)).collect())
}

/// Parses `hh:mm`, `hh:mm:ss`, `d.hh:mm:ss` or a whole number of seconds. A fraction of a second is left out.
pub fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let (days, time) = match text.split_once('.') {
        Some((days, time)) if !days.contains(':') => (days.parse::<u64>().ok()?, time),
        _ => (0, text),
    };
    let time = match time.split_once('.') {
        Some((time, fraction)) => {
            let digits = !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit());
            (digits && time.matches(':').count() == 2).then_some(time)?
        }
        None => time,
    };
    let parts: Vec<u64> = time.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let (hours, minutes, seconds) = match parts[..] {
        [hours, minutes] => (hours, minutes, 0),
        [hours, minutes, seconds] => (hours, minutes, seconds),
        _ => return None,
    };
    let days = days.checked_mul(86_400)?;
    let fits = hours < 24 && minutes < 60 && seconds < 60;
    fits.then(|| Duration::from_secs(days + hours * 3_600 + minutes * 60 + seconds))
}

/// An origin as browsers write it: scheme and host in lower case, the host in ASCII, without the scheme's own port.
pub fn origin(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    let bare = matches!(url.scheme(), "http" | "https")
        && url.username().is_empty()
        && url.password().is_none()
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && !text.trim().ends_with('/')
        && !text.contains('*');
    (bare && url.host().is_some()).then(|| url.origin().ascii_serialization())
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

/// Parses `8080;9090`, ports on every address of both families.
pub fn ports(text: &str) -> Result<Vec<SocketAddr>, String> {
    let ports = text.split([';', ',']).map(str::trim).filter(|port| !port.is_empty());
    ports
        .map(|port| match port.parse() {
            Ok(port) => Ok(SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), port)),
            Err(_) => Err(format!("'{port}' is not a port from 0 to 65535")),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves: C9.
    #[test]
    fn urls_become_addresses() {
        let addresses =
            listen_urls("HTTP://*:8080; http://[::1]:81/;http://LOCALHOST;http://0.0.0.0:82", false).unwrap();
        let shown: Vec<_> = addresses.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["[::]:8080", "[::1]:81", "127.0.0.1:80", "[::1]:80", "0.0.0.0:82"]);
        for bad in
            ["https://a:1", "a:1", "http://h/x", "http://127.0.0.1:70000", "http://:80", "http://host:1"]
        {
            assert!(listen_urls(bad, false).is_err(), "{bad}");
        }
    }

    #[test]
    fn addresses_with_passwords_are_not_shown() {
        assert_eq!(shown("https://u:hush@h", false), "***");
        assert_eq!(shown("https://h/?apiKey=hush", false), "***");
        assert_eq!(shown("http://*:8080", false), "http://*:8080");
    }

    #[test]
    fn durations_are_seconds_or_clock_times() {
        for (text, seconds) in [
            ("300", 300),
            ("00:05:00", 300),
            ("1.02:00:01", 93_601),
            (" 23:59:59 ", 86_399),
            ("00:05", 300),
            ("1:2", 3_720),
            ("00:00:30.5000000", 30),
            ("1.00:00:30.5", 86_430),
        ] {
            assert_eq!(duration(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for bad in
            ["", "5m", "00:60:00", "24:00:00", "1:2:3:4", "-1", "x.00:00:01", "00:05.5", "00:00:01.x", "1.5"]
        {
            assert_eq!(duration(bad), None, "{bad}");
        }
    }

    #[test]
    fn origins_are_written_as_browsers_write_them() {
        for (given, origin_of) in [
            ("https://App.Example.com", "https://app.example.com"),
            ("HTTPS://app.example.com:443", "https://app.example.com"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("https://münchen.example", "https://xn--mnchen-3ya.example"),
            ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
        ] {
            assert_eq!(origin(given).as_deref(), Some(origin_of), "{given}");
        }
        for bad in [
            "app.example.com",
            "ftp://a",
            "https://",
            "https://a/",
            "https://a/x",
            "https://*.a",
            "https://u@a",
            "null",
        ] {
            assert_eq!(origin(bad), None, "{bad}");
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
