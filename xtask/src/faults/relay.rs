//! A relay between the server and a dependency, which fails as a network and a server do. Its faults count for the
//! connections that are open, too.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf, split};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Bytes that are passed on at once.
const PIECE_BYTES: usize = 16 << 10;
/// Pause before an address that is still taken is tried again.
const REBIND_PAUSE: Duration = Duration::from_millis(20);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Forwarding,
    /// The server does not listen, and open connections break.
    Killed,
    /// Connections are accepted and stay open, and nothing passes.
    Hung,
    /// Every piece waits so long, in each direction.
    Slow(Duration),
}

#[derive(Clone)]
pub struct Relay {
    port: u16,
    mode: Arc<watch::Sender<Mode>>,
}

impl Relay {
    pub async fn to(target: String) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let mode = Arc::new(watch::Sender::new(Mode::Forwarding));
        tokio::spawn(listen(listener, port, target, mode.clone()));
        Ok(Self { port, mode })
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }
}

async fn listen(first: TcpListener, port: u16, target: String, sender: Arc<watch::Sender<Mode>>) {
    let mut mode = sender.subscribe();
    let mut listener = Some(first);
    loop {
        let Some(listening) = &listener else {
            let _ = mode.wait_for(|mode| *mode != Mode::Killed).await;
            listener = TcpListener::bind(("127.0.0.1", port)).await.ok();
            if listener.is_none() {
                tokio::time::sleep(REBIND_PAUSE).await;
            }
            continue;
        };
        tokio::select! {
            biased;
            _ = mode.wait_for(|mode| *mode == Mode::Killed) => listener = None,
            accepted = listening.accept() => if let Ok((near, _)) = accepted {
                tokio::spawn(relay(near, target.clone(), sender.subscribe()));
            },
        }
    }
}

async fn relay(near: TcpStream, target: String, mut mode: watch::Receiver<Mode>) {
    let Ok(far) = TcpStream::connect(&target).await else { return };
    let (_, _) = (near.set_nodelay(true), far.set_nodelay(true));
    let (near_read, near_write) = split(near);
    let (far_read, far_write) = split(far);
    let (up, down) = (mode.clone(), mode.clone());
    // Whichever fails ends both; one that has come to its end lets the other finish.
    let both = async { tokio::try_join!(pass(near_read, far_write, up), pass(far_read, near_write, down)) };
    tokio::select! {
        _ = both => {}
        _ = mode.wait_for(|mode| *mode == Mode::Killed) => {}
    }
}

async fn pass(
    mut from: ReadHalf<TcpStream>,
    mut to: WriteHalf<TcpStream>,
    mut mode: watch::Receiver<Mode>,
) -> io::Result<()> {
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let count = from.read(&mut piece).await?;
        if count == 0 {
            return to.shutdown().await;
        }
        let gone = |_| io::Error::from(io::ErrorKind::ConnectionAborted);
        let now = *mode.wait_for(|mode| *mode != Mode::Hung).await.map_err(gone)?;
        if let Mode::Slow(pause) = now {
            tokio::time::sleep(pause).await;
        }
        to.write_all(&piece[..count]).await?;
    }
}
