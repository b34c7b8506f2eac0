//! From the registry to the router: one guard an operation, one edge around everything.

use std::sync::Arc;

use application::authorize::Access;
use axum::extract::DefaultBodyLimit;
use axum::{Extension, Router};
use http::header::{
    ACCEPT_RANGES, AUTHORIZATION, CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH, LOCATION, RETRY_AFTER,
};
use http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, Version};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::describe::{Operation, Query, Size};
use super::operations::Operations;
use crate::answer::IDEMPOTENCY_REPLAYED;
use crate::change_options::{DRY_RUN, IDEMPOTENCY_KEY};
use crate::docs_page;
use crate::errors_page;
use crate::extract::Media;
use crate::middleware::body_limit::BodyLimit;
use crate::middleware::edge::{API_KEY, REQUEST_ID};
use crate::middleware::guard::{Guard, Transferring};
use crate::middleware::limits::ANONYMOUS_BODY_BYTES_MAX;
use crate::middleware::pace::Pace;
use crate::middleware::rate::{RATE_LIMIT, RATE_LIMIT_POLICY};
use crate::middleware::{EdgeLayer, GuardLayer, HttpLimits};
use crate::ops_page;
use crate::overload::{Budget, Class};
use crate::problem::{METHOD_NOT_ALLOWED, Problem, ROUTE_NOT_FOUND};
use crate::state::AppState;

/// Every operation but those that dispatch, for those that do.
#[derive(Clone)]
pub struct ApiRouter {
    pub router: Router,
    /// Most operations in one request.
    pub operations_max: usize,
}

impl Operations {
    /// The router with every layer, ready to be served.
    pub fn into_router(mut self, state: AppState, limits: &HttpLimits) -> Router {
        state.switches.rates().set(limits.rates);
        let shed = state.shed(limits.hsts);
        let (ids, observer) = (state.application.ids.clone(), self.observer.take());
        let edge = EdgeLayer::behind(limits.proxies.clone(), ids, shed, limits.hsts, observer);
        let budget = state.overload.budget.clone();
        let whole = |router: Router<AppState>| {
            router
                .fallback(|| async { Problem::of(&ROUTE_NOT_FOUND) })
                .method_not_allowed_fallback(|| async { Problem::of(&METHOD_NOT_ALLOWED) })
                .layer(edge.clone())
                .with_state(state.clone())
        };
        let mut router = std::mem::take(&mut self.plain);
        let (dispatching, ordinary): (Vec<_>, Vec<_>) =
            self.operations.iter_mut().partition(|operation| operation.dispatches);
        let mut all = None;
        for operation in ordinary.into_iter().chain(dispatching) {
            let guard = Arc::new(guard(operation, &state, limits));
            // The rest of the operation describes it in the document.
            let mut route = std::mem::take(&mut operation.route).route_layer(GuardLayer(guard));
            if matches!(operation.size, Size::Upload | Size::File) {
                // The guard's own limit counts; axum's is smaller.
                route = route.route_layer(DefaultBodyLimit::disable());
            }
            if operation.dispatches {
                let all = all.get_or_insert_with(|| ApiRouter {
                    router: whole(router.clone()),
                    operations_max: limits.batch_operations_max,
                });
                route = route.layer(Extension(all.clone()));
            }
            router = router.route(&operation.full_path(), route);
        }
        let documents = docs_page::routes(move || self.openapi());
        let pages = documents.merge(errors_page::routes()).merge(ops_page::routes());
        outermost(whole(router.merge(pages)), limits, budget)
    }
}

