//! One way to the server or the cluster: every operation in time, and its failures counted.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::cluster_async::ClusterConnection;
use redis::cluster_routing::{RoutingInfo, SingleNodeRoutingInfo};
use redis::{Arg, Cmd, ErrorKind, Pipeline, RedisError, ServerErrorKind, Value};
use signals::event::Service;
use signals::{Call, Outcome};
use tokio::sync::Notify;

use super::backplane::news_channel;
use super::{FAILURES_MAX, OPERATION_TIMEOUT};
use crate::cache::connection_string::{CommandMap, Endpoint, RedisOptions};

/// The name of several commands in one message.
const PIPELINE: &str = "PIPELINE";

/// Why something could not be asked of Redis; for logs and health.
#[derive(Debug, Clone)]
pub(in super::super) struct Failed(pub String);

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

pub(super) fn failed(error: RedisError) -> Failed {
    Failed(error.to_string())
}

impl From<RedisError> for Failed {
    fn from(error: RedisError) -> Self {
        failed(error)
    }
}

impl From<redis::ParsingError> for Failed {
    fn from(error: redis::ParsingError) -> Self {
        Self(error.to_string())
    }
}

#[derive(Clone)]
pub(super) enum Connection {
    Single(MultiplexedConnection),
    Cluster(Box<ClusterConnection>),
}

/// Shared by all who ask; replaced as a whole when it breaks.
pub(in super::super) struct Link {
    connection: Connection,
    commands: CommandMap,
    timeout: Duration,
    /// Server and database, for telemetry.
    target: String,
    /// The channel on which processes with the same connection listen for news.
    pub news_channel: String,
    /// Time-outs in a row.
    failures: AtomicU32,
    broken: Notify,
}

/// Whether the connection is of no more use after this error.
fn breaks(error: &RedisError) -> bool {
    let unusable = matches!(
        error.kind(),
        ErrorKind::Server(
            ServerErrorKind::ReadOnly
                | ServerErrorKind::MasterDown
                | ServerErrorKind::ClusterDown
                | ServerErrorKind::BusyLoading
        ) | ErrorKind::ClusterConnectionNotFound
    );
    unusable || error.is_unrecoverable_error() || error.is_io_error() || error.code() == Some("NOAUTH")
}

impl Link {
    pub(super) fn new(connection: Connection, options: &RedisOptions) -> Self {
        Self {
            connection,
            commands: options.commands.clone(),
            timeout: OPERATION_TIMEOUT.min(options.async_timeout),
            target: target(options),
            news_channel: news_channel(&options.channel_prefix),
            failures: AtomicU32::new(0),
            broken: Notify::new(),
        }
    }

    pub(super) fn is_cluster(&self) -> bool {
        matches!(self.connection, Connection::Cluster(_))
    }

    /// A command under the name the server knows it by. Commands that the cache cannot do without were checked with
    /// the string.
    pub fn command(&self, name: &'static str) -> Cmd {
        redis::cmd(self.commands.name(name).unwrap_or(name))
    }

    /// Removes keys without making the server wait, where it can.
    pub fn unlink(&self) -> Cmd {
        self.command(if self.commands.disabled("UNLINK") { "DEL" } else { "UNLINK" })
    }

    /// Resolves when the connection is of no more use.
    pub(super) async fn broken(&self) {
        self.broken.notified().await;
    }

    pub(super) fn give_up(&self) {
        self.broken.notify_one();
    }

    pub async fn query(&self, command: &Cmd) -> Result<Value, Failed> {
        let asked = async {
            let value = match self.connection.clone() {
                Connection::Single(mut connection) => connection.send_packed_command(command).await?,
                Connection::Cluster(mut connection) => connection.req_packed_command(command).await?,
            };
            value.extract_error()
        };
        self.watched(name_of(command), self.timeout, asked).await
    }

    /// Commands in one message; in a cluster all their keys are on one node.
    pub async fn pipeline(&self, pipeline: &Pipeline) -> Result<Vec<Value>, Failed> {
        let count = pipeline.len();
        let asked = async {
            let values = match self.connection.clone() {
                Connection::Single(mut connection) => {
                    connection.send_packed_commands(pipeline, 0, count).await?
                }
                Connection::Cluster(mut connection) => {
                    connection.req_packed_commands(pipeline, 0, count).await?
                }
            };
            values.into_iter().map(Value::extract_error).collect()
        };
        self.watched(PIPELINE.to_owned(), self.timeout, asked).await
    }

