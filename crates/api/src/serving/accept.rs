//! Accepting connections: a place for each, and what happens when there is none.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll};
use std::time::Duration;

use domain::error::Language;
use http::StatusCode;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::futures::OwnedNotified;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use super::limits::WAITING_MAX;
use crate::problem::{MEDIA_TYPE, OVERLOADED, title};
use crate::telemetry::Sparse;

/// How long nothing is accepted after the system had no file left for a connection.
const NO_FILE_PAUSE: Duration = Duration::from_millis(100);
/// Idle connections closed each time that happens.
const CLOSED_FOR_FILES: usize = 8;
/// How often the log says that connections are refused, or cannot be accepted.
const REMARK_EVERY: Duration = Duration::from_secs(10);

/// Answered to a connection for which there is no place. There is no request yet, so no language and no trace.
static REFUSAL: LazyLock<String> = LazyLock::new(|| {
    let body = serde_json::json!({
        "type": format!("{}{}", crate::problem::TYPE_BASE, OVERLOADED.code),
        "title": title(StatusCode::SERVICE_UNAVAILABLE, Language::English),
        "status": 503,
        "code": OVERLOADED.code,
        "detail": OVERLOADED.en,
    })
    .to_string();
    format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: {MEDIA_TYPE}\r\nretry-after: 1\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
});

/// The places of all listeners.
#[derive(Clone)]
pub struct Places(Arc<Shared>);

struct Shared {
    free: Arc<Semaphore>,
    wanted: Arc<Notify>,
    idle: AtomicUsize,
    refused: Sparse,
    not_accepted: Sparse,
}

impl Places {
    pub fn new(connections_max: usize) -> Self {
        Self(Arc::new(Shared {
            free: Arc::new(Semaphore::new(connections_max.clamp(1, Semaphore::MAX_PERMITS))),
            wanted: Arc::default(),
            idle: AtomicUsize::new(0),
            refused: Sparse::every(REMARK_EVERY),
            not_accepted: Sparse::every(REMARK_EVERY),
        }))
    }

    /// From now on a connection waits for a request, and may be asked for its place.
    pub fn idle(&self) -> Idle {
        self.0.idle.fetch_add(1, Ordering::AcqRel);
        Idle { wanted: Box::pin(self.0.wanted.clone().notified_owned()), places: self.clone() }
    }

    /// Asks for the places of so many connections, those first that have been idle longest. Answers whether there are any.
    pub fn ask(&self, count: usize) -> bool {
        let idle = self.0.idle.load(Ordering::Acquire).min(count);
        for _ in 0..idle {
            self.0.wanted.notify_one();
        }
        idle > 0
    }

    /// A place for a new connection, if need be that of an idle one.
    async fn take(&self) -> Option<OwnedSemaphorePermit> {
        let free = &self.0.free;
        if let Ok(place) = free.clone().try_acquire_owned() {
            return Some(place);
        }
        if !self.ask(1) {
            return None;
        }
        tokio::time::timeout(WAITING_MAX, free.clone().acquire_owned()).await.ok()?.ok()
    }

    fn refuse(&self, stream: &TcpStream) {
        if let Some(left_out) = self.0.refused.now() {
            tracing::warn!(
                target: "erp::serving", left_out,
                "All connections are in use (Limits:Connections), so another one was refused; {{left_out}} more since the last such line"
            );
        }
        // A client that does not take the answer at once does without it.
        let _ = stream.try_write(REFUSAL.as_bytes());
        // Bytes that were sent and not read would end the connection in a way that takes the answer with it.
        let _ = stream.try_read(&mut [0; 4_096]);
    }
}

/// Ends when the place of an idle connection is wanted.
pub struct Idle {
    wanted: Pin<Box<OwnedNotified>>,
    places: Places,
}

impl Future for Idle {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.wanted.as_mut().poll(cx)
    }
}

impl Drop for Idle {
    fn drop(&mut self) {
        self.places.0.idle.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Accepts for ever; each connection that has a place is handed to `serve`.
pub async fn accept(
    listener: &TcpListener,
    places: &Places,
    serve: impl Fn(TcpStream, OwnedSemaphorePermit),
) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => match places.take().await {
                Some(place) => serve(stream, place),
                None => places.refuse(&stream),
            },
            Err(error) if is_of_the_connection(&error) => {}
            Err(error) => {
                if let Some(left_out) = places.0.not_accepted.now() {
                    tracing::error!(
                        target: "erp::serving", %error, left_out,
                        "No connection can be accepted: {{error}}. Idle ones are closed; {{left_out}} more times since the last such line"
                    );
                }
                places.ask(CLOSED_FOR_FILES);
                tokio::time::sleep(NO_FILE_PAUSE).await;
            }
        }
    }
}

/// It was gone before it was accepted, which says nothing about the next one.
fn is_of_the_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionRefused | ConnectionAborted | ConnectionReset)
}
