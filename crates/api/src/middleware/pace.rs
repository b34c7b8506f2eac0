//! Bodies have to come at some pace: whoever dribbles is not waited for.
//!
//! Only the time spent waiting for the client counts. A body that is read slowly because the server is busy is not slow.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

/// How long a client may be waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Waited for in any case.
    pub grace: Duration,
    /// Bytes that earn another second each time.
    pub bytes_per_second_min: u64,
    /// The longest wait whatever has come; `None` where the size alone decides.
    pub longest: Option<Duration>,
}

impl Pace {
    /// How long may have been waited for a body of which so much has come.
    fn patience(&self, received: u64) -> Duration {
        let earned = Duration::from_millis(received.saturating_mul(1_000) / self.bytes_per_second_min.max(1));
        let patience = self.grace.saturating_add(earned);
        self.longest.map_or(patience, |longest| patience.min(longest))
    }
}

/// The client took too long to send its body.
#[derive(Debug, thiserror::Error)]
#[error("the body came too slowly")]
pub struct TooSlow;

/// A body that ends with [`TooSlow`] when it does not keep its pace.
pub struct Paced {
    body: Body,
    pace: Pace,
    received: u64,
    waited: Duration,
    /// There while something is waited for: since when, and what ends it.
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl Paced {
    pub fn new(body: Body, pace: Pace) -> Self {
        Self { body, pace, received: 0, waited: Duration::ZERO, waiting: None }
    }
}

impl HttpBody for Paced {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            if let Some((since, _)) = self.waiting.take() {
                self.waited += since.elapsed();
            }
            if let Some(Ok(frame)) = &frame {
                self.received += frame.data_ref().map_or(0, |data| data.len() as u64);
            }
            return Poll::Ready(frame);
        }
        let left = self.pace.patience(self.received).saturating_sub(self.waited);
        let (_, end) = self.waiting.get_or_insert_with(|| {
            let now = Instant::now();
            (now, Box::pin(sleep_until(now + left)))
        });
        end.as_mut().poll(cx).map(|()| Some(Err(axum::Error::new(TooSlow))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt;
    use http_body_util::BodyExt;

    use super::*;

    const PACE: Pace = Pace { grace: Duration::from_secs(10), bytes_per_second_min: 1_000, longest: None };

    /// Pieces of a thousand bytes, each after a pause.
    fn pieces(count: usize, pause: Duration) -> Body {
        let pieces = futures::stream::iter(0..count).then(move |_| async move {
            tokio::time::sleep(pause).await;
            Ok::<_, std::io::Error>(Bytes::from(vec![7; 1_000]))
        });
        Body::from_stream(pieces)
    }

    async fn read(body: Body, pace: Pace) -> (bool, u64) {
        let began = Instant::now();
        let read = Paced::new(body, pace).collect().await;
        (read.is_ok(), began.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_keeps_the_pace_may_take_for_ever_and_whoever_dribbles_may_not() {
        assert_eq!(read(pieces(500, Duration::from_secs(1)), PACE).await, (true, 500));
        // A thousand bytes every two seconds fall behind by one second each: before the tenth piece the grace is used up.
        assert_eq!(read(pieces(500, Duration::from_secs(2)), PACE).await, (false, 19));
        assert_eq!(read(pieces(1, Duration::from_secs(3_600)), PACE).await, (false, 10));
        let short = Pace { longest: Some(Duration::from_secs(5)), ..PACE };
        assert_eq!(read(pieces(500, Duration::from_secs(1)), short).await, (false, 5));
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_is_slow_itself_blames_nobody() {
        let mut body = Paced::new(pieces(10, Duration::ZERO), PACE);
        let mut frames = 0;
        while let Some(frame) = body.frame().await {
            frame.unwrap();
            frames += 1;
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
        assert_eq!(frames, 10);
    }
}
