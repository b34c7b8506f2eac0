//! The feed as server-sent events: one page in memory, read when the client has taken the one before.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use application::platform::change_feed::{ChangeFeedQueries, EventQuery, EventView};
use application::platform::identity::{Authenticator, Credential};
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use domain::error::{Phrase, Violation};
use domain::ids::TenantId;
use futures::stream;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};
use tokio::time::Instant;

use super::READ_EVENTS;
use crate::event_hub::Subscription;
use crate::media::EVENT_STREAM;
use crate::middleware::guard::credential;
use crate::problem::{INVALID_HEADER, Problem};

/// A comment is sent so often when nothing happens, so that nobody takes the connection for dead. The caller's rights
/// are looked at again as often.
pub const HEARTBEAT: Duration = Duration::from_secs(15);
/// Commits that come close together are read at once.
const GATHER: Duration = Duration::from_millis(10);
/// How long a client should wait before it connects again, in milliseconds.
const RETRY_MS: u32 = 1_000;
/// The last event of a stream whose server stops. It has no id, so that `Last-Event-ID` stays what it was.
const RECONNECT: &[u8] = b"event: reconnect\nretry: 1000\ndata: {}\n\n";

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// The position at which a returning client left off.
pub fn last_event_id(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get(LAST_EVENT_ID) else { return Ok(None) };
    let sequence = value.to_str().ok().and_then(|text| text.trim().parse::<i64>().ok());
    match sequence.filter(|sequence| *sequence >= 0) {
        Some(sequence) => Ok(Some(sequence)),
        None => {
            let violation = Violation::new(&INVALID_HEADER).with("name", "Last-Event-ID");
            Err(violation
                .with_phrase("expected", Phrase::new("a sequence", "رقم تسلسلي"))
                .at(":Last-Event-ID")
                .into())
        }
    }
}

/// One open stream.
pub struct Follower {
    feed: Arc<dyn ChangeFeedQueries>,
    authenticator: Arc<dyn Authenticator>,
    credential: Option<Credential>,
    subscription: Subscription,
    next_heartbeat: Instant,
    next_check: Instant,
    /// The client was told to connect again.
    over: bool,
}

impl Follower {
    pub fn new(
        feed: Arc<dyn ChangeFeedQueries>,
        authenticator: Arc<dyn Authenticator>,
        subscription: Subscription,
        headers: &HeaderMap,
    ) -> Self {
        let soon = Instant::now() + HEARTBEAT;
        let credential = credential(headers);
        let (next_heartbeat, next_check, over) = (soon, soon, false);
        Self { feed, authenticator, credential, subscription, next_heartbeat, next_check, over }
    }

    pub fn answer(self, tenant: TenantId, query: EventQuery) -> Response {
        let greeting = Bytes::from(format!("retry: {RETRY_MS}\n\n"));
        let chunks = stream::unfold(
            (Some(greeting), self, query),
            move |(ready, mut follower, mut query)| async move {
                let chunk = match ready {
                    Some(greeting) => Ok(greeting),
                    None => follower.next(tenant, &mut query).await?,
                };
                Some((chunk, (None, follower, query)))
            },
        );
        let mut response = Response::new(Body::from_stream(chunks));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(EVENT_STREAM));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        // Proxies that gather answers would hold events back.
        headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
        response
    }

    /// The next events or a heartbeat; `None` ends the stream.
    async fn next(
        &mut self,
        tenant: TenantId,
        query: &mut EventQuery,
    ) -> Option<Result<Bytes, std::io::Error>> {
        loop {
            if self.over {
                return None;
            }
            if Instant::now() >= self.next_check {
                self.next_check = Instant::now() + HEARTBEAT;
                if !self.still_allowed(tenant).await {
                    return None;
                }
            }
            match self.feed.events(tenant, query).await {
                Ok(page) => {
                    query.after = page.last_sequence.max(query.after);
                    if !page.items.is_empty() {
                        self.next_heartbeat = Instant::now() + HEARTBEAT;
                        return Some(Ok(written(&page.items)));
                    }
                }
                Err(error) => {
                    tracing::warn!(error = %error, "an event stream broke off");
                    return Some(Err(std::io::Error::other("the stream broke off")));
                }
            }
            if !self.wait().await {
                self.over = true;
                return Some(Ok(Bytes::from_static(RECONNECT)));
            }
            if Instant::now() >= self.next_heartbeat {
                self.next_heartbeat = Instant::now() + HEARTBEAT;
                return Some(Ok(Bytes::from_static(b":\n\n")));
            }
        }
    }

    /// Until something may have happened; false when the server stops.
    async fn wait(&mut self) -> bool {
        let until = self.next_heartbeat.min(Instant::now() + self.subscription.look_every());
        tokio::select! {
            going_on = self.subscription.changed() => {
                tokio::time::sleep(GATHER).await;
                going_on
            }
            () = tokio::time::sleep_until(until) => true,
        }
    }

    /// Whether the credential is still valid: a revoked right ends the stream.
    async fn still_allowed(&self, tenant: TenantId) -> bool {
        let Some(credential) = &self.credential else { return false };
        match self.authenticator.authenticate(credential).await {
            Ok(identity) => identity.tenant == tenant && identity.permissions.allows(READ_EVENTS),
            Err(_) => false,
        }
    }
}

fn written(events: &[EventView]) -> Bytes {
    let mut text = String::new();
    for event in events {
        // JSON has no line break of its own, so it is one line of data.
        let data = serde_json::to_string(event).unwrap_or_default();
        let _ = write!(text, "id: {}\nevent: {}\ndata: {data}\n\n", event.sequence, event.r#type);
    }
    text.into()
}
