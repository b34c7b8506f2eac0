//! Sends the batches of one destination, one after the other, until it takes them or they are given up.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use reqwest::Response;
use reqwest::redirect::Policy;
use tokio::sync::watch;
use tracing::{info, warn};

use super::channel::{Batch, Counts, Waiting};
use super::insights::{self, Judged};
use super::{Destination, Format, INGESTION_SCOPE, otlp};
use crate::secrets::problem::chain;

/// A batch is sent so many times; then the destination has been away for minutes, and what is newer is worth more.
pub const ATTEMPTS_MAX: u32 = 10;
/// The pause after a failure; doubles with each further one.
const PAUSE: Duration = Duration::from_secs(1);
/// Its longest, and the longest a destination may ask for.
pub const PAUSE_MAX: Duration = Duration::from_secs(60);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// From sending a batch to the end of the answer.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
const IDLE_CONNECTION_LIFE: Duration = Duration::from_secs(30);
/// The ingestion service sends callers to another host of its own now and then.
const REDIRECTS_MAX: usize = 3;
/// As much of an answer is read.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// Longest `Retry-After` that is understood, in digits.
const DIGITS_MAX: usize = 6;

/// The client of all destinations.
pub fn client() -> Result<reqwest::Client, String> {
    let builder = reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(REQUEST_TIMEOUT)
        .pool_idle_timeout(IDLE_CONNECTION_LIFE)
        .redirect(Policy::limited(REDIRECTS_MAX))
        .no_proxy();
    builder.build().map_err(|error| chain(&error))
}

/// The result of sending a batch once.
enum Sent {
    Done {
        refused: usize,
    },
    /// These are left, and the destination may say for how long to wait.
    Again {
        left: Batch,
        refused: usize,
        reason: String,
        after: Option<Duration>,
    },
    Refused(String),
}

pub struct Delivery {
    pub destination: Destination,
    pub waiting: Arc<Waiting>,
    pub client: reqwest::Client,
    /// Set at the end: from then on everything is tried once more, and nothing is waited for.
    pub ending: watch::Receiver<bool>,
}

impl Delivery {
    /// Until everything is sent after the end has begun.
    pub async fn run(mut self) {
        let mut well = true;
        loop {
            let Some(batch) = self.waiting.pop() else {
                if *self.ending.borrow() {
                    return;
                }
                tokio::select! {
                    () = self.waiting.changed() => {}
                    _ = self.ending.changed() => {}
                }
                continue;
            };
            self.deliver(batch, &mut well).await;
        }
    }

    async fn deliver(&mut self, mut batch: Batch, well: &mut bool) {
        let counts = self.waiting.counts.clone();
        let name = self.destination.name;
        let mut pause = PAUSE;
        for attempt in 1..=ATTEMPTS_MAX {
            // Batches that come after the end has begun are sent once, too.
            let ended = *self.ending.borrow();
            let items = batch.items();
            match self.send(&batch).await {
                Sent::Done { refused } => {
                    Counts::add(&counts.refused, refused);
                    Counts::add(&counts.delivered, items.saturating_sub(refused));
                    if !std::mem::replace(well, true) {
                        info!(target: super::exporter::TARGET, name, "Telemetry reaches {{name}} again");
                    }
                    return;
                }
                Sent::Refused(reason) => {
                    Counts::add(&counts.refused, items);
                    self.failed(well, &reason);
                    return;
                }
                Sent::Again { left, refused, reason, after } => {
                    Counts::add(&counts.refused, refused);
                    Counts::add(&counts.delivered, items.saturating_sub(refused + left.items()));
                    self.failed(well, &reason);
                    batch = left;
                    if ended || attempt == ATTEMPTS_MAX {
                        break;
                    }
                    let wait = after.unwrap_or(pause).min(PAUSE_MAX);
                    tokio::select! {
                        () = tokio::time::sleep(wait) => {}
                        _ = self.ending.changed() => {}
                    }
                    pause = (pause * 2).min(PAUSE_MAX);
                }
            }
        }
        Counts::add(&counts.dropped, batch.items());
    }

