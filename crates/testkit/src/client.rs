//! A client of the API.

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

/// One answer, read whole.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
    pub fn etag(&self) -> String {
        self.header("etag").to_owned()
    }
    /// The problem's code.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
    /// `(pointer, parameter or header; code)` of each listed error.
    pub fn errors(&self) -> Vec<(String, String)> {
        let errors = self.json()["errors"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let place = |e: &Value| text(&e["pointer"]).or(text(&e["parameter"])).or(text(&e["header"]));
        errors.iter().map(|e| (place(e).unwrap_or_default(), text(&e["code"]).unwrap_or_default())).collect()
    }
    /// Fails the test with the body unless the status is this one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self
    }
    /// The JSON of a 2xx answer.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(self.status.is_success(), "{}: {}", self.status, self.text());
        if self.body.is_empty() { Value::Null } else { self.json() }
    }
}

/// Calls the router as one user.
#[derive(Clone)]
pub struct Client {
    router: Router,
    token: Option<String>,
}

impl Client {
    pub fn new(router: Router, token: Option<String>) -> Self {
        Self { router, token }
    }

    /// The user's client at another process.
    pub fn at(&self, router: Router) -> Self {
        Self { router, token: self.token.clone() }
    }

    /// `path` below `/api/v1` (or whole, when it begins otherwise); `headers` as `Name: value`.
    pub async fn call(&self, method: &str, path: &str, headers: &[&str], body: impl Into<Body>) -> Answer {
        let whole = path.starts_with("/api/") || path.starts_with("/health") || path.starts_with("/docs");
        let uri = if whole || path == "/openapi.json" { path.to_owned() } else { format!("/api/v1{path}") };
        let mut request = Request::builder().method(method).uri(uri);
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let mut typed = false;
        for line in headers {
            let (name, value) = line.split_once(": ").unwrap();
            typed |= name.eq_ignore_ascii_case("content-type");
            request = request.header(name, value);
        }
        if !typed && matches!(method, "POST" | "PUT" | "PATCH") {
            request = request.header("Content-Type", "application/json");
        }
        let response = self.router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map(|body| body.to_bytes().to_vec()).unwrap_or_default();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// The body of a stream of events, to be read piece by piece.
    pub async fn stream(&self, path: &str) -> Body {
        self.unread(path, "text/event-stream").await
    }
    /// An answer of this media type that nobody has read yet.
    pub async fn unread(&self, path: &str, accept: &str) -> Body {
        let request = Request::get(format!("/api/v1{path}"))
            .header("Authorization", format!("Bearer {}", self.token.as_deref().unwrap_or_default()))
            .header("Accept", accept);
        let response = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), 200);
        response.into_body()
    }

    /// Somebody who is not signed in, at the same process.
    pub fn signed_out(&self) -> Self {
        Self { router: self.router.clone(), token: None }
    }

    pub fn token(&self) -> Option<String> {
        self.token.clone()
    }
    pub async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, &[], Body::empty()).await
    }
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, &[], body.to_string()).await
    }
    /// A POST, PATCH, PUT or DELETE with `If-Match`.
    pub async fn with_etag(&self, method: &str, path: &str, etag: &str, body: Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.call(method, path, &[&format!("If-Match: {etag}")], body).await
    }
}
