//! A receiver of telemetry: the ingestion endpoint of Application Insights, a log server, an OpenTelemetry collector.
//! It keeps everything it is sent as it came, and answers well unless told otherwise.

use std::collections::VecDeque;
use std::io::Read;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use flate2::read::GzDecoder;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, StatusCode, Uri};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::metrics::v1::Metric;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::serve;

/// Requests that are kept.
pub const RECEIVED_MAX: usize = 10_000;
/// Largest body, unpacked.
const BODY_BYTES_MAX: u64 = 64 << 20;
/// How paths of Application Insights end.
const PATH_OF_INSIGHTS: &str = "/track";

/// One request.
#[derive(Debug, Clone)]
pub struct Received {
    pub path: String,
    pub headers: HeaderMap,
    /// Unpacked.
    pub body: Vec<u8>,
    pub status: u16,
}

/// The answer to one request in place of success.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    pub status: u16,
    pub body: Vec<u8>,
    pub headers: Vec<(&'static str, String)>,
    /// The answer comes this much later.
    pub after: Duration,
}

impl Reply {
    pub fn status(status: u16) -> Self {
        Self { status, ..Self::default() }
    }
}

#[derive(Default)]
struct Inner {
    received: Vec<Received>,
    replies: VecDeque<Reply>,
    /// To every request once there is no other.
    always: Option<Reply>,
}

type Shared = Arc<Mutex<Inner>>;

fn locked(shared: &Shared) -> MutexGuard<'_, Inner> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A running collector; it stops when this is dropped.
pub struct Collector {
    inner: Shared,
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Collector {
    /// On a free port of the loopback address.
    pub async fn start() -> std::io::Result<Self> {
        Self::start_on(0).await
    }

    pub async fn start_on(port: u16) -> std::io::Result<Self> {
        let (listener, address) = serve::bind(port).await?;
        let inner = Shared::default();
        let router =
            Router::new().fallback(take).layer(DefaultBodyLimit::disable()).with_state(inner.clone());
        Ok(Self { inner, address, task: serve::serve(listener, None, router) })
    }

    /// `http://127.0.0.1:port`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// As an operator copies it from the portal.
    pub fn insights(&self) -> String {
        format!("InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint={}/", self.url())
    }

    /// To the next request that has no other reply yet.
    pub fn reply(&self, reply: Reply) {
        locked(&self.inner).replies.push_back(reply);
    }

    /// To every request from now on; `None` is that all is well.
    pub fn always(&self, reply: Option<Reply>) {
        locked(&self.inner).always = reply;
    }

    pub fn received(&self) -> Vec<Received> {
        locked(&self.inner).received.clone()
    }

    pub fn forget(&self) {
        locked(&self.inner).received.clear();
    }

    /// Every envelope of Application Insights that was taken.
    pub fn envelopes(&self) -> Vec<Value> {
        let of = |received: &Received| -> Vec<Value> {
            String::from_utf8_lossy(&received.body)
                .lines()
                .filter_map(|line| serde_json::from_str(line).ok())
                .collect()
        };
        let all = self.received();
        let taken =
            all.iter().filter(|received| received.path.ends_with(PATH_OF_INSIGHTS) && received.status < 300);
        taken.flat_map(of).collect()
    }

    fn decoded<T: Message + Default>(&self, path: &str) -> Vec<T> {
        let all = self.received();
        let taken = all.iter().filter(|received| received.path.ends_with(path) && received.status < 300);
        taken.filter_map(|received| T::decode(received.body.as_slice()).ok()).collect()
    }

    pub fn spans(&self) -> Vec<Span> {
        let requests = self.decoded::<ExportTraceServiceRequest>("/v1/traces").into_iter();
        let scopes = requests.flat_map(|request| request.resource_spans).flat_map(|of| of.scope_spans);
        scopes.flat_map(|scope| scope.spans).collect()
    }

    pub fn logs(&self) -> Vec<LogRecord> {
        let requests = self.decoded::<ExportLogsServiceRequest>("/v1/logs").into_iter();
        let scopes = requests.flat_map(|request| request.resource_logs).flat_map(|of| of.scope_logs);
        scopes.flat_map(|scope| scope.log_records).collect()
    }

    pub fn metrics(&self) -> Vec<Metric> {
        let requests = self.decoded::<ExportMetricsServiceRequest>("/v1/metrics").into_iter();
        let scopes = requests.flat_map(|request| request.resource_metrics).flat_map(|of| of.scope_metrics);
        scopes.flat_map(|scope| scope.metrics).collect()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn take(State(inner): State<Shared>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let packed = headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding == "gzip");
    let body = if packed { unpacked(&body) } else { body.to_vec() };
    let path = uri.path().to_owned();
    let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count();
    let reply = {
        let mut inner = locked(&inner);
        let reply = inner.replies.pop_front().or_else(|| inner.always.clone());
        let status = reply.as_ref().map_or(200, |reply| reply.status);
        if inner.received.len() < RECEIVED_MAX {
            inner.received.push(Received { path: path.clone(), headers, body, status });
        }
        reply
    };
    let Some(reply) = reply else {
        return match path.ends_with(PATH_OF_INSIGHTS) {
            true => axum::Json(json!({ "itemsReceived": lines, "itemsAccepted": lines, "errors": [] }))
                .into_response(),
            false => ([(CONTENT_TYPE, "application/x-protobuf")], Body::empty()).into_response(),
        };
    };
    tokio::time::sleep(reply.after).await;
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, reply.body).into_response();
    for (name, value) in reply.headers {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// A body that is no gzip is empty.
fn unpacked(body: &[u8]) -> Vec<u8> {
    let mut unpacked = Vec::new();
    match GzDecoder::new(body).take(BODY_BYTES_MAX).read_to_end(&mut unpacked) {
        Ok(_) => unpacked,
        Err(_) => Vec::new(),
    }
}
