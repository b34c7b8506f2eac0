//! Reading bodies into memory, within the budget of bytes in flight.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http::header::EXPECT;
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};
use tokio::time::Sleep;

use super::guard::BodyLimit;
use crate::extract::body::broken_off;
use crate::overload::{Admission, BODY_COST, Budget, Held, TICK, Transfer};
use crate::problem::{OVERLOADED, Problem};

/// Bodies up to this size are not counted: the connections bound their number.
const COUNTED_BYTES_MIN: usize = 16 << 10;
/// A body of unknown length is counted in steps of this size.
const STEP_BYTES: usize = 64 << 10;

/// A body in memory, and what it takes of the budget.
pub struct Received {
    pub bytes: Bytes,
    pub held: Vec<Held>,
}

/// Reads a body whole. The length that a caller we know declares is counted before anything is read; of others only
/// what has come is, so that nobody reserves what they do not send.
pub async fn receive(
    mut body: Body,
    limit: BodyLimit,
    budget: &Budget,
    known: bool,
) -> Result<Received, Problem> {
    let declared = body.size_hint().exact().map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
    let take = |bytes: usize| {
        let cost = if known { bytes.saturating_mul(BODY_COST) } else { bytes };
        budget.take(cost).ok_or_else(|| Problem::of(&OVERLOADED))
    };
    let mut held = Vec::new();
    let mut counted = COUNTED_BYTES_MIN;
    if let Some(bytes) = declared.filter(|bytes| known && *bytes > COUNTED_BYTES_MIN) {
        held.push(take(bytes)?);
        counted = bytes;
    }
    let mut first = Bytes::new();
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| broken_off(&error, limit))?;
        let Ok(piece) = frame.into_data() else { continue };
        let length = first.len() + bytes.len() + piece.len();
        while length > counted {
            held.push(take(STEP_BYTES)?);
            counted += STEP_BYTES;
        }
        if length == piece.len() {
            // Most bodies come in one piece.
            first = piece;
            continue;
        }
        if bytes.is_empty() {
            bytes.reserve(length);
            bytes.extend_from_slice(&first);
            first = Bytes::new();
        }
        if let Some(declared) = declared.filter(|_| length > STEP_BYTES) {
            bytes.reserve(declared.saturating_sub(bytes.len()));
        }
        bytes.extend_from_slice(&piece);
    }
    let bytes = if bytes.is_empty() { first } else { bytes.freeze() };
    Ok(Received { bytes, held })
}

/// What is left of a refused request is read when it is small and comes soon, so that the connection can go on; making a
/// new one costs more.
const LEFT_BYTES_MAX: u64 = 256 << 10;
const LEFT_TIME_MAX: Duration = Duration::from_millis(100);

/// How many bytes a body says it has.
pub fn declared<B: HttpBody>(body: &B) -> u64 {
    body.size_hint().exact().unwrap_or_default()
}

/// Reads what is left of a request that was answered before its body, while the answer is held back. `headers` are the
/// request's own.
pub async fn read_off<B: HttpBody + Unpin>(body: B, headers: &HeaderMap, held: Duration) {
    if held.is_zero() {
        return read_rest(body, headers).await;
    }
    tokio::join!(tokio::time::sleep(held), read_rest(body, headers));
}

async fn read_rest<B: HttpBody + Unpin>(mut body: B, headers: &HeaderMap) {
    // A client that waits for our word keeps its body.
    let waits = headers.contains_key(EXPECT);
    if waits || body.is_end_stream() || body.size_hint().exact().is_none_or(|bytes| bytes > LEFT_BYTES_MAX) {
        return;
    }
    let rest = async { while let Some(Ok(_)) = body.frame().await {} };
    let _ = tokio::time::timeout(LEFT_TIME_MAX, rest).await;
}

/// Pauses in a row, each of a [`TICK`], after which a transfer goes on although others take all there is.
const PAUSES_MAX: u32 = 20;

/// A body that is part of a transfer. Before each piece it waits while no processor time is left, so that a transfer
/// takes what others leave; the place of the transfer is given back when the body has been sent.
struct Breathing {
    body: Body,
    admission: Admission,
    pause: Option<Pin<Box<Sleep>>>,
    pauses: u32,
    /// The next piece may come.
    granted: bool,
    _transfer: Option<Transfer>,
}

/// An answer, with the place of its transfer.
pub fn kept(body: Body, transfer: Transfer, admission: Admission) -> Body {
    if body.is_end_stream() {
        return body;
    }
    Body::new(Breathing::new(body, admission, Some(transfer)))
}

/// What is uploaded.
pub fn breathing(body: Body, admission: Admission) -> Body {
    Body::new(Breathing::new(body, admission, None))
}

impl Breathing {
    fn new(body: Body, admission: Admission, transfer: Option<Transfer>) -> Self {
        Self { body, admission, pause: None, pauses: 0, granted: false, _transfer: transfer }
    }

    fn poll_grant(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while !self.granted {
            if let Some(pause) = &mut self.pause {
                std::task::ready!(pause.as_mut().poll(cx));
                self.pause = None;
                self.pauses += 1;
            }
            if self.admission.take_time() || self.pauses >= PAUSES_MAX {
                (self.granted, self.pauses) = (true, 0);
            } else {
                self.pause = Some(Box::pin(tokio::time::sleep(TICK)));
            }
        }
        Poll::Ready(())
    }
}

impl HttpBody for Breathing {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        std::task::ready!(self.poll_grant(cx));
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(cx));
        self.granted = false;
        Poll::Ready(frame)
    }
    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
