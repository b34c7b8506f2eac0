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

use super::body_limit::{BodyLimit, broken_off};
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

/// The server reads the rest of a refused request if that is small and arrives soon: the connection can then be used again,
/// which costs less than opening a new one.
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
        return read_rest(body, headers, LEFT_TIME_MAX).await;
    }
    tokio::join!(tokio::time::sleep(held), read_rest(body, headers, held.max(LEFT_TIME_MAX)));
}

async fn read_rest<B: HttpBody + Unpin>(mut body: B, headers: &HeaderMap, longest: Duration) {
    // A client that waits for our word keeps its body.
    let waits = headers.contains_key(EXPECT);
    if waits || body.is_end_stream() || body.size_hint().exact().is_none_or(|bytes| bytes > LEFT_BYTES_MAX) {
        return;
    }
    let rest = async { while let Some(Ok(_)) = body.frame().await {} };
    let _ = tokio::time::timeout(longest, rest).await;
}

/// Pauses in a row, each of a [`TICK`], after which a transfer goes on although others take all there is.
const PAUSES_MAX: u32 = 20;

/// Bytes that may pass for each look at the processor time.
const GRANTED_BYTES: usize = 256 << 10;

/// A large body on its way. Now and then it waits while no processor time is left, so that it takes what others leave. Of
/// a transfer it says whether the server or the client has to do something; the transfer's place is given back when the
/// body has been sent.
struct Breathing {
    body: Body,
    admission: Admission,
    pause: Option<Pin<Box<Sleep>>>,
    pauses: u32,
    /// Bytes that may come before the next look.
    granted: usize,
    transfer: Option<Transfer>,
    /// The client sends the body, or else reads it.
    sent_by_client: bool,
}

/// An answer, with the place of its transfer.
pub fn kept(body: Body, transfer: Transfer, admission: Admission) -> Body {
    if body.is_end_stream() {
        return body;
    }
    Body::new(Breathing::new(body, admission, Some(transfer), false))
}

/// The body of an upload.
pub fn breathing(body: Body, transfer: Option<Transfer>, admission: Admission) -> Body {
    Body::new(Breathing::new(body, admission, transfer, true))
}

impl Breathing {
    fn new(body: Body, admission: Admission, transfer: Option<Transfer>, sent_by_client: bool) -> Self {
        Self { body, admission, pause: None, pauses: 0, granted: 0, transfer, sent_by_client }
    }

    fn poll_grant(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while self.granted == 0 {
            if let Some(pause) = &mut self.pause {
                std::task::ready!(pause.as_mut().poll(cx));
                self.pause = None;
                self.pauses += 1;
            }
            if self.admission.take_time() || self.pauses >= PAUSES_MAX {
                (self.granted, self.pauses) = (GRANTED_BYTES, 0);
            } else {
                self.pause = Some(Box::pin(tokio::time::sleep(TICK)));
            }
        }
        Poll::Ready(())
    }

    fn transfer_works(&self, works: bool) {
        match &self.transfer {
            Some(transfer) if works => transfer.works(),
            Some(transfer) => transfer.waits(),
            None => {}
        }
    }
}

impl HttpBody for Breathing {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        // An answer is asked for when the client has taken what there was; a request has come when there is some of it.
        if !self.sent_by_client {
            self.transfer_works(true);
        }
        std::task::ready!(self.poll_grant(cx));
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if self.sent_by_client {
            self.transfer_works(polled.is_ready());
        } else if polled.is_ready() {
            self.transfer_works(false);
        }
        let frame = std::task::ready!(polled);
        let bytes = match &frame {
            Some(Ok(frame)) => frame.data_ref().map_or(0, Bytes::len),
            _ => 0,
        };
        self.granted = self.granted.saturating_sub(bytes);
        Poll::Ready(frame)
    }
    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
