//! The document and its page, from the binary alone: no network, no script from elsewhere.

use std::collections::HashMap;
use std::io::{Cursor, Read as _, Write as _};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, VARY,
};
use http::{HeaderMap, HeaderValue};
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use zip::ZipArchive;

use crate::extract::etag::not_modified;
use crate::problem::{Problem, ROUTE_NOT_FOUND};
use crate::state::AppState;

pub const DOCUMENT_PATH: &str = "/openapi.json";
const FILES_PATH: &str = "/docs/{*file}";
/// Everything that [`routes`] serves; for metrics.
pub const PATHS: [&str; 5] = ["/", "/docs", "/docs/", FILES_PATH, DOCUMENT_PATH];

/// The page styles itself inline; everything else comes from the same origin.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// Something that never changes while the process runs, also compressed: once, for the first who takes it so.
struct Fixed {
    bytes: Bytes,
    gzip: OnceLock<Bytes>,
}

impl Fixed {
    fn new(bytes: impl Into<Bytes>) -> Self {
        Self { bytes: bytes.into(), gzip: OnceLock::new() }
    }

    /// The body for a request with these headers, as it is or compressed, whichever is asked for.
    fn answer(&self, asked: &HeaderMap) -> Response {
        let mut response = if takes_gzip(asked) {
            let gzip = self.gzip.get_or_init(|| compressed(&self.bytes));
            let mut response = Response::new(Body::from(gzip.clone()));
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            response
        } else {
            Response::new(Body::from(self.bytes.clone()))
        };
        response.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding"));
        response
    }
}

/// Whether `Accept-Encoding` names gzip, or anything, with a weight above zero.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let parts = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut any = false;
    for part in parts.flat_map(|value| value.split(',')) {
        let mut pieces = part.split(';').map(str::trim);
        let name = pieces.next().unwrap_or_default();
        let weight = pieces.find_map(|piece| piece.strip_prefix("q="));
        let wanted = weight.is_none_or(|weight| weight.parse::<f32>().is_ok_and(|weight| weight > 0.0));
        if name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip") {
            return wanted;
        }
        any |= name == "*" && wanted;
    }
    any
}

fn compressed(bytes: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default().into()
}

/// The document as sent, with its entity tag.
struct Document {
    fixed: Fixed,
    tag: HeaderValue,
}

impl Document {
    fn new(document: &Value) -> Self {
        let bytes = serde_json::to_vec(document).unwrap_or_default();
        let digest = Sha256::digest(&bytes);
        let tag = domain::hex::hex(&digest[..8]);
        let tag = HeaderValue::from_str(&format!("\"{tag}\"")).unwrap_or(HeaderValue::from_static("\"-\""));
        Self { fixed: Fixed::new(bytes), tag }
    }
}

/// `/` and `/docs` lead to the page, `/openapi.json` is the document.
///
/// The document is made for the first who asks: it takes tens of milliseconds and megabytes that a server which nobody
/// asks for it should not spend at its start.
pub fn routes(document: impl FnOnce() -> Value + Send + 'static) -> Router<AppState> {
    let document = Arc::new(LazyLock::new(move || Document::new(&document())));
    let assets = Assets::default();
    Router::new()
        .route("/", get(|| async { Redirect::temporary("/docs/") }))
        .route("/docs", get(|| async { Redirect::permanent("/docs/") }))
        .route(
            "/docs/",
            get({
                let assets = assets.clone();
                move |headers: HeaderMap| async move { asset(INDEX, &headers, &assets) }
            }),
        )
        .route(
            FILES_PATH,
            get(move |Path(file): Path<String>, headers: HeaderMap| async move {
                asset(&file, &headers, &assets)
            }),
        )
        .route(DOCUMENT_PATH, get(move |headers: HeaderMap| async move { open(&headers, &document) }))
}

