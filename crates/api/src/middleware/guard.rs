//! Around one operation: who asks and whether they may, how often, in which media type, with how large a body and for
//! how long. All of it before the handler reads anything.

mod bodies;
mod credentials;

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use application::authorize::{self, Access};
use application::platform::identity::{Authenticator, Identity};
use axum::body::Body;
use axum::body::HttpBody as _;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use domain::error::{Violation, Violations};
use domain::ids::UserId;
use futures::future::BoxFuture;
use http::header::{ACCEPT, ETAG, LOCATION};
use http::{Extensions, Method, StatusCode};
use tower::{Layer, Service};
use tracing::info;

use self::bodies::refuse_encoded;
use self::credentials::challenge;
pub use self::credentials::credential;
use super::body;
use super::body_limit::BodyLimit;
use super::edge::RequestInfo;
use super::pace::Pace;
use super::proxies::ClientAddress;
use super::rate::{RateLimiter, Standing};
use super::switches::Switches;
use crate::change_options::dry_run;
use crate::media::{Media, negotiate};
use crate::overload::{Class, Overload, Place, Transfer};
use crate::problem::{OVERLOADED, Problem, REQUEST_TIMEOUT};
use crate::telemetry::AUDIT;
use crate::unhurried::Unhurried;
use crate::wire::QueryPairs;

/// The verified caller, and the hash of the request where it has an idempotency key.
#[derive(Debug, Clone)]
pub struct Caller {
    pub identity: Option<Arc<Identity>>,
    pub request_hash: Option<[u8; 32]>,
    pub media: Media,
}

/// An identity that was verified already. A batch puts it on the requests of its operations, which then neither
/// authenticate again nor count against limits; nothing a client sends can set it.
#[derive(Debug, Clone)]
pub struct Verified(pub Arc<Identity>);

/// Whether an operation moves a file, which has a place of its own for as long as it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transferring {
    Never,
    /// When something else than JSON is asked for.
    Files,
    Always,
}

/// The rules of one operation.
pub struct Guard {
    pub authenticator: Arc<dyn Authenticator>,
    pub rates: Arc<RateLimiter>,
    /// Limited as signing in is.
    pub signs_in: bool,
    /// Where the operation changes something: read-only mode refuses it.
    pub switches: Option<Switches>,
    pub access: Access,
    pub body: BodyLimit,
    pub pace: Pace,
    pub overload: Overload,
    pub class: Class,
    pub transfer: Transferring,
    /// `None` for answers that stay open.
    pub timeout: Option<Duration>,
    pub offered: Vec<Media>,
    /// Parameters where no extractor of the handler checks them.
    pub parameters: Option<Vec<&'static str>>,
}

#[derive(Clone)]
pub struct GuardLayer(pub Arc<Guard>);

impl<S> Layer<S> for GuardLayer {
    type Service = Guarded<S>;
    fn layer(&self, inner: S) -> Guarded<S> {
        Guarded { inner, guard: self.0.clone() }
    }
}

#[derive(Clone)]
pub struct Guarded<S> {
    inner: S,
    guard: Arc<Guard>,
}

impl<S> Service<Request> for Guarded<S>
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let clone = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, clone);
        let guard = self.guard.clone();
        Box::pin(async move {
            let mut standing = None;
            let answered = guard.serve(inner, &mut request, &mut standing).await;
            let (parts, left) = request.into_parts();
            let held = match &answered {
                Err(problem) if problem.error().is(&OVERLOADED) => {
                    guard.overload.admission.held(body::declared(&left))
                }
                _ => Duration::ZERO,
            };
            body::read_off(left, &parts.headers, held).await;
            let mut response = answered.unwrap_or_else(IntoResponse::into_response);
            // A handler that counts for itself knows better.
            if let Some(standing) = response.extensions_mut().remove::<Standing>().or(standing) {
                standing.write(response.headers_mut());
            }
            Ok(response)
        })
    }
}

