//! Approvals as the API shows them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::warnings::WarningView;

/// An entry that was submitted for approval, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalView {
    pub id: Uuid,
    pub journal_entry_id: Uuid,
    /// The status: `pending`, `approved`, `rejected`, or `recalled` by the submitter.
    pub status: &'static str,
    /// The policy that asked for it.
    pub policy_id: Uuid,
    /// The code that the policy had at submission.
    pub policy_code: String,
    pub journal_id: Uuid,
    pub posting_date: NaiveDate,
    /// The sum of the debits in the company currency.
    pub total: String,
    pub description: Option<String>,
    /// The creator of the entry, who does not approve it; null if the product made it.
    pub created_by: Option<Uuid>,
    /// Everybody else whose figures the entry has, because they changed it, its template, or the draft that it was copied
    /// from. None of them approves it.
    pub changed_by: Vec<Uuid>,
    /// The user who submitted it, who does not approve it either.
    pub submitted_by: Uuid,
    #[schema(format = "date-time")]
    pub submitted_at: String,
    /// The step that is being decided, from 1; the last one once all is decided.
    pub step: u32,
    /// The steps as they were at submission. A policy that changes later changes nothing here.
    pub steps: Vec<ApprovalStepView>,
    pub decisions: Vec<DecisionView>,
    /// The reasons for which the entry was not posted after the last approval. It is then approved and still a draft: it
    /// can be posted as it is once they are gone, or recalled.
    pub posting_problems: Vec<PostingProblemView>,
    pub version: i64,
    /// Warnings; only in the answer to the request that posted something.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningView>,
}

/// One step: so many of these people approve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalStepView {
    /// The role whose holders decide, as they are when they decide; null if the step names users.
    pub approver_role_id: Option<Uuid>,
    /// The users who decide; empty if the step names a role.
    pub approver_user_ids: Vec<Uuid>,
    pub approvals_needed: u8,
    /// The approvals given so far.
    pub approvals: u32,
}

/// One person's decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DecisionView {
    /// The step, from 1.
    pub step: u32,
    /// The verdict: `approved` or `rejected`.
    pub verdict: &'static str,
    pub user_id: Uuid,
    /// The approver in whose place the user decided.
    pub on_behalf_of: Option<Uuid>,
    /// The comment, or the reason of a rejection.
    pub comment: Option<String>,
    #[schema(format = "date-time")]
    pub decided_at: String,
}

/// One reason for which an approved entry was not posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PostingProblemView {
    pub code: String,
    /// The place in the entry, as a JSON pointer.
    pub pointer: String,
    pub en: String,
    pub ar: String,
}
