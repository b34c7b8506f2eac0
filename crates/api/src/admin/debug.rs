//! `/debug`: what the process is, what it is configured with, and what it is doing.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::time::Timestamp;
use http::header::CONTENT_TYPE;
use serde::Serialize;

use super::AdminState;
use crate::overload::Snapshot;

/// The facts about the process that do not change after its start.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Build {
    pub version: &'static str,
    /// Tells this build from others of its version.
    pub build: String,
    pub environment: &'static str,
    pub database: &'static str,
    pub process_id: u32,
    #[serde(serialize_with = "as_text")]
    pub started_at: Timestamp,
    pub worker_threads: usize,
    pub cpus: f64,
    pub memory_bytes: u64,
    pub open_files_max: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Running<'a> {
    #[serde(flatten)]
    build: &'a Build,
    uptime_seconds: i64,
}

fn as_text<S: serde::Serializer>(moment: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(moment)
}

pub async fn build(State(state): State<AdminState>) -> Response {
    let micros = state.clock.now().micros() - state.build.started_at.micros();
    Json(Running { build: &state.build, uptime_seconds: micros / 1_000_000 }).into_response()
}

/// The same text as `config show`: every key with its source, secrets as `***`.
pub async fn config(State(state): State<AdminState>) -> Response {
    ([(CONTENT_TYPE, "text/plain; charset=utf-8")], state.live.show()).into_response()
}

pub async fn overload(State(state): State<AdminState>) -> Json<Snapshot> {
    Json(state.overload.snapshot())
}