    /// On one node, with another time limit; its errors are answers like others.
    pub(super) async fn query_on(
        &self,
        node: &Node,
        command: Cmd,
        timeout: Duration,
    ) -> Result<Value, Failed> {
        let name = name_of(&command);
        let asked = async {
            match (self.connection.clone(), &node.0) {
                (Connection::Cluster(mut connection), Some(at)) => {
                    connection.route_command(command, RoutingInfo::SingleNode(route(at))).await?
                }
                (Connection::Cluster(mut connection), None) => {
                    connection.req_packed_command(&command).await?
                }
                (Connection::Single(mut connection), _) => connection.send_packed_command(&command).await?,
            }
            .extract_error()
        };
        self.watched(name, timeout, asked).await
    }

    pub(super) async fn pipeline_on(
        &self,
        node: &Node,
        pipeline: Pipeline,
        timeout: Duration,
    ) -> Result<Vec<Value>, Failed> {
        let count = pipeline.len();
        let asked = async {
            match (self.connection.clone(), &node.0) {
                (Connection::Cluster(mut connection), Some(at)) => {
                    connection.route_pipeline(pipeline, 0, count, route(at)).await
                }
                (Connection::Cluster(mut connection), None) => {
                    connection.req_packed_commands(&pipeline, 0, count).await
                }
                (Connection::Single(mut connection), _) => {
                    connection.send_packed_commands(&pipeline, 0, count).await
                }
            }
        };
        self.watched(PIPELINE.to_owned(), timeout, asked).await
    }

    /// Every server that keeps keys of its own (F4).
    pub(super) async fn primaries(&self, timeout: Duration) -> Result<Vec<Node>, Failed> {
        if !self.is_cluster() {
            return Ok(vec![Node(None)]);
        }
        let slots = self.command("CLUSTER").arg("SLOTS").to_owned();
        let slots = self.query_on(&Node(None), slots, timeout).await?;
        Ok(nodes(&slots, false).into_iter().map(|endpoint| Node(Some(endpoint))).collect())
    }

    async fn watched<T>(
        &self,
        name: String,
        timeout: Duration,
        asked: impl Future<Output = Result<T, RedisError>>,
    ) -> Result<T, Failed> {
        let began = Instant::now();
        let answered = self.in_time(timeout, asked).await;
        let outcome = match &answered {
            Ok(_) => Outcome::Succeeded,
            Err(failed) => Outcome::Failed(failed),
        };
        let (target, took) = (self.target.as_str(), began.elapsed());
        Call { service: Service::Redis, name: &name, target, data: &name, took, outcome }.ended();
        answered
    }

    async fn in_time<T>(
        &self,
        timeout: Duration,
        asked: impl Future<Output = Result<T, RedisError>>,
    ) -> Result<T, Failed> {
        match tokio::time::timeout(timeout, asked).await {
            Ok(Ok(value)) => {
                self.failures.store(0, Ordering::Relaxed);
                Ok(value)
            }
            Ok(Err(error)) => {
                if breaks(&error) {
                    self.give_up();
                }
                Err(failed(error))
            }
            Err(_) => {
                if self.failures.fetch_add(1, Ordering::Relaxed) + 1 >= FAILURES_MAX {
                    self.give_up();
                }
                Err(Failed(format!("no answer within {} ms", timeout.as_millis())))
            }
        }
    }
}

/// The first of several servers stands for all.
fn target(options: &RedisOptions) -> String {
    let first = options.endpoints.first().map(|first| first.host.as_str()).unwrap_or_default();
    format!("{first} | {}", options.default_database)
}

/// Never an argument: keys name tenants.
fn name_of(command: &Cmd) -> String {
    match command.args_iter().next() {
        Some(Arg::Simple(name)) => String::from_utf8_lossy(name).into_owned(),
        _ => String::new(),
    }
}

fn route(at: &Endpoint) -> SingleNodeRoutingInfo {
    SingleNodeRoutingInfo::ByAddress { host: at.host.clone(), port: at.port }
}

/// A server to ask; `None` for the only one, or any.
#[derive(Debug, Clone)]
pub(super) struct Node(Option<Endpoint>);

/// The nodes in an answer to `CLUSTER SLOTS`: primaries, or replicas as well.
pub(super) fn nodes(slots: &Value, with_replicas: bool) -> Vec<Endpoint> {
    let mut found: Vec<Endpoint> = Vec::new();
    let ranges = if let Value::Array(ranges) = slots { ranges.as_slice() } else { &[] };
    for range in ranges {
        let Value::Array(parts) = range else { continue };
        // Two numbers of slots, then the primary, then its replicas.
        for node in parts.iter().skip(2).take(if with_replicas { usize::MAX } else { 1 }) {
            let Value::Array(node) = node else { continue };
            let (Some(host), Some(port)) = (node.first(), node.get(1)) else { continue };
            let host = redis::from_redis_value_ref::<String>(host).unwrap_or_default();
            let Ok(port) = redis::from_redis_value_ref::<u16>(port) else { continue };
            let endpoint = Endpoint { host, port };
            if !endpoint.host.is_empty() && !found.contains(&endpoint) {
                found.push(endpoint);
            }
        }
    }
    found
}
