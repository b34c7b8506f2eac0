//! Web pages must not reach a listener on loopback through the browser of their reader: a name that was made to
//! resolve to this machine (DNS rebinding) is refused. Operations that change something take JSON only, which no page
//! sends to another origin unasked.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::error::{Phrase, Violation};
use http::HeaderMap;
use http::header::HOST;

use crate::problem::{INVALID_HEADER, Problem};

pub async fn refuse_strangers(request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    if peer.is_some_and(|ip| ip.to_canonical().is_loopback()) && !names_this_machine(request.headers()) {
        let violation = Violation::new(&INVALID_HEADER)
            .with("name", "Host")
            .with_phrase("expected", Phrase::new("an IP address or localhost", "عنوان IP أو localhost"))
            .at(":Host");
        return Problem::from(violation).into_response();
    }
    next.run(request).await
}

/// Whether the request was sent to an address, or to `localhost`, and not to somebody's name for it.
fn names_this_machine(headers: &HeaderMap) -> bool {
    // Requests of HTTP/1.0 need none, and browsers send none of those.
    let Some(host) = headers.get(HOST) else { return true };
    let Ok(host) = host.to_str() else { return false };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_localhost_are_this_machine() {
        let names = |host: &str| {
            let headers = HeaderMap::from_iter([(HOST, host.parse().unwrap())]);
            names_this_machine(&headers)
        };
        for host in [
            "127.0.0.1:9090",
            "127.0.0.1",
            "[::1]:9090",
            "[::1]",
            "localhost:9090",
            "LOCALHOST",
            "10.1.2.3:9",
        ] {
            assert!(names(host), "{host}");
        }
        for host in ["rebound.example:9090", "localhost.example", "127.0.0.1.example", ""] {
            assert!(!names(host), "{host}");
        }
        assert!(names_this_machine(&HeaderMap::new()));
    }
}
