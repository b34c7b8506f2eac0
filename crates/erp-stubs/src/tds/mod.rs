//! A SQL Server for tests, as far as a client can tell from the wire: encryption is negotiated, the login is read, and every
//! request gets the answer that the test has ordered. It knows no SQL, keeps nothing, and never runs on a machine that
//! serves anyone. Numbers of paragraphs are those of MS-TDS.

mod login;
mod packets;
mod prelogin;
mod requests;
mod rows;
mod script;
mod session;
mod tokens;
mod wire;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

pub use self::login::{Encryption, FedAuth, Login};
pub use self::prelogin::Encrypting;
use self::prelogin::TlsConfigs;
pub use self::requests::SqlRequest;
pub use self::rows::{Cell, Rows};
use self::script::Script;
pub use self::script::{Answer, Gate};
pub use self::tokens::ServerError;
use self::wire::Wire;
use crate::serve::bind;
use crate::{StubError, certificates};

/// Logins and requests that are kept of each.
pub const SEEN_MAX: usize = 100_000;
/// Connections at the same time; more wait for a place.
const CONNECTIONS_MAX: usize = 512;

/// The latest things seen, up to [`SEEN_MAX`].
struct Seen<T>(Mutex<Vec<T>>);

impl<T> Default for Seen<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Seen<T> {
    fn all(&self) -> MutexGuard<'_, Vec<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, one: T) {
        let mut all = self.all();
        if all.len() < SEEN_MAX {
            all.push(one);
        }
    }
}

/// The state that the connections share.
struct Shared {
    port: u16,
    tls: TlsConfigs,
    script: Script,
    encrypting: Mutex<Encrypting>,
    logins: Seen<Login>,
    requests: Seen<SqlRequest>,
    wire: Wire,
    dials: AtomicU64,
    open: AtomicUsize,
    cuts: watch::Sender<u64>,
}

impl Shared {
    /// The number of a new connection, from 1.
    fn dialled(&self) -> u64 {
        self.dials.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn encrypting(&self) -> Encrypting {
        *self.encrypting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts a connection as open for as long as it is there.
struct Open(Arc<Shared>);

impl Open {
    fn of(shared: &Arc<Shared>) -> Self {
        shared.open.fetch_add(1, Ordering::Relaxed);
        Self(shared.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A running server; it stops when this is dropped.
pub struct SqlServer {
    shared: Arc<Shared>,
    ca_pem: String,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl SqlServer {
    /// On a free port of the loopback address, with a certificate for `localhost` of an authority of its own.
    pub async fn start() -> Result<Self, StubError> {
        let certificates = certificates::make()?;
        let tls = TlsConfigs::new(&certificates)?;
        let (listener, address) = bind(0).await?;
        let shared = Arc::new(Shared {
            port: address.port(),
            tls,
            script: Script::default(),
            encrypting: Mutex::default(),
            logins: Seen::default(),
            requests: Seen::default(),
            wire: Wire::default(),
            dials: AtomicU64::new(0),
            open: AtomicUsize::new(0),
            cuts: watch::Sender::new(0),
        });
        let task = Mutex::new(Some(tokio::spawn(listen(listener, shared.clone()))));
        Ok(Self { shared, ca_pem: certificates.ca_pem, task })
    }

    pub fn port(&self) -> u16 {
        self.shared.port
    }

    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port()))
    }

    /// The authority that a client must trust.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// The next `count` logins get this answer.
    pub fn next_logins(&self, count: u32, answer: Answer) {
        self.shared.script.on_login(Some(count), answer);
    }

    /// Every login does, unless it is one of [`Self::next_logins`].
    pub fn logins_get(&self, answer: Answer) {
        self.shared.script.on_login(None, answer);
    }

    /// The next `count` requests whose text has these words get this answer.
    pub fn next(&self, count: u32, words: &str, answer: Answer) {
        self.shared.script.on_request(words, Some(count), answer);
    }

    /// Every request whose text has these words does, unless it is one of [`Self::next`].
    pub fn always(&self, words: &str, answer: Answer) {
        self.shared.script.on_request(words, None, answer);
    }

    /// All is well from now on.
    pub fn forget_orders(&self) {
        self.shared.script.clear();
    }

    /// For the connections to come.
    pub fn encrypting(&self, encrypting: Encrypting) {
        *self.shared.encrypting.lock().unwrap_or_else(PoisonError::into_inner) = encrypting;
    }

    pub fn logins(&self) -> Vec<Login> {
        self.shared.logins.all().clone()
    }

    pub fn requests(&self) -> Vec<SqlRequest> {
        self.shared.requests.all().clone()
    }

    /// Requests whose text has these words.
    pub fn asked(&self, words: &str) -> usize {
        self.shared.requests.all().iter().filter(|request| request.text.contains(words)).count()
    }

    pub fn forget_seen(&self) {
        self.shared.logins.all().clear();
        self.shared.requests.all().clear();
    }

    /// Whether whoever listens on the way could read this text.
    pub fn wire_shows(&self, text: &str) -> bool {
        self.shared.wire.shows(text)
    }

    /// Connections made so far.
    pub fn dials(&self) -> u64 {
        self.shared.dials.load(Ordering::Relaxed)
    }

    /// Connections that are open, their login taken.
    pub fn open(&self) -> usize {
        self.shared.open.load(Ordering::Relaxed)
    }

    /// Ends every connection; new ones are taken.
    pub fn cut(&self) {
        self.shared.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Ends every connection and refuses new ones, as a server that is down.
    pub async fn stop(&self) {
        let task = self.task().take();
        if let Some(task) = task {
            task.abort();
            // Its end, by being aborted, is the error.
            let _ = task.await;
        }
    }

    /// Listens again on the same port after [`Self::stop`].
    pub async fn resume(&self) -> Result<(), StubError> {
        let (listener, _) = bind(self.port()).await?;
        *self.task() = Some(tokio::spawn(listen(listener, self.shared.clone())));
        Ok(())
    }

    fn task(&self) -> MutexGuard<'_, Option<JoinHandle<()>>> {
        self.task.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for SqlServer {
    fn drop(&mut self) {
        if let Some(task) = self.task().take() {
            task.abort();
        }
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if connections.len() < CONNECTIONS_MAX => {
                let Ok((stream, _)) = accepted else { continue };
                connections.spawn(session::serve(stream, shared.clone()));
            }
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
        }
    }
}
