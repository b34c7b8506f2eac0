//! A steady load that does not slow down because the server does, and what became of each request.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::overload::client::request;

/// A client gives up after so long, as a browser's user would.
pub const PATIENCE: Duration = Duration::from_secs(15);
/// Requests at most that wait at the same time; one more is not sent and counts as unanswered.
const WAITING_MAX: usize = 4_000;
/// Bytes of an answer that are looked at for its code.
const LOOKED_AT: usize = 4 << 10;

/// The kinds of requests, each with its part of twenty.
pub const KINDS: [&str; 4] = ["cached reads", "uncached reads", "postings", "files"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Served,
    /// Status and code of a problem document.
    Refused(u16, String),
    /// The connection broke, or nothing came in time.
    Unanswered,
}

#[derive(Debug, Clone)]
pub struct Sample {
    pub kind: usize,
    /// Since the load began.
    pub sent: Duration,
    pub took: Duration,
    pub outcome: Outcome,
}

/// The server, and what is known of its books.
pub struct Target {
    pub address: String,
    pub token: String,
    pub account: String,
    /// A file that is attached to a journal entry.
    pub file: String,
}

pub struct Load {
    began: Instant,
    samples: Mutex<Vec<Sample>>,
    waiting: AtomicUsize,
    stopped: AtomicBool,
    idle: Mutex<Vec<BufReader<TcpStream>>>,
}

impl Load {
    /// So many requests a second from now on, until it is stopped, of which so many post at most.
    pub fn start(target: Arc<Target>, rate: u64, postings: u64) -> Arc<Self> {
        let load = Arc::new(Self {
            began: Instant::now(),
            samples: Mutex::default(),
            waiting: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
            idle: Mutex::default(),
        });
        tokio::spawn(load.clone().offer(target, rate, postings));
        load
    }

    pub fn now(&self) -> Duration {
        self.began.elapsed()
    }

    /// Waits for what is on its way.
    pub async fn stop(&self) -> Vec<Sample> {
        self.stopped.store(true, Ordering::Relaxed);
        let began = Instant::now();
        while self.waiting.load(Ordering::Relaxed) > 0 && began.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        std::mem::take(&mut *self.samples.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn offer(self: Arc<Self>, target: Arc<Target>, rate: u64, postings: u64) {
        // Every fifth request posts, or every so many of those.
        let every = (rate / 5).div_ceil(postings.max(1)).max(1);
        let mut number = 0_u64;
        while !self.stopped.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(2)).await;
            let due = self.now().as_micros() * u128::from(rate) / 1_000_000;
            while u128::from(number) < due {
                let (kind, bytes) = of_number(&target, number, every);
                number += 1;
                if self.waiting.load(Ordering::Relaxed) >= WAITING_MAX {
                    let sent = self.now();
                    self.add(Sample { kind, sent, took: Duration::ZERO, outcome: Outcome::Unanswered });
                    continue;
                }
                self.waiting.fetch_add(1, Ordering::Relaxed);
                let (load, target) = (self.clone(), target.clone());
                tokio::spawn(async move {
                    let sent = load.now();
                    let called = tokio::time::timeout(PATIENCE, load.call(&target.address, &bytes)).await;
                    let outcome = called.ok().and_then(Result::ok).unwrap_or(Outcome::Unanswered);
                    let took = load.now().saturating_sub(sent);
                    load.add(Sample { kind, sent, took, outcome });
                    load.waiting.fetch_sub(1, Ordering::Relaxed);
                });
            }
        }
    }

    fn add(&self, sample: Sample) {
        self.samples.lock().unwrap_or_else(PoisonError::into_inner).push(sample);
    }

    async fn call(&self, address: &str, bytes: &[u8]) -> io::Result<Outcome> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => BufReader::new(TcpStream::connect(address).await?),
        };
        connection.get_mut().write_all(bytes).await?;
        let (outcome, stays_open) = answer(&mut connection).await?;
        if stays_open {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
        Ok(outcome)
    }
}

/// One answer, and whether the connection may be used again.
async fn answer(connection: &mut BufReader<TcpStream>) -> io::Result<(Outcome, bool)> {
    let (mut line, mut length, mut open) = (String::new(), None, true);
    connection.read_line(&mut line).await?;
    let status = line.split_whitespace().nth(1).and_then(|code| code.parse::<u16>().ok());
    let status = status.ok_or(io::ErrorKind::UnexpectedEof)?;
    loop {
        line.clear();
        if connection.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let header = line.trim().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse::<usize>().ok();
        }
        open &= header != "connection: close";
    }
    // Every answer of this load has a length.
    let mut body = vec![0; length.ok_or(io::ErrorKind::InvalidData)?];
    connection.read_exact(&mut body).await?;
    let outcome = if (200..400).contains(&status) { Outcome::Served } else { refused(status, &body) };
    Ok((outcome, open))
}

fn refused(status: u16, body: &[u8]) -> Outcome {
    let text = String::from_utf8_lossy(&body[..body.len().min(LOOKED_AT)]);
    let code = text.split_once("\"code\":\"").and_then(|(_, rest)| rest.split_once('"'));
    Outcome::Refused(status, code.map_or_else(String::new, |(code, _)| code.to_owned()))
}

/// Among twenty requests eleven are cached reads, four are uncached, four post (or one in `every` of them does), and
/// one reads a file.
fn of_number(target: &Target, number: u64, every: u64) -> (usize, Vec<u8>) {
    let get = |path: &str| request("GET", path, &target.token, &[], b"");
    match number % 20 {
        0 | 5 | 10 | 15 if (number / 5).is_multiple_of(every) => (2, posting(target)),
        1 | 6 | 11 | 16 => (1, get(&format!("/api/v1/journal-entries?limit={}", 1 + number % 9))),
        2 => (3, get(&format!("/api/v1/attachments/{}/content", target.file))),
        _ => (0, get(&format!("/api/v1/accounts/{}", target.account))),
    }
}

fn posting(target: &Target) -> Vec<u8> {
    let body = r#"{"postingDate":"2026-01-15","post":true,"lines":[{"accountCode":"6210","debit":"10.00","dimensions":{"cost-centre":"ADMIN"}},{"accountCode":"1113","credit":"10.00"}]}"#;
    let headers = ["Content-Type: application/json"];
    request("POST", "/api/v1/journal-entries", &target.token, &headers, body.as_bytes())
}
