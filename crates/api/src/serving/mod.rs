//! The serving loop: accepts connections up to a limit, gives each its time, and ends them in order.
//!
//! One router is shared by all connections. A connection costs little while it says nothing: it has no buffers before its
//! first byte. When all places are taken, the connection that has been idle longest gives its place to the next one, so
//! that nobody keeps the server from others by opening connections; only when none is idle is a new one refused.

mod accept;
mod limits;
mod stream;

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::header::CONNECTION;
use http::{HeaderValue, Request, Response};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio_util::task::TaskTracker;
use tower::Service;

use crate::health::{Lifecycle, Phase};
use crate::overload::{Budget, Held};
use accept::Places;
use stream::{Answering, Patient, Turn};

pub use limits::{HEAD_SECONDS_MAX, IDLE_SECONDS_MAX, Patience, connections_max};

/// What every connection is served with.
#[derive(Clone)]
pub struct Serving {
    router: Router,
    lifecycle: Lifecycle,
    budget: Budget,
    patience: Patience,
    places: Places,
    open: TaskTracker,
}

impl Serving {
    /// Answers count against `budget` until they are sent.
    pub fn new(
        router: Router,
        lifecycle: Lifecycle,
        budget: Budget,
        connections_max: usize,
        patience: Patience,
    ) -> Self {
        // The state goes in once, not at each connection.
        let router = router.with_state(());
        let places = Places::new(connections_max);
        Self { router, lifecycle, budget, patience, places, open: TaskTracker::new() }
    }

    /// Serves a listener until `stopped`; then no connection is accepted any more and this ends. Several listeners share
    /// the limit.
    pub async fn run(self, listener: TcpListener, stopped: watch::Receiver<bool>) {
        let mut stop = stopped.clone();
        let serving = self.clone();
        let stopping = stopped.clone();
        let accepting = accept::accept(&listener, &self.places, move |stream, place| {
            serving.open.spawn(serving.clone().connection(stream, place, stopping.clone()));
        });
        tokio::select! {
            () = told(&mut stop) => {}
            () = accepting => {}
        }
    }

    /// Waits until every connection has ended: requests in progress are finished, idle connections closed at once.
    pub async fn ended(&self) {
        self.open.close();
        self.open.wait().await;
    }

    async fn connection(
        self,
        stream: TcpStream,
        place: OwnedSemaphorePermit,
        mut stopped: watch::Receiver<bool>,
    ) {
        let _place = place;
        // Without it small answers wait for the client's acknowledgement.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY was refused: {{error}}");
        }
        let first_byte = async {
            tokio::select! {
                readable = stream.readable() => readable.is_ok(),
                () = tokio::time::sleep(self.patience.head) => false,
                () = self.places.idle() => false,
                () = told(&mut stopped) => false,
            }
        };
        if first_byte.await {
            self.serve(stream, stopped).await;
        }
    }

    async fn serve(self, stream: TcpStream, mut stopped: watch::Receiver<bool>) {
        let turn = Arc::new(Turn::default());
        let peer = stream.peer_addr().ok();
        let stream = Patient::new(stream, self.patience, turn.clone(), self.places);
        let service = One { router: self.router, lifecycle: self.lifecycle, budget: self.budget, turn, peer };
        let mut http = http1::Builder::new();
        http.max_buf_size(limits::BUFFER_BYTES_MAX);
        let mut connection = Box::pin(http.serve_connection(TokioIo::new(stream), service));
        let ended = tokio::select! {
            ended = &mut connection => ended,
            () = told(&mut stopped) => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection broke off: {{error}}");
        }
    }
}

/// Waits until the server is told to stop.
async fn told(stopped: &mut watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// The service of one connection: the shared router.
struct One {
    router: Router,
    lifecycle: Lifecycle,
    budget: Budget,
    turn: Arc<Turn>,
    /// Who is connected: a client, or the proxy in front.
    peer: Option<SocketAddr>,
}

impl hyper::service::Service<Request<Incoming>> for One {
    type Response = Response<Sent>;
    type Error = std::convert::Infallible;
    type Future = Answer;

    fn call(&self, request: Request<Incoming>) -> Answer {
        let answering = self.turn.begin();
        let draining = self.lifecycle.phase() == Phase::Draining;
        let mut request = request.map(Body::new);
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(ConnectInfo(peer));
        }
        let answered = self.router.clone().call(request);
        Answer {
            answered: Box::pin(answered),
            answering: Some(answering),
            budget: self.budget.clone(),
            draining,
        }
    }
}

type Answered = <Router as Service<Request<Body>>>::Future;

/// An answer in the making.
struct Answer {
    answered: Pin<Box<Answered>>,
    answering: Option<Answering>,
    budget: Budget,
    draining: bool,
}

impl Future for Answer {
    type Output = Result<Response<Sent>, std::convert::Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let answered = std::task::ready!(self.answered.as_mut().poll(cx));
        let answering = self.answering.take();
        let (draining, budget) = (self.draining, &self.budget);
        Poll::Ready(answered.map(|mut response| {
            if draining {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            response.map(|body| Sent { _held: budget.answer(&body), body, _answering: answering })
        }))
    }
}

/// The body of an answer, until it is sent.
struct Sent {
    body: Body,
    _held: Option<Held>,
    _answering: Option<Answering>,
}

impl HttpBody for Sent {
    type Data = bytes::Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }
    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
