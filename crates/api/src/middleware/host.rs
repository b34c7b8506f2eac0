//! A request of HTTP/1.1 names exactly one host (RFC 9112, 3.2): with none or two, a proxy and this server may take it for
//! different things.

use axum::Extension;
use axum::extract::Request;
use domain::error::{Phrase, Violation};
use http::Version;
use http::header::HOST;

use crate::problem::{INVALID_HEADER, Problem};

/// Marks what came over a connection; the operations of a batch are made here and need no host.
#[derive(Debug, Clone, Copy)]
pub struct FromConnection;

/// For the router that connections are served with.
pub fn from_connections() -> Extension<FromConnection> {
    Extension(FromConnection)
}

/// Why the request is refused, if it is.
pub fn refusal(request: &Request) -> Option<Problem> {
    let versioned = request.version() == Version::HTTP_11;
    if !versioned || request.extensions().get::<FromConnection>().is_none() {
        return None;
    }
    let mut hosts = request.headers().get_all(HOST).iter();
    let one = hosts.next().is_some() && hosts.next().is_none();
    (!one).then(|| {
        let violation = Violation::new(&INVALID_HEADER)
            .with("name", "Host")
            .with_phrase("expected", Phrase::new("one host", "مضيف واحد"));
        violation.at(":Host").into()
    })
}
