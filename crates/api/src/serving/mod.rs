//! The serving loop: accepts connections up to a limit, gives each its time, and ends them in order.
//!
//! One router is shared by all connections. A connection costs little while it says nothing: it has no buffers before its
//! first byte. When all places are taken, the connection that has been idle longest gives its place to the next one, so
//! that nobody keeps the server from others by opening connections; only when none is idle is a new one refused.

mod accept;
mod limits;
mod stream;
mod tls;

use std::future::{Future, poll_fn};
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
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio_util::task::TaskTracker;
use tower::Service;

use crate::health::{Lifecycle, Phase};
use crate::middleware::Shed;
use crate::middleware::body::read_off;
use crate::middleware::shed::Refusal;
use crate::overload::{Budget, Held};
use accept::Places;
use stream::{Answering, Patient, Turn};

pub use tls::{Tls, TlsFiles};

pub use limits::{HEAD_SECONDS_MAX, IDLE_SECONDS_MAX, Patience, connections_max};

/// The parts with which every connection is served.
#[derive(Clone)]
pub struct Serving {
    router: Router,
    lifecycle: Lifecycle,
    budget: Budget,
    shed: Option<Shed>,
    patience: Patience,
    places: Places,
    open: TaskTracker,
    tls: Option<Arc<Tls>>,
}

impl Serving {
    /// Answers count against `budget` until they are sent. `shed` refuses before the router knows of a request, unless the
    /// router has something to say of every answer.
    pub fn new(
        router: Router,
        lifecycle: Lifecycle,
        (budget, shed): (Budget, Option<Shed>),
        connections_max: usize,
        patience: Patience,
    ) -> Self {
        // The state goes in once, not at each connection.
        let router = router.with_state(());
        let places = Places::new(connections_max);
        let open = TaskTracker::new();
        Self { router, lifecycle, budget, shed, patience, places, open, tls: None }
    }

    /// Over TLS.
    #[must_use]
    pub fn over(self, tls: Option<Arc<Tls>>) -> Self {
        Self { tls, ..self }
    }

    /// Serves a listener until `stopped`; then no connection is accepted any more and this ends with the listener. Several
    /// listeners share the limit.
    pub async fn run(self, listener: TcpListener, stopped: watch::Receiver<bool>) -> TcpListener {
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
        listener
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
        if !first_byte.await {
            return;
        }
        let peer = stream.peer_addr().ok();
        let Some(tls) = self.tls.clone() else { return self.serve(stream, peer, stopped).await };
        let shaken = tokio::select! {
            shaken = tokio::time::timeout(self.patience.head, tls.accept(stream)) => shaken,
            () = told(&mut stopped) => return,
        };
        match shaken {
            Ok(Ok(stream)) => self.serve(stream, peer, stopped).await,
            Ok(Err(error)) => tracing::debug!(%error, "a handshake failed: {{error}}"),
            Err(_) => tracing::debug!("a handshake did not come to its end in time"),
        }
    }

    async fn serve<S>(self, stream: S, peer: Option<SocketAddr>, mut stopped: watch::Receiver<bool>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let turn = Arc::new(Turn::default());
        let stream = Patient::new(stream, self.patience, turn.clone(), self.places);
        let service_turn = turn.clone();
        let service = One {
            router: self.router,
            lifecycle: self.lifecycle,
            budget: self.budget,
            shed: self.shed,
            turn: service_turn,
            peer,
        };
        let mut http = http1::Builder::new();
        http.max_buf_size(limits::BUFFER_BYTES_MAX);
        let mut connection = Box::new(http.serve_connection(TokioIo::new(stream), service));
        let mut ended = tokio::select! {
            ended = poll_fn(|cx| connection.poll_without_shutdown(cx)) => Some(ended),
            () = told(&mut stopped) => None,
        };
        if ended.is_none() {
            Pin::new(&mut *connection).graceful_shutdown();
            ended = Some(poll_fn(|cx| connection.poll_without_shutdown(cx)).await);
        }
        if let Some(Err(error)) = ended {
            tracing::debug!(%error, "a connection broke off: {{error}}");
        }
        close(connection.into_parts().io.into_inner().into_inner(), turn.has_more()).await;
    }
}

/// Closes a connection. A client that is still sending the body of a request that was refused would lose the answer with
/// it, so what comes is read for a while.
async fn close(mut stream: impl AsyncRead + AsyncWrite + Unpin, has_more: bool) {
    let closed = stream.shutdown().await;
    if !has_more || closed.is_err() {
        return;
    }
    let mut unread = stream.take(limits::UNREAD_BYTES_MAX);
    let mut nowhere = tokio::io::sink();
    let _ = tokio::time::timeout(limits::LINGERING_MAX, tokio::io::copy(&mut unread, &mut nowhere)).await;
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
    shed: Option<Shed>,
    turn: Arc<Turn>,
    /// The address of the client, or of the proxy in front.
    peer: Option<SocketAddr>,
}

impl hyper::service::Service<Request<Incoming>> for One {
    type Response = Response<Sent>;
    type Error = std::convert::Infallible;
    type Future = Answer;

    fn call(&self, request: Request<Incoming>) -> Answer {
        let answering = self.turn.begin();
        let has_body = !request.body().is_end_stream();
        let draining = self.lifecycle.phase() == Phase::Draining;
        let making = match self.shed.as_ref().and_then(|shed| shed.refusal(&request)) {
            Some(Refusal { answer, held }) if held.is_zero() && !has_body => Making::Made(Some(answer)),
            Some(Refusal { answer, held }) => {
                let (parts, body) = request.into_parts();
                let wait = async move { read_off(body, &parts.headers, held).await };
                Making::Held(Box::pin(wait), Some(answer))
            }
            None => {
                let mut request = request.map(Body::new);
                if let Some(peer) = self.peer {
                    request.extensions_mut().insert(ConnectInfo(peer));
                }
                Making::Routed(Box::pin(self.router.clone().call(request)))
            }
        };
        Answer { making, has_body, answering: Some(answering), budget: self.budget.clone(), draining }
    }
}

type Answered = <Router as Service<Request<Body>>>::Future;

/// The source of an answer.
enum Making {
    Routed(Pin<Box<Answered>>),
    /// A refusal, held back for a moment or until the rest of the request has come.
    Held(Pin<Box<dyn Future<Output = ()> + Send>>, Option<Response<Body>>),
    Made(Option<Response<Body>>),
}

impl Making {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Response<Body>> {
        let answer = match self {
            Self::Routed(answered) => {
                return answered.as_mut().poll(cx).map(|Ok(answer)| answer);
            }
            Self::Held(held, answer) => {
                std::task::ready!(held.as_mut().poll(cx));
                answer
            }
            Self::Made(answer) => answer,
        };
        answer.take().map_or(Poll::Pending, Poll::Ready)
    }
}

/// An answer in the making.
struct Answer {
    making: Making,
    has_body: bool,
    answering: Option<Answering>,
    budget: Budget,
    draining: bool,
}

impl Future for Answer {
    type Output = Result<Response<Sent>, std::convert::Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut response = std::task::ready!(self.making.poll(cx));
        let answering = self.answering.take();
        let (draining, budget) = (self.draining, &self.budget);
        if let Some(answering) = answering.as_ref().filter(|_| self.has_body) {
            answering.may_have_left_some(
                response.status().is_client_error() || response.status().is_server_error(),
            );
        }
        if draining {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        Poll::Ready(Ok(response.map(|body| Sent {
            _held: budget.answer(&body),
            body,
            _answering: answering,
        })))
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
