//! A job as the API shows it.

use domain::error::{Language, Violation};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// A job: work that goes on after its request was answered.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobView {
    pub id: Uuid,
    /// The type of the job, such as `import_accounts` or `import_journal_entries`.
    pub r#type: String,
    /// The status: `queued`, `running`, `succeeded`, `failed` or `cancelled`.
    pub status: String,
    /// The progress in per cent, from 0 to 100.
    pub progress: u8,
    /// The number of rows processed so far.
    pub done: u64,
    /// The number of rows in all; null until it is known.
    pub total: Option<u64>,
    /// Whether a user has asked the job to stop.
    pub cancel_requested: bool,
    /// The input of the job.
    #[schema(value_type = Object)]
    pub input: Value,
    /// The result of the job; null unless it succeeded.
    #[schema(value_type = Option<Object>)]
    pub result: Option<Value>,
    /// The error; null unless the job failed or was cancelled.
    pub error: Option<JobErrorView>,
    pub created_by: Option<Uuid>,
    #[schema(format = "date-time")]
    pub created_at: String,
    pub started_at: Option<String>,
    pub finished_at: Option<String>,
    pub version: i64,
}

/// The reason why a job failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobErrorView {
    pub code: String,
    pub detail: String,
    /// The first errors; the detail says how many there are.
    pub errors: Vec<JobErrorItem>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobErrorItem {
    pub pointer: String,
    /// The line of the file, from 1.
    pub row: Option<u64>,
    pub column: Option<String>,
    pub code: String,
    pub detail: String,
}

impl JobErrorItem {
    pub fn of(violation: &Violation, language: Language) -> Self {
        Self {
            pointer: violation.pointer.clone(),
            row: violation.param("row").and_then(|row| row.parse().ok()),
            column: violation.param("column").map(str::to_owned),
            code: violation.def.code.to_owned(),
            detail: violation.text(language),
        }
    }
}
