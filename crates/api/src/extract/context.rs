//! The request context: who asks, how, and with which guards.

use std::convert::Infallible;
use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;

use application::context::{IDEMPOTENCY_KEY_LENGTH_MAX, IdempotencyKey, IfMatch, RequestContext};
use application::error::{AppError, UNAUTHENTICATED};
use application::ports::batch::BatchHandle;
use axum::extract::FromRequestParts;
use domain::error::{Language, Phrase, Violation, Violations};
use http::header::IF_MATCH;
use http::request::Parts;
use http::{HeaderMap, Method};

use super::etag;
use crate::change_options::{IDEMPOTENCY_KEY, dry_run};
use crate::middleware::{Caller, ClientAddress, RequestInfo};
use crate::problem::{INVALID_HEADER, Problem};

/// The context of an authenticated request.
#[derive(Debug, Clone)]
pub struct Ctx(pub RequestContext);

impl Deref for Ctx {
    type Target = RequestContext;
    fn deref(&self) -> &RequestContext {
        &self.0
    }
}

impl<S: Sync> FromRequestParts<S> for Ctx {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Caller>();
        let Some(identity) = caller.and_then(|caller| caller.identity.as_ref()) else {
            return Err(AppError::of(&UNAUTHENTICATED).into());
        };
        let visitor = visitor(parts);
        let mut errors = Violations::new();
        let changes = parts.method != Method::GET && parts.method != Method::HEAD;
        let mut context = RequestContext {
            actor: identity.actor,
            tenant: identity.tenant,
            time_zone: identity.time_zone.clone(),
            permissions: identity.permissions.clone(),
            platform_admin: identity.platform_admin,
            language: visitor.language,
            request_id: visitor.request_id,
            idempotency: None,
            if_match: None,
            dry_run: false,
            batch: parts.extensions.get::<BatchHandle>().cloned(),
        };
        if changes {
            let hash = caller.and_then(|caller| caller.request_hash);
            context.idempotency = errors.check("", idempotency(&parts.headers, hash)).flatten();
            context.if_match = errors.check("", if_match(&parts.headers)).flatten();
            context.dry_run = errors.check("", dry_run(parts.uri.query())).unwrap_or(false);
        }
        errors.into_result(Self(context)).map_err(Problem::from)
    }
}

fn idempotency(headers: &HeaderMap, hash: Option<[u8; 32]>) -> Result<Option<IdempotencyKey>, Violation> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let (Some(value), Some(request_hash)) = (values.next(), hash) else { return Ok(None) };
    if values.next().is_some() {
        return Err(bad_header("Idempotency-Key", ONE_KEY));
    }
    let is_printable = value.as_bytes().iter().all(|b| (0x20..0x7F).contains(b));
    match value.to_str() {
        Ok(key) if is_printable && (1..=IDEMPOTENCY_KEY_LENGTH_MAX).contains(&key.len()) => {
            Ok(Some(IdempotencyKey { key: key.to_owned(), request_hash }))
        }
        _ => Err(bad_header("Idempotency-Key", printable(IDEMPOTENCY_KEY_LENGTH_MAX))),
    }
}

fn if_match(headers: &HeaderMap) -> Result<Option<IfMatch>, Violation> {
    let mut values = headers.get_all(IF_MATCH).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let bad = || bad_header("If-Match", ONE_ETAG);
    let text = value.to_str().map_err(|_| bad())?.trim();
    if values.next().is_some() {
        return Err(bad());
    }
    if text == "*" {
        return Ok(Some(IfMatch::Any));
    }
    etag::version(text).map(|version| Some(IfMatch::Version(version))).ok_or_else(bad)
}

const ONE_KEY: Phrase = Phrase::new("one key", "مفتاح واحد");
const ONE_ETAG: Phrase = Phrase::new("one ETag such as \"3\", or *", "قيمة ETag واحدة مثل \"3\"، أو *");

/// The form of a header's value, as texts tell it.
pub fn printable(length_max: usize) -> Phrase {
    Phrase::made(
        format!("1 to {length_max} printable ASCII characters"),
        format!("من 1 إلى {length_max} حرفًا من أحرف ASCII المطبوعة"),
    )
}

fn bad_header(name: &'static str, expected: Phrase) -> Violation {
    Violation::new(&INVALID_HEADER)
        .with("name", name)
        .with_phrase("expected", expected)
        .at(format!(":{name}"))
}

/// Anyone who asks, signed in or not: for public operations.
#[derive(Debug, Clone)]
pub struct Visitor {
    pub request_id: Arc<str>,
    pub language: Language,
    /// The caller's address, as far as it is known.
    pub source: Option<IpAddr>,
}

impl Visitor {
    /// The caller as the application knows them.
    pub fn caller(&self) -> application::platform::ports::Caller {
        application::platform::ports::Caller {
            request_id: self.request_id.clone(),
            language: self.language,
            source: self.source,
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(visitor(parts))
    }
}

fn visitor(parts: &Parts) -> Visitor {
    let source = parts.extensions.get::<ClientAddress>().map(|client| client.0);
    match parts.extensions.get::<RequestInfo>() {
        Some(info) => Visitor { request_id: info.id.clone(), language: info.language, source },
        None => Visitor { request_id: Arc::from("-"), language: Language::English, source },
    }
}
