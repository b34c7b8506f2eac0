//! The stream of one connection: small answers leave at once, and whoever keeps the server waiting loses the connection.
//!
//! An answer is written as fast as it is read. A client that keeps its connection open without reading (an event stream,
//! an export) would hold a place, a snapshot and a page of memory for ever. So would one that asks for nothing, or never
//! comes to the end of what it asks for: between requests a connection lives for a while only, and less when others wait
//! for its place.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use futures::task::AtomicWaker;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep, sleep_until};

use super::accept::{Idle, Places};
use super::limits::Patience;

/// The state that the stream and the service of one connection share.
#[derive(Default)]
pub struct Turn {
    /// A request is being answered; until its answer is sent the client need not say anything.
    answering: AtomicBool,
    answered: AtomicU32,
    /// The last answer was a refusal, given before the whole request had come.
    has_more: AtomicBool,
    /// The connection, which begins to wait for the next request when the answer is sent.
    connection: AtomicWaker,
    /// There while the connection waits for a request: told when its place is wanted.
    wanted: Mutex<Option<Idle>>,
}

impl Turn {
    /// A request has come.
    pub fn begin(self: &Arc<Self>) -> Answering {
        // Others may have been told to give up their place in this one's stead: that passes on when it is dropped.
        drop(self.wanted().take());
        self.answering.store(true, Ordering::Release);
        Answering(self.clone())
    }

    /// Whether the client may still be sending data that nobody has read.
    pub fn has_more(&self) -> bool {
        self.has_more.load(Ordering::Acquire)
    }

    fn wanted(&self) -> MutexGuard<'_, Option<Idle>> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Held until the answer is handed over.
pub struct Answering(Arc<Turn>);

impl Answering {
    /// Whether the request is answered before its body has been read.
    pub fn may_have_left_some(&self, some: bool) {
        self.0.has_more.store(some, Ordering::Release);
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.answered.fetch_add(1, Ordering::Release);
        self.0.answering.store(false, Ordering::Release);
        self.0.connection.wake();
    }
}

/// A stream with limited patience.
pub struct Patient<S> {
    stream: S,
    patience: Patience,
    turn: Arc<Turn>,
    places: Places,
    /// Set while the client takes none of the data that it is sent.
    stalled: Option<Pin<Box<Sleep>>>,
    /// Wakes this connection when it has waited long enough; moved only when it has rung.
    alarm: Option<Pin<Box<Sleep>>>,
    waits: Waits,
}

/// The event this connection waits for, as of one answer.
#[derive(Default)]
struct Waits {
    answered: u32,
    /// Since when nothing of the next request has come.
    idle: Option<Instant>,
    /// Since when a part of its head has.
    head: Option<Instant>,
}

impl<S> Patient<S> {
    /// `places` tells the one that has waited longest that somebody wants its place.
    pub fn new(stream: S, patience: Patience, turn: Arc<Turn>, places: Places) -> Self {
        Self { stream, patience, turn, places, stalled: None, alarm: None, waits: Waits::default() }
    }

    pub fn into_inner(self) -> S {
        self.stream
    }

    /// Lets what was written pass, and a wait that took too long end.
    fn watch<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let patience = self.patience.unread;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(patience)));
        stalled.as_mut().poll(cx).map(|()| Err(given_up("the client reads nothing of what it is sent")))
    }

    /// Nothing more came of the next request: how long it is waited for.
    fn wait(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        self.turn.connection.register(cx.waker());
        if self.turn.answering.load(Ordering::Acquire) {
            return Poll::Pending;
        }
        let answered = self.turn.answered.load(Ordering::Acquire);
        if self.waits.answered != answered {
            self.waits = Waits { answered, ..Waits::default() };
        }
        let deadline = match self.waits.head {
            Some(begun) => begun + self.patience.head,
            None => *self.waits.idle.get_or_insert_with(Instant::now) + self.patience.idle,
        };
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if alarm.deadline() > deadline {
            alarm.as_mut().reset(deadline);
        }
        while alarm.as_mut().poll(cx).is_ready() {
            if Instant::now() >= deadline {
                return Poll::Ready(given_up("no request came in time"));
            }
            alarm.as_mut().reset(deadline);
        }
        let mut wanted = self.turn.wanted();
        let places = &self.places;
        ready!(Pin::new(wanted.get_or_insert_with(|| places.idle())).poll(cx));
        Poll::Ready(given_up("another client wants the place"))
    }
}

