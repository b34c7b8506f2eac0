//! The line that sums up a request, written when its answer is sent: by then it is known how long that took and how much
//! it was.

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{Method, StatusCode};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::Instant;
use tracing::Span;

use super::observer::{Observed, Served};
use crate::problem::{Cause, OVERLOADED, STARTING, STOPPING};
use crate::telemetry::RequestScope;
use crate::telemetry::request::{ANSWERED, BROKEN_OFF, FAILED, GIVEN_UP, REQUEST};

/// Noted where the caller went away before there was an answer; nginx calls it so.
const CALLER_GONE: u16 = 499;
/// Why there was no whole answer.
const BROKE_OFF: &str = "broken_off";
const GAVE_UP: &str = "given_up";

/// Which requests have a line on an ordinary day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    Ordinary,
    /// An operation of a batch, which has a line of its own.
    Part,
    /// Asked for every few seconds; what goes wrong there is logged where it goes wrong.
    Probe,
}

impl Weight {
    pub fn of(route: &str, part_of_batch: bool) -> Self {
        match route {
            "/health" | "/health/live" | "/health/ready" | "/api/v1/health" | "/metrics" => Self::Probe,
            _ if part_of_batch => Self::Part,
            _ => Self::Ordinary,
        }
    }
}

/// An event about a request. Its values are made only where its level is logged.
macro_rules! about {
    ($level:ident, $line:expr, $message:expr, $($fields:tt)*) => {
        tracing::event!(target: REQUEST, parent: &$line.span, tracing::Level::$level, message = $message, $($fields)*)
    };
}

/// The line of one request, which is written once, whatever becomes of it.
pub struct Line {
    scope: Arc<RequestScope>,
    span: Span,
    began: Instant,
    weight: Weight,
    written: bool,
    observed: Option<Observed>,
}

/// Milliseconds, to the microsecond.
fn millis(took: Duration) -> f64 {
    took.as_micros() as f64 / 1_000.0
}

impl Line {
    pub fn begin(scope: Arc<RequestScope>, weight: Weight, observed: Option<Observed>) -> Self {
        let span = scope.span();
        Self { scope, span, began: Instant::now(), weight, written: false, observed }
    }

    fn observe(&self, status: u16, took: Duration, bytes: u64, problem: Option<&str>) {
        if let Some(Observed { observer, address }) = &self.observed {
            let (scope, weight) = (&self.scope, self.weight);
            observer.ended(&Served { scope, weight, status, took, bytes, problem, address });
        }
    }

    pub fn span(&self) -> &Span {
        &self.span
    }

    /// Writes the line now where the size of the answer is known, otherwise when its end is sent.
    pub fn answered(mut self, mut response: Response) -> Response {
        let cause = response.extensions_mut().remove::<Cause>();
        let size = response.body().size_hint().exact();
        let whole = if self.scope.method() == Method::HEAD { Some(0) } else { size };
        if let Some(bytes) = whole {
            self.write(response.status(), bytes, cause.as_ref());
            return response;
        }
        let promised =
            response.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        let status = response.status();
        response
            .map(|inner| Body::new(Counted { inner, line: self, status, bytes: 0, promised, ended: false }))
    }

    fn write(&mut self, status: StatusCode, bytes: u64, cause: Option<&Cause>) {
        self.written = true;
        let (failed, status) = (status.is_server_error(), status.as_u16());
        let code = cause.map(|cause| cause.0.code());
        let took = self.began.elapsed();
        self.observe(status, took, bytes, code);
        // Under load every second request may be refused: one line every ten seconds says how many.
        let counted = cause.is_some_and(|cause| cause.0.error().is(&OVERLOADED));
        // Nothing has failed: whoever asked came too early, or too late.
        let expected = cause.is_some_and(|cause| {
            let error = cause.0.error();
            error.is(&STARTING) || error.is(&STOPPING)
        });
        match self.weight {
            Weight::Ordinary | Weight::Part if failed && !counted && !expected => {
                let error = cause.map(|cause| cause.0.error() as &(dyn Error + 'static));
                about!(
                    ERROR,
                    self,
                    FAILED,
                    StatusCode = status,
                    Elapsed = millis(took),
                    Bytes = bytes,
                    Code = code,
                    error
                );
            }
            Weight::Ordinary if !counted => {
                about!(
                    INFO,
                    self,
                    ANSWERED,
                    StatusCode = status,
                    Elapsed = millis(took),
                    Bytes = bytes,
                    Code = code
                );
            }
            _ => {
                about!(
                    DEBUG,
                    self,
                    ANSWERED,
                    StatusCode = status,
                    Elapsed = millis(took),
                    Bytes = bytes,
                    Code = code
                );
            }
        }
    }

    /// The answer began well, and did not come to its end.
    fn broken_off(&mut self, status: StatusCode, bytes: u64) {
        self.written = true;
        let (status, took) = (status.as_u16(), self.began.elapsed());
        self.observe(status, took, bytes, Some(BROKE_OFF));
        about!(INFO, self, BROKEN_OFF, StatusCode = status, Elapsed = millis(took), Bytes = bytes);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.written {
            return;
        }
        let took = self.began.elapsed();
        self.observe(CALLER_GONE, took, 0, Some(GAVE_UP));
        match self.weight {
            Weight::Ordinary => {
                about!(INFO, self, GIVEN_UP, StatusCode = CALLER_GONE, Elapsed = millis(took));
            }
            _ => about!(DEBUG, self, GIVEN_UP, StatusCode = CALLER_GONE, Elapsed = millis(took)),
        }
    }
}

/// A body of unknown length on its way.
struct Counted {
    inner: Body,
    line: Line,
    status: StatusCode,
    bytes: u64,
    /// The length the headers name: more is never asked for.
    promised: Option<u64>,
    ended: bool,
}

impl HttpBody for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        // Lines logged on the way belong to the request, too.
        let polled = this.line.span.in_scope(|| Pin::new(&mut this.inner).poll_frame(cx));
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                this.bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
            }
            Poll::Ready(None) => this.ended = true,
            Poll::Ready(Some(Err(_))) | Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let whole = self.ended
            || self.inner.is_end_stream()
            || self.promised.is_some_and(|promised| self.bytes >= promised);
        if whole {
            self.line.write(self.status, self.bytes, None);
        } else {
            self.line.broken_off(self.status, self.bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probes_and_parts_of_batches_are_light() {
        assert_eq!(Weight::of("/health/ready", false), Weight::Probe);
        assert_eq!(Weight::of("/api/v1/health", false), Weight::Probe);
        assert_eq!(Weight::of("/api/v1/accounts", true), Weight::Part);
        assert_eq!(Weight::of("/api/v1/accounts", false), Weight::Ordinary);
    }
}
