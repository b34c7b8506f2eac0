//! `/admin/log-level`: other levels in this process for a while (J1). They count above the configured ones, so that nobody
//! has to remember to put them back, and each change leaves a line in the log whatever the levels are.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Json as Answer;
use axum::extract::{ConnectInfo, FromRequest, Request, State};
use domain::error::Violation;
use tracing::info;

use super::AdminState;
use crate::extract::Json;
use crate::operating::log_level::{LogLevelBody, LogLevelView, told};
use crate::problem::{Problem, REQUEST_TIMEOUT};
use crate::telemetry::AUDIT;

/// How long a body is waited for.
const BODY_WAIT_MAX: Duration = Duration::from_secs(5);

pub async fn read(State(state): State<AdminState>) -> Answer<LogLevelView> {
    Answer(state.operating.levels.in_force().into())
}

/// The address of the caller, as far as the connection tells.
fn peer(request: &Request) -> String {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    peer.map_or_else(|| "unknown".to_owned(), |ConnectInfo(peer)| peer.to_string())
}

pub async fn change(
    State(state): State<AdminState>,
    request: Request,
) -> Result<Answer<LogLevelView>, Problem> {
    let by = peer(&request);
    let read = tokio::time::timeout(BODY_WAIT_MAX, Json::<LogLevelBody>::from_request(request, &state));
    let late = |_| Problem::from(Violation::new(&REQUEST_TIMEOUT).with("seconds", BODY_WAIT_MAX.as_secs()));
    let Json(body) = read.await.map_err(late)??;
    let change = body.change()?;
    let until = state.clock.now().plus_seconds(body.seconds.0);
    info!(
        target: AUDIT, by, levels = told(&change), until = %until,
        "Log levels changed by {{by}} until {{until}}: {{levels}}"
    );
    let levels = &state.operating.levels;
    levels.change_for(change, until, Duration::from_secs(body.seconds.0.unsigned_abs()));
    Ok(Answer(levels.in_force().into()))
}

/// Ends a change before its time.
pub async fn end(State(state): State<AdminState>, request: Request) -> Answer<LogLevelView> {
    let levels = &state.operating.levels;
    if levels.end(None) {
        info!(target: AUDIT, by = peer(&request), "The log levels are the configured ones again, by {{by}}");
    }
    Answer(levels.in_force().into())
}