fn given_up(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, reason)
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        let answered = self.turn.answered.load(Ordering::Acquire);
        if self.waits.answered != answered {
            self.waits = Waits { answered, ..Waits::default() };
        }
        match read {
            Poll::Ready(result) => {
                if buffer.filled().len() > before && !self.turn.answering.load(Ordering::Acquire) {
                    self.waits.head.get_or_insert_with(Instant::now);
                }
                Poll::Ready(result)
            }
            Poll::Pending => self.wait(cx).map(Err),
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.watch(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, pieces);
        self.watch(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.watch(cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.watch(cx, shut)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

    use super::*;

    const PATIENCE: Patience = Patience {
        head: Duration::from_secs(10),
        idle: Duration::from_secs(75),
        unread: Duration::from_secs(60),
    };

    fn patient(places: &Places) -> (DuplexStream, Patient<DuplexStream>, Arc<Turn>) {
        let (client, server) = duplex(64);
        let turn = Arc::new(Turn::default());
        (client, Patient::new(server, PATIENCE, turn.clone(), places.clone()), turn)
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_reads_nothing_is_given_up_and_a_slow_reader_is_not() {
        let (mut client, mut server, _turn) = patient(&Places::new(1));
        let slow = tokio::spawn(async move {
            let mut bytes = [0; 640];
            for piece in bytes.chunks_mut(64) {
                sleep(PATIENCE.unread - Duration::from_secs(1)).await;
                client.read_exact(piece).await.unwrap();
            }
            client
        });
        server.write_all(&[7; 640]).await.unwrap();
        let _client = slow.await.unwrap();
        server.write_all(&[7; 64]).await.unwrap();
        let began = Instant::now();
        let failure = server.write_all(&[7]).await.unwrap_err();
        assert_eq!(failure.kind(), io::ErrorKind::TimedOut);
        assert_eq!(began.elapsed(), PATIENCE.unread);
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_dribbles_has_one_deadline_and_an_answer_has_none() {
        let (mut client, mut server, turn) = patient(&Places::new(1));
        let dribbling = tokio::spawn(async move {
            while client.write_all(b"x").await.is_ok() {
                sleep(Duration::from_secs(3)).await;
            }
        });
        let began = Instant::now();
        let mut byte = [0];
        let failure = loop {
            if let Err(failure) = server.read_exact(&mut byte).await {
                break failure;
            }
        };
        assert_eq!((failure.kind(), began.elapsed()), (io::ErrorKind::TimedOut, PATIENCE.head));
        drop(server);
        dribbling.await.unwrap();

        let (_client, mut server, _) = patient(&Places::new(1));
        server.turn = turn.clone();
        let answering = turn.begin();
        let waiting = tokio::time::timeout(Duration::from_secs(3_600), server.read(&mut byte)).await;
        assert!(waiting.is_err(), "while an answer is on its way nothing is expected");
        drop(answering);
        let began = Instant::now();
        server.read(&mut byte).await.unwrap_err();
        assert_eq!(began.elapsed(), PATIENCE.idle);
    }

    #[tokio::test(start_paused = true)]
    async fn the_place_of_the_one_that_has_waited_longest_is_given_up_and_never_one_that_is_answered() {
        let places = Places::new(3);
        let mut byte = [0];
        let (_a, mut answered, turn) = patient(&places);
        assert!(futures::poll!(Box::pin(answered.read(&mut byte))).is_pending());
        let _answering = turn.begin();
        let (_b, mut oldest, _) = patient(&places);
        let (_c, mut newest, _) = patient(&places);
        let (mut one, mut other) = ([0], [0]);
        let (mut oldest, mut newest) = (Box::pin(oldest.read(&mut one)), Box::pin(newest.read(&mut other)));
        assert!(futures::poll!(&mut oldest).is_pending() && futures::poll!(&mut newest).is_pending());
        assert!(places.ask(1));
        assert!(futures::poll!(&mut newest).is_pending());
        assert!(futures::poll!(&mut oldest).is_ready());
    }
}