fn guard(operation: &Operation, state: &AppState, limits: &HttpLimits) -> Guard {
    // An operation about which nobody said anything is open to nobody but the platform's administrators.
    let access = operation.access.unwrap_or(Access::PlatformAdmin);
    let body = match operation.size {
        Size::Ordinary if access == Access::Public => BodyLimit {
            name: "anonymous_body_bytes_max",
            bytes_max: limits.body_bytes_max.min(ANONYMOUS_BODY_BYTES_MAX),
            buffered: true,
        },
        Size::Ordinary => {
            BodyLimit { name: "body_bytes_max", bytes_max: limits.body_bytes_max, buffered: true }
        }
        Size::Large => {
            BodyLimit { name: "large_body_bytes_max", bytes_max: limits.large_body_bytes_max, buffered: true }
        }
        Size::Upload => {
            BodyLimit { name: "upload_bytes_max", bytes_max: limits.upload_bytes_max, buffered: false }
        }
        Size::File => BodyLimit {
            name: "attachment_bytes_max",
            bytes_max: limits.attachment_bytes_max,
            buffered: false,
        },
    };
    let timeout = if operation.long { limits.long_request_timeout } else { limits.request_timeout };
    let parameters = match operation.query {
        Query::None if operation.command => Some(vec![DRY_RUN]),
        Query::None => Some(Vec::new()),
        Query::Declared(_) | Query::List(..) => None,
    };
    Guard {
        authenticator: state.authenticator.clone(),
        rates: state.switches.rates(),
        signs_in: operation.signs_in,
        switches: operation.writes.then(|| state.switches.clone()),
        access,
        body,
        pace: pace(operation, access, limits),
        overload: state.overload.clone(),
        class: if operation.writes || operation.dispatches { Class::Write } else { Class::Read },
        transfer: transferring(operation),
        timeout: (!operation.open_ended).then_some(timeout),
        offered: operation.media.clone(),
        parameters,
    }
}

/// How long a body may take. What is streamed into a store or a parser may take as long as its pace allows; a handler that
/// waits for it has its own time.
fn pace(operation: &Operation, access: Access, limits: &HttpLimits) -> Pace {
    let buffered = matches!(operation.size, Size::Ordinary | Size::Large);
    let longest = match (buffered, access) {
        (false, _) => None,
        (true, Access::Public) => Some(limits.anonymous_body),
        (true, _) if operation.long => Some(limits.long_request_timeout),
        (true, _) => Some(limits.request_timeout),
    };
    Pace { grace: limits.body_grace, bytes_per_second_min: limits.body_bytes_per_second_min, longest }
}

fn transferring(operation: &Operation) -> Transferring {
    let streams_events = operation.media.contains(&Media::EventStream);
    if matches!(operation.size, Size::Upload | Size::File) || (operation.open_ended && !streams_events) {
        Transferring::Always
    } else if operation
        .media
        .iter()
        .any(|media| matches!(media, Media::Csv | Media::Xlsx | Media::Pdf | Media::NdJson))
    {
        Transferring::Files
    } else {
        Transferring::Never
    }
}

/// Compression and cross-origin rules, only where they are switched on: each costs every request a little.
fn outermost(mut router: Router, limits: &HttpLimits, budget: Budget) -> Router {
    if limits.gzip_bytes_min > 0 {
        let worth_it = SizeAbove::new(u64::from(limits.gzip_bytes_min))
            .and(NotForContentType::const_new("text/event-stream"))
            .and(NotForContentType::IMAGES)
            .and(NotForContentType::const_new("application/pdf"))
            .and(NotForContentType::const_new("application/vnd.openxmlformats"))
            // Content with a checksum, of which parts can be requested, is sent as it is.
            .and(|_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions| {
                !headers.contains_key(ACCEPT_RANGES)
            })
            // Its state takes more memory than most answers.
            .and(move |_: StatusCode, _: Version, _: &HeaderMap, _: &Extensions| !budget.is_tight());
        router = router.layer(CompressionLayer::new().compress_when(worth_it));
    }
    if !limits.cors_origins.is_empty() {
        router = router.layer(cors(&limits.cors_origins));
    }
    router
}

fn cors(origins: &[String]) -> CorsLayer {
    let origin = if origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()))
    };
    CorsLayer::new()
        .allow_origin(origin)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            AUTHORIZATION,
            CONTENT_TYPE,
            IF_MATCH,
            IF_NONE_MATCH,
            http::header::ACCEPT_LANGUAGE,
            API_KEY,
            IDEMPOTENCY_KEY,
            REQUEST_ID,
        ])
        .expose_headers([
            ETAG,
            LOCATION,
            RETRY_AFTER,
            REQUEST_ID,
            IDEMPOTENCY_REPLAYED,
            RATE_LIMIT,
            RATE_LIMIT_POLICY,
        ])
        .max_age(std::time::Duration::from_secs(3_600))
}
