//! A relay between the product and a server, which fails as a network and a server do. Connections go through it untouched
//! until a test says otherwise; what it does then counts for the connections that are open, too.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf, split};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Bytes that are passed on at once.
const PIECE_BYTES: usize = 16 * 1024;
/// Bytes of a request that are kept, in case the words looked for lie across two pieces.
const LAST_BYTES: usize = 512;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Forwarding,
    /// Connections are accepted and stay open, and nothing passes.
    Hung,
    /// Every piece waits so long.
    Slow(Duration),
    /// The relay does not listen, and open connections break.
    Away,
}

/// The fate of a request that holds the words looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Catch {
    /// It passes; its answer does not, and the connection breaks.
    LoseAnswer,
    /// The relay hangs before it passes.
    Hang,
}

/// A request to look for, which of them, and what then happens; once.
type Trap = Option<(Vec<u8>, u32, Catch)>;

struct State {
    target: String,
    mode: watch::Sender<Mode>,
    cuts: watch::Sender<u64>,
    trap: std::sync::Mutex<Trap>,
    connections: AtomicU64,
    caught: AtomicU32,
}

pub struct Relay {
    port: u16,
    state: Arc<State>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
        self.cut();
    }
}

impl Relay {
    /// To `host:port`.
    pub async fn to(target: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State {
            target,
            mode: watch::Sender::new(Mode::Forwarding),
            cuts: watch::Sender::new(0),
            trap: std::sync::Mutex::default(),
            connections: AtomicU64::new(0),
            caught: AtomicU32::new(0),
        });
        let task = tokio::spawn(listen(listener, port, state.clone()));
        Self { port, state, task }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Connections accepted so far.
    pub fn connections(&self) -> u64 {
        self.state.connections.load(Ordering::Relaxed)
    }

    /// Requests that ran into [`Self::lose_answer_to`] or [`Self::hang_at`].
    pub fn caught(&self) -> u32 {
        self.state.caught.load(Ordering::Relaxed)
    }

    /// Breaks every open connection; new ones pass.
    pub fn cut(&self) {
        self.state.cuts.send_modify(|cuts| *cuts += 1);
    }

    pub fn hang(&self) {
        self.state.mode.send_replace(Mode::Hung);
    }

    pub fn slow(&self, piece: Duration) {
        self.state.mode.send_replace(Mode::Slow(piece));
    }

    /// Like a server that was killed: open connections break and new ones are refused.
    pub async fn go_away(&self) {
        self.state.mode.send_replace(Mode::Away);
        self.cut();
        while TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Everything passes again, also what was held back.
    pub async fn heal(&self) {
        self.state.mode.send_replace(Mode::Forwarding);
        while TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The next request with these words (in UTF-16, as SQL Server's clients send them, without encryption) is served, but
    /// its answer is lost and the connection breaks.
    pub fn lose_answer_to(&self, words: &str) {
        self.set_trap(words, 1, Catch::LoseAnswer);
    }

    /// Loses the answer to the `nth` such request, from 1.
    pub fn lose_answer_to_nth(&self, words: &str, nth: u32) {
        self.set_trap(words, nth, Catch::LoseAnswer);
    }

    /// From the next request with these words on nothing passes.
    pub fn hang_at(&self, words: &str) {
        self.set_trap(words, 1, Catch::Hang);
    }

    fn set_trap(&self, words: &str, nth: u32, catch: Catch) {
        let words = words.encode_utf16().flat_map(u16::to_le_bytes).collect();
        *self.state.trap.lock().unwrap() = Some((words, nth, catch));
    }
}

async fn listen(first: TcpListener, port: u16, state: Arc<State>) {
    let mut mode = state.mode.subscribe();
    let mut listener = Some(first);
    loop {
        let Some(listening) = &listener else {
            let _ = mode.wait_for(|mode| *mode != Mode::Away).await;
            listener = TcpListener::bind(("127.0.0.1", port)).await.ok();
            if listener.is_none() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            continue;
        };
        tokio::select! {
            biased;
            _ = mode.wait_for(|mode| *mode == Mode::Away) => listener = None,
            accepted = listening.accept() => if let Ok((near, _)) = accepted {
                state.connections.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(relay(near, state.clone()));
            },
        }
    }
}

async fn relay(near: TcpStream, state: Arc<State>) {
    let mut cuts = state.cuts.subscribe();
    cuts.mark_unchanged();
    let Ok(far) = TcpStream::connect(&state.target).await else { return };
    let (_, _) = (near.set_nodelay(true), far.set_nodelay(true));
    let (near_read, near_write) = split(near);
    let (far_read, far_write) = split(far);
    let losing = AtomicBool::new(false);
    // Whichever fails ends both; one that has come to its end lets the other finish.
    let both = async {
        tokio::try_join!(
            requests(near_read, far_write, &state, &losing),
            answers(far_read, near_write, &state, &losing)
        )
    };
    tokio::select! {
        _ = both => {}
        _ = cuts.changed() => {}
    }
}

async fn requests(
    mut from: ReadHalf<TcpStream>,
    mut to: WriteHalf<TcpStream>,
    state: &State,
    losing: &AtomicBool,
) -> io::Result<()> {
    let mut mode = state.mode.subscribe();
    let mut piece = vec![0; PIECE_BYTES];
    let mut last = Vec::new();
    loop {
        let count = from.read(&mut piece).await?;
        if count == 0 {
            return to.shutdown().await;
        }
        match state.caught_by(&mut last, &piece[..count]) {
            Some(Catch::LoseAnswer) => losing.store(true, Ordering::Relaxed),
            Some(Catch::Hang) => drop(state.mode.send_replace(Mode::Hung)),
            None => {}
        }
        passes(&mut mode).await?;
        to.write_all(&piece[..count]).await?;
    }
}

async fn answers(
    mut from: ReadHalf<TcpStream>,
    mut to: WriteHalf<TcpStream>,
    state: &State,
    losing: &AtomicBool,
) -> io::Result<()> {
    let mut mode = state.mode.subscribe();
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let count = from.read(&mut piece).await?;
        if count == 0 {
            return to.shutdown().await;
        }
        if losing.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        passes(&mut mode).await?;
        to.write_all(&piece[..count]).await?;
    }
}

/// Waits as long as a piece has to.
async fn passes(mode: &mut watch::Receiver<Mode>) -> io::Result<()> {
    let gone = |_| io::Error::from(io::ErrorKind::ConnectionAborted);
    let now = *mode.wait_for(|mode| *mode != Mode::Hung).await.map_err(gone)?;
    if let Mode::Slow(pause) = now {
        tokio::time::sleep(pause).await;
    }
    Ok(())
}

impl State {
    /// Whether the words looked for end in this piece; `last` is what was sent just before.
    fn caught_by(&self, last: &mut Vec<u8>, piece: &[u8]) -> Option<Catch> {
        let mut trap = self.trap.lock().unwrap();
        let Some((words, nth, catch)) = trap.as_mut() else {
            last.clear();
            return None;
        };
        last.extend_from_slice(piece);
        if !last.windows(words.len()).any(|part| part == words) {
            last.drain(..last.len().saturating_sub(LAST_BYTES));
            return None;
        }
        last.clear();
        *nth -= 1;
        if *nth > 0 {
            return None;
        }
        let caught = *catch;
        *trap = None;
        self.caught.fetch_add(1, Ordering::Relaxed);
        Some(caught)
    }
}