    /// Once for each time it begins to fail. The line says so itself where it cannot arrive.
    fn failed(&self, well: &mut bool, reason: &str) {
        if std::mem::replace(well, false) {
            let name = self.destination.name;
            warn!(target: super::exporter::TARGET, name, reason, "Telemetry does not reach {{name}}: {{reason}}. It is tried again; what waits for too long is left out");
        }
    }

    async fn send(&self, batch: &Batch) -> Sent {
        let again = |reason: String, after| Sent::Again { left: batch.clone(), refused: 0, reason, after };
        let mut request = self.client.post(&self.destination.url).header(CONTENT_ENCODING, "gzip");
        request = request.header(
            CONTENT_TYPE,
            match batch {
                Batch::Lines(_) => "application/x-json-stream",
                Batch::Message { .. } => "application/x-protobuf",
            },
        );
        for (name, value) in &self.destination.headers {
            request = request.header(name, value.expose());
        }
        if let Some(tokens) = &self.destination.tokens {
            match tokens.token(INGESTION_SCOPE).await {
                Ok(token) => request = request.header(AUTHORIZATION, format!("Bearer {}", token.expose())),
                Err(error) => return again(format!("there is no token: {error}"), None),
            }
        }
        let body = match compressed(batch) {
            Ok(body) => body,
            Err(error) => return Sent::Refused(error.to_string()),
        };
        let response = match request.body(body).send().await {
            Ok(response) => response,
            Err(error) => return again(chain(&error.without_url()), None),
        };
        let status = response.status().as_u16();
        let after = retry_after(&response);
        let answer = match read(response).await {
            Ok(answer) => answer,
            // It took the batch, or says so; whether some are to be sent again is not known.
            Err(_) if (200..300).contains(&status) => return Sent::Done { refused: 0 },
            Err(_) => Vec::new(),
        };
        match (status, batch, &self.destination.format) {
            (200..=299, Batch::Lines(lines), _) => match insights::judge(&answer, lines.len()) {
                Judged::Done { refused } => Sent::Done { refused },
                Judged::Again { places, refused } => {
                    let left = places.iter().filter_map(|place| lines.get(*place).cloned()).collect();
                    let reason =
                        format!("{} of {} items were not taken", places.len() + refused, lines.len());
                    Sent::Again { left: Batch::Lines(left), refused, reason, after }
                }
            },
            (200..=299, _, Format::OtlpLogs) => Sent::Done { refused: otlp::refused_logs(&answer) },
            (200..=299, _, Format::OtlpTraces) => Sent::Done { refused: otlp::refused_spans(&answer) },
            (200..=299, _, _) => Sent::Done { refused: otlp::refused_points(&answer) },
            (401 | 403, ..) if self.destination.tokens.is_some() => {
                again(format!("it answered {status}: the identity may not send"), after)
            }
            (status, Batch::Lines(_), _) if insights::retried_later(status) => {
                again(format!("it answered {status}"), after)
            }
            (status, Batch::Message { .. }, _) if otlp::retried_later(status) => {
                again(format!("it answered {status}"), after)
            }
            _ => Sent::Refused(format!("it answered {status}")),
        }
    }
}

fn compressed(batch: &Batch) -> std::io::Result<Vec<u8>> {
    let mut gzip = GzEncoder::new(Vec::with_capacity(batch.bytes() / 4), Compression::fast());
    match batch {
        Batch::Lines(lines) => {
            for line in lines {
                gzip.write_all(line.as_bytes())?;
                gzip.write_all(b"\n")?;
            }
        }
        Batch::Message { bytes, .. } => gzip.write_all(bytes)?,
    }
    gzip.finish()
}

/// In seconds; a date is as good as none.
fn retry_after(response: &Response) -> Option<Duration> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = if text.len() > DIGITS_MAX { return None } else { text.parse().ok()? };
    Some(Duration::from_secs(seconds))
}

async fn read(mut response: Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| chain(&error))? {
        if body.len() + piece.len() > ANSWER_BYTES_MAX {
            return Err("the answer is too long".to_owned());
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}
