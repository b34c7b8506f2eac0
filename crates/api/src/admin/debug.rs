//! `/debug`: what the process is, what it is configured with, and what it is doing.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;

use super::AdminState;
use crate::operating::Running;
use crate::overload::Snapshot;

pub async fn build(State(state): State<AdminState>) -> Json<Running> {
    Json(state.operating.build.running(state.clock.now()))
}

/// Answers the text of `config show`: every key with its source, secrets as `***`.
pub async fn config(State(state): State<AdminState>) -> Response {
    let text = state.operating.live.as_ref().map(|live| live.show()).unwrap_or_default();
    ([(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

pub async fn overload(State(state): State<AdminState>) -> Json<Snapshot> {
    Json(state.overload.snapshot())
}
