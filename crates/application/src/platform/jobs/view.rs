//! A job as the API shows it.

use domain::error::{Language, Violation};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// Work that outlives its request.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobView {
    pub id: Uuid,
    /// Such as `import_accounts` or `import_journal_entries`.
    pub r#type: String,
    /// `queued`, `running`, `succeeded`, `failed` or `cancelled`.
    pub status: String,
    /// From 0 to 100.
    pub progress: u8,
    /// Rows done so far.
    pub done: u64,
    /// Rows in all; null until that is known.
    pub total: Option<u64>,
    /// Somebody asked it to stop.
    pub cancel_requested: bool,
    /// What was asked for.
    #[schema(value_type = Object)]
    pub input: Value,
    /// What came of it; null unless it succeeded.
    #[schema(value_type = Option<Object>)]
    pub result: Option<Value>,
    /// Null unless it failed or was cancelled.
    pub error: Option<JobErrorView>,
    pub created_by: Option<Uuid>,
    #[schema(format = "date-time")]
    pub created_at: String,
    pub started_at: Option<String>,
    pub finished_at: Option<String>,
    pub version: i64,
}

/// Why a job failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobErrorView {
    pub code: String,
    pub detail: String,
    /// The first of them; the detail says how many there are.
    pub errors: Vec<JobErrorItem>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobErrorItem {
    pub pointer: String,
    /// Line of the file, from 1.
    pub row: Option<u64>,
    pub column: Option<String>,
    pub code: String,
    pub detail: String,
}

impl JobErrorItem {
    pub fn of(violation: &Violation, language: Language) -> Self {
        let parameter =
            |wanted: &str| violation.params.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value);
        Self {
            pointer: violation.pointer.clone(),
            row: parameter("row").and_then(|row| row.parse().ok()),
            column: parameter("column").map(ToString::to_string),
            code: violation.def.code.to_owned(),
            detail: violation.text(language),
        }
    }
}
