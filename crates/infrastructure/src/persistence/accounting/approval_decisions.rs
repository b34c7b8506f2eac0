//! How the decisions about a request are stored: a document in its row.

use domain::accounting::approval::{Decision, Verdict};
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A decision as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredDecision {
    user: Uuid,
    on_behalf_of: Option<Uuid>,
    step: usize,
    verdict: String,
    comment: Option<String>,
    at: i64,
}

pub fn write_decisions(decisions: &[Decision]) -> String {
    let stored = |decision: &Decision| StoredDecision {
        user: decision.user.uuid(),
        on_behalf_of: decision.on_behalf_of.map(|user| user.uuid()),
        step: decision.step,
        verdict: decision.verdict.as_str().to_owned(),
        comment: decision.comment.clone(),
        at: decision.at.micros(),
    };
    serde_json::json!(decisions.iter().map(stored).collect::<Vec<_>>()).to_string()
}

pub fn read_decisions(text: &str) -> Option<Vec<Decision>> {
    let stored: Vec<StoredDecision> = serde_json::from_str(text).ok()?;
    let decision = |stored: StoredDecision| {
        Some(Decision {
            user: stored.user.into(),
            on_behalf_of: stored.on_behalf_of.map(Into::into),
            step: stored.step,
            verdict: Verdict::parse(&stored.verdict).ok()?,
            comment: stored.comment,
            at: Timestamp::from_micros(stored.at),
        })
    };
    stored.into_iter().map(decision).collect()
}
