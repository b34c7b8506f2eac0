//! `/admin/backups`: what there is, and one more. `erp-api backup` asks here when a server has the database open.

use application::platform::backups::service::{BackupService, Taken};
use application::platform::backups::{BackupKind, Entry};
use axum::Json as Answer;
use axum::extract::State;
use http::StatusCode;

use super::AdminState;
use crate::extract::Json;
use crate::problem::{Problem, ROUTE_NOT_FOUND};
use crate::request;
use crate::wire::RequiredText;

/// Longest text that is kept with a backup.
const LABEL_LENGTH_MAX: usize = 200;

request! {
    /// A backup to take now.
    pub struct TakeBackup {
        /// `full`: everything; `diff`: the pages since the last full one; `log`: what was committed since the last backup.
        kind: BackupKind = "log",
        /// Why it is taken.
        label: Option<RequiredText<LABEL_LENGTH_MAX>> = "before the migration",
    }
}

fn service(state: &AdminState) -> Result<&dyn BackupService, Problem> {
    state.operating.backups.as_deref().ok_or_else(|| Problem::of(&ROUTE_NOT_FOUND))
}

pub async fn list(State(state): State<AdminState>) -> Result<Answer<Vec<Entry>>, Problem> {
    Ok(Answer(service(&state)?.list().await?))
}

/// Answers when the backup is in the store.
pub async fn take(
    State(state): State<AdminState>,
    Json(body): Json<TakeBackup>,
) -> Result<(StatusCode, Answer<Taken>), Problem> {
    let taken = service(&state)?.take(body.kind, body.label.map(String::from)).await?;
    Ok((StatusCode::CREATED, Answer(taken)))
}
