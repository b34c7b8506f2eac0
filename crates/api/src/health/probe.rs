//! `erp-api healthcheck`: one GET over plain HTTP, for containers without curl (C8).

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

/// All the time the check may take.
const DEADLINE: Duration = Duration::from_millis(2500);
/// Enough for `HTTP/1.1 200`.
const STATUS_LINE_BYTES: usize = 12;

/// Succeeds when `GET path` at the address answers 200. Wildcard addresses are reached by loopback.
pub fn healthcheck(address: SocketAddr, path: &str) -> Result<(), String> {
    let start = Instant::now();
    let left = || {
        let left = DEADLINE.saturating_sub(start.elapsed());
        if left.is_zero() { Err("no answer in time".to_owned()) } else { Ok(left) }
    };
    let text = |error: std::io::Error| error.to_string();
    if !path.starts_with('/') || path.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(format!("'{path}' is not a path"));
    }
    let address = reachable(address);
    let mut stream = TcpStream::connect_timeout(&address, left()?).map_err(text)?;
    stream.set_write_timeout(Some(left()?)).map_err(text)?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).map_err(text)?;
    let mut line = Vec::with_capacity(STATUS_LINE_BYTES);
    while line.len() < STATUS_LINE_BYTES {
        stream.set_read_timeout(Some(left()?)).map_err(text)?;
        let mut buffer = [0; STATUS_LINE_BYTES];
        let wanted = STATUS_LINE_BYTES - line.len();
        match stream.read(&mut buffer[..wanted]).map_err(text)? {
            0 => return Err("the connection was closed without an answer".to_owned()),
            count => line.extend_from_slice(&buffer[..count]),
        }
    }
    let line = String::from_utf8_lossy(&line).into_owned();
    match line.strip_prefix("HTTP/1.1 ").or_else(|| line.strip_prefix("HTTP/1.0 ")) {
        Some("200") => Ok(()),
        Some(status) => Err(format!("answered {status}")),
        None => Err("the answer is not HTTP".to_owned()),
    }
}

/// Resolves `http://host:port`.
pub fn resolve(url: &str) -> Result<SocketAddr, String> {
    let rest = url.strip_prefix("http://").ok_or_else(|| format!("'{url}' does not begin with http://"))?;
    let authority = rest.split('/').next().unwrap_or(rest);
    let has_port = authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let authority = if has_port { authority.to_owned() } else { format!("{authority}:80") };
    let mut addresses = authority.to_socket_addrs().map_err(|error| format!("'{authority}': {error}"))?;
    addresses.next().ok_or_else(|| format!("'{authority}' has no address"))
}

fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        // Both families are listened to, or only IPv4 where there is no other.
        ip if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn answering(answer: &'static [u8]) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(answer);
            if answer.is_empty() {
                std::thread::sleep(Duration::from_secs(5));
            }
        });
        address
    }

    /// Proves: C8, X11.
    #[test]
    fn only_200_is_healthy_and_a_slow_server_is_not_waited_for() {
        assert_eq!(healthcheck(answering(b"HTTP/1.1 200 OK\r\n\r\n"), "/health/live"), Ok(()));
        let refused = healthcheck(answering(b"HTTP/1.1 503 Service Unavailable\r\n\r\n"), "/health/live");
        assert_eq!(refused, Err("answered 503".to_owned()));
        assert!(healthcheck(answering(b"SSH-2.0-OpenSSH_9"), "/health/live").is_err());
        let start = Instant::now();
        assert!(healthcheck(answering(b""), "/health/live").is_err());
        assert!(start.elapsed() < Duration::from_secs(3));
        let dead = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert!(healthcheck(dead, "/health/live").is_err());
        assert!(healthcheck(dead, "/a b").is_err());
    }

    #[test]
    fn urls_resolve() {
        assert_eq!(resolve("http://127.0.0.1:81/x").map(|a| a.to_string()), Ok("127.0.0.1:81".to_owned()));
        assert_eq!(resolve("http://[::1]").map(|a| a.port()), Ok(80));
        assert!(resolve("https://x").is_err());
        assert_eq!(reachable("0.0.0.0:9".parse().unwrap()).to_string(), "127.0.0.1:9");
    }
}