impl Guard {
    /// Leaves the request behind where it is answered before its handler is called.
    async fn serve<S>(
        &self,
        mut inner: S,
        request: &mut Request,
        standing: &mut Option<Standing>,
    ) -> Result<Response, Problem>
    where
        S: Service<Request, Response = Response, Error = Infallible>,
    {
        let batched = request.extensions().get::<Verified>().is_some();
        if !batched {
            *standing = self.count_address(request.extensions(), standing)?;
        }
        let mut place = if batched { None } else { Some(self.enter().await?) };
        // Identifying the caller may need the database, too.
        let identity = self.identify(request.headers(), request.extensions());
        let identity = match self.in_time(identity).await? {
            Ok(identity) => identity,
            Err(error) => return Ok(challenge(request.headers(), error)),
        };
        if let Some(identity) = &identity {
            if let Some(info) = request.extensions().get::<RequestInfo>() {
                info.scope.signed_in(identity.tenant.uuid(), identity.actor.user_id().map(UserId::uuid));
            }
            // The operations of a batch are counted by the batch.
            if !batched {
                *standing = self.count(identity, standing)?;
            }
            authorize::permits(&identity.permissions, identity.platform_admin, self.access).inspect_err(
                |_| info!(target: AUDIT, "A request was refused: the caller lacks the right to it"),
            )?;
        }
        if let Some(switches) = &self.switches {
            switches.may_write()?;
        }
        refuse_encoded(request.method(), request.headers())?;
        let media = negotiate(request.headers().get_all(ACCEPT), &self.offered)?;
        self.check_parameters(request)?;
        let transfer = if batched { None } else { self.transfer(media)? };
        self.limit_body(request)?;
        let _held = self.receive(request, &mut place).await?;
        if let Some(transfer) = &transfer {
            // It takes as long as the client takes.
            place = None;
            if !request.body().is_end_stream() {
                let body = std::mem::replace(request.body_mut(), Body::empty());
                let admission = self.overload.admission.clone();
                *request.body_mut() = body::breathing(body, Some(transfer.clone()), admission);
                request.extensions_mut().insert(self.unhurried());
            }
        }
        let request_hash = self.request_hash(request).await?;
        let dry = *request.method() != Method::GET && dry_run(request.uri().query()).unwrap_or(false);
        request.extensions_mut().insert(Caller { identity, request_hash, media });
        let answered = self.in_time(inner.call(std::mem::take(request))).await?;
        drop(place);
        let mut response = answered.unwrap_or_else(|never| match never {});
        if self.access == Access::PlatformAdmin && self.writes_now(dry) {
            let status = response.status().as_u16();
            info!(target: AUDIT, status, "The platform was administered: answered with {{status}}");
        }
        if dry {
            leave_nothing_behind(&mut response);
        }
        Ok(match transfer {
            Some(transfer) => {
                response.map(|body| body::kept(body, transfer, self.overload.admission.clone()))
            }
            None => response,
        })
    }

    /// The pace of long work.
    fn unhurried(&self) -> Unhurried {
        Unhurried(Arc::new(self.overload.admission.clone()))
    }

    fn writes_now(&self, dry: bool) -> bool {
        self.class == Class::Write && !dry
    }

    /// A place to run in.
    async fn enter(&self) -> Result<Place, Problem> {
        self.overload.admission.enter(self.class).await.map_err(|_| Problem::of(&OVERLOADED))
    }

    fn transfer(&self, media: Media) -> Result<Option<Transfer>, Problem> {
        let wanted = match self.transfer {
            Transferring::Never => false,
            Transferring::Files => media != Media::Json,
            Transferring::Always => true,
        };
        if !wanted {
            return Ok(None);
        }
        self.overload.transfers.enter().map(Some).map_err(|_| Problem::of(&OVERLOADED))
    }

    /// Gives a part of the request its time; that of sending it is the client's.
    async fn in_time<T>(&self, part: impl Future<Output = T>) -> Result<T, Problem> {
        let Some(limit) = self.timeout else { return Ok(part.await) };
        tokio::time::timeout(limit, part)
            .await
            .map_err(|_| Violation::new(&REQUEST_TIMEOUT).with("seconds", limit.as_secs_f32()).into())
    }

    /// Before anything is known of a request but where it comes from; within the process it comes from nowhere.
    fn count_address(
        &self,
        extensions: &Extensions,
        standing: &mut Option<Standing>,
    ) -> Result<Option<Standing>, Problem> {
        let Some(ClientAddress(address)) = extensions.get::<ClientAddress>().copied() else {
            return Ok(None);
        };
        self.rates.admit(address, self.signs_in).map_err(|refused| {
            *standing = Some(refused.standing);
            refused.problem()
        })
    }

    fn count(
        &self,
        identity: &Identity,
        standing: &mut Option<Standing>,
    ) -> Result<Option<Standing>, Problem> {
        let user = identity.actor.user_id().map(UserId::uuid);
        self.rates.take(identity.tenant.uuid(), user).map_err(|refused| {
            *standing = Some(refused.standing);
            refused.problem()
        })
    }

    fn check_parameters(&self, request: &Request) -> Result<(), Problem> {
        let (Some(allowed), Some(query)) = (&self.parameters, request.uri().query()) else { return Ok(()) };
        let mut errors = Violations::new();
        QueryPairs::parse(query)?.refuse_unknown(allowed, &mut errors);
        errors.into_result(()).map_err(Problem::from)
    }
}

/// A dry run created nothing: 200 without the address and version of what is not there.
fn leave_nothing_behind(response: &mut Response) {
    if response.status() == StatusCode::CREATED {
        *response.status_mut() = StatusCode::OK;
    }
    response.headers_mut().remove(LOCATION);
    response.headers_mut().remove(ETAG);
}
