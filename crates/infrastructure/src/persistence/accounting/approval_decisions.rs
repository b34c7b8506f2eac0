//! How the decisions about a request are stored, with everybody who changed the entry: a document in its row.

use domain::accounting::approval::{Approval, Decision, Verdict};
use domain::ids::UserId;
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

/// The decisions alone, or with whoever changed the entry.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Document {
    Decisions(Vec<StoredDecision>),
    #[serde(rename_all = "camelCase")]
    Changed {
        decisions: Vec<StoredDecision>,
        changed_by: Vec<Uuid>,
    },
}

pub fn write_decisions(approval: &Approval) -> String {
    let stored = |decision: &Decision| StoredDecision {
        user: decision.user.uuid(),
        on_behalf_of: decision.on_behalf_of.map(|user| user.uuid()),
        step: decision.step,
        verdict: decision.verdict.as_str().to_owned(),
        comment: decision.comment.clone(),
        at: decision.at.micros(),
    };
    let decisions = approval.decisions.iter().map(stored).collect();
    let changed_by: Vec<_> = approval.changed_by.iter().map(|user| user.uuid()).collect();
    let document = match changed_by.is_empty() {
        true => Document::Decisions(decisions),
        false => Document::Changed { decisions, changed_by },
    };
    serde_json::json!(document).to_string()
}

pub fn read_decisions(text: &str) -> Option<(Vec<Decision>, Vec<UserId>)> {
    let (stored, changed_by) = match serde_json::from_str(text).ok()? {
        Document::Decisions(decisions) => (decisions, Vec::new()),
        Document::Changed { decisions, changed_by } => (decisions, changed_by),
    };
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
    let decisions = stored.into_iter().map(decision).collect::<Option<_>>()?;
    Some((decisions, changed_by.into_iter().map(Into::into).collect()))
}
