//! The telemetry of the process, sent to where operators look: Application Insights, a log server, an OpenTelemetry
//! collector. A thread of its own makes and sends it; the request it is about never waits, and a destination that is
//! away, slow or lying costs memory up to a limit and nothing else.

mod channel;
mod deliver;
mod exporter;
mod insights;
mod otlp;
mod text;

use std::sync::Arc;

use application::ports::configuration::SecretText;

use crate::secrets::identity::TokenSource;

pub use channel::{BATCH_BYTES, WAITING_BYTES_MAX};
pub use deliver::{ATTEMPTS_MAX, PAUSE_MAX};
pub use exporter::{ExportError, Exporter, FLUSH_PATIENCE, Statistics};

/// The identity of this process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub application: String,
    /// The pod, or the machine.
    pub instance: String,
    pub version: String,
    pub environment: String,
}

/// One place to send to.
#[derive(Clone)]
pub struct Destination {
    /// For metrics and logs.
    pub name: &'static str,
    pub url: String,
    pub format: Format,
    /// Beside those of the format.
    pub headers: Vec<(String, SecretText)>,
    /// Where requests are sent with a token of the process's identity.
    pub tokens: Option<Arc<dyn TokenSource>>,
}

/// The format of the items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// Everything, as envelopes of this resource.
    Insights(SecretText),
    /// OTLP over HTTP, in protobuf.
    OtlpLogs,
    OtlpTraces,
    OtlpMetrics,
}

/// The path below the ingestion endpoint of Application Insights.
pub const INGESTION_PATH: &str = "/v2.1/track";
/// The scope of Azure's tokens for telemetry.
const INGESTION_SCOPE: &str = "https://monitor.azure.com/.default";