fn open(headers: &HeaderMap, document: &Document) -> Response {
    let mut response = if not_modified(headers, &document.tag) {
        http::StatusCode::NOT_MODIFIED.into_response()
    } else {
        document.fixed.answer(headers)
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    headers.insert(ETAG, document.tag.clone());
    response
}

/// The page itself, and its file that says which document it shows.
const INDEX: &str = "index.html";
const INITIALIZER: &str = "swagger-initializer.js";

/// The page's files that were asked for, by name. There are only those that the binary holds.
type Assets = Arc<Mutex<HashMap<String, Arc<(Fixed, &'static str)>>>>;

fn asset(file: &str, asked: &HeaderMap, assets: &Assets) -> Response {
    let known = assets.lock().unwrap_or_else(PoisonError::into_inner).get(file).cloned();
    let found = match known {
        Some(found) => found,
        None => {
            let (Some(kind), Some(bytes)) = (media_type(file), unpacked(file)) else {
                return Problem::of(&ROUTE_NOT_FOUND).into_response();
            };
            let found = Arc::new((Fixed::new(bytes), kind));
            assets.lock().unwrap_or_else(PoisonError::into_inner).insert(file.to_owned(), found.clone());
            found
        }
    };
    let mut response = found.0.answer(asked);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(found.1));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    response
}

fn media_type(file: &str) -> Option<&'static str> {
    match file.rsplit_once('.')?.1 {
        "html" => Some("text/html; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "png" => Some("image/png"),
        _ => None,
    }
}

/// A file of the archive that the binary holds: unpacked, all of them would take more than twice as much.
fn unpacked(file: &str) -> Option<Vec<u8>> {
    if file == INITIALIZER {
        return Some(initializer().into_bytes());
    }
    let mut archive = ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED)).ok()?;
    // `swagger-ui-5.0.0/dist/index.html`
    let inside =
        |name: &str| name.split_once("/dist/").is_some_and(|(top, rest)| rest == file && !top.contains('/'));
    let name = archive.file_names().flatten().find(|name| inside(name))?.into_owned();
    let mut bytes = Vec::new();
    archive.by_name(&name).ok()?.read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

fn initializer() -> String {
    format!(
        r##"window.onload = () => {{
  window.ui = SwaggerUIBundle({{
    url: "{DOCUMENT_PATH}",
    dom_id: "#swagger-ui",
    deepLinking: true,
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    plugins: [SwaggerUIBundle.plugins.DownloadUrl],
    layout: "StandaloneLayout",
  }});
}};
"##
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_finds_its_files_and_nothing_else() {
        let index = String::from_utf8(unpacked(INDEX).unwrap()).unwrap();
        let named: Vec<_> = index.split(['"']).filter_map(|text| text.strip_prefix("./")).collect();
        assert!(named.len() >= 5, "{index}");
        for file in named.into_iter().chain(["index.css"]) {
            assert!(
                media_type(file).is_some() && unpacked(file).is_some_and(|bytes| !bytes.is_empty()),
                "{file}"
            );
        }
        for none in ["nothing.js", "../package.json", "dist/index.html", ".npmrc"] {
            assert!(unpacked(none).is_none(), "{none}");
        }
    }

    #[test]
    fn a_fixed_answer_is_compressed_once_for_those_who_take_it() {
        let fixed = Fixed::new("x".repeat(10_000));
        let encoding = |accepted: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.extend(accepted.map(|text| (ACCEPT_ENCODING, HeaderValue::from_static(text))));
            let answer = fixed.answer(&headers);
            answer.headers().get(CONTENT_ENCODING).map(|value| value.to_str().unwrap().to_owned())
        };
        for taken in ["gzip", "br, gzip;q=0.5", "*", "GZIP", "deflate, x-gzip"] {
            assert_eq!(encoding(Some(taken)).as_deref(), Some("gzip"), "{taken}");
        }
        for refused in [None, Some("br"), Some("gzip;q=0"), Some("*;q=0"), Some("gzip;q=0, *"), Some("")] {
            assert_eq!(encoding(refused), None, "{refused:?}");
        }
        let made = fixed.gzip.get().unwrap().as_ptr();
        encoding(Some("gzip"));
        assert_eq!(fixed.gzip.get().unwrap().as_ptr(), made);
    }
}
