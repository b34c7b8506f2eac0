//! Approvals in storage.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::approval::{Approval, ApprovalId, ApprovalPolicy, ApprovalStatus, Voter};
use domain::accounting::journal_entry::EntryApproval;
use domain::error::{Language, Violation};
use domain::ids::{JournalEntryId, JournalId, TenantId, UserId};
use domain::money::Amount;
use domain::time::Timestamp;

use super::views::{ApprovalStepView, ApprovalView, DecisionView, PostingProblemView};
use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use crate::ports::storage_error::StorageResult;

/// A request with what people see of its entry, which does not change while it waits.
#[derive(Debug, Clone)]
pub struct StoredApproval {
    pub approval: Approval,
    pub journal: JournalId,
    pub posting_date: NaiveDate,
    /// The sum of the debits in the company currency.
    pub total: Amount,
    pub description: Option<String>,
    /// The reasons for which the entry was not posted after the last approval.
    pub problems: Vec<PostingProblemView>,
}

impl From<&Violation> for PostingProblemView {
    fn from(violation: &Violation) -> Self {
        Self {
            code: violation.def.code.to_owned(),
            pointer: violation.pointer.clone(),
            en: violation.text(Language::English),
            ar: violation.text(Language::Arabic),
        }
    }
}

impl StoredApproval {
    pub fn view(&self, company_scale: u8) -> ApprovalView {
        let approval = &self.approval;
        let steps = approval.steps.iter().enumerate().map(|(index, step)| ApprovalStepView {
            approver_role_id: step.approver.role().map(|role| role.uuid()),
            approver_user_ids: step.approver.users().iter().map(|user| user.uuid()).collect(),
            approvals_needed: step.approvals_needed,
            approvals: u32::try_from(approval.given(index)).unwrap_or(u32::MAX),
        });
        let decisions = approval.decisions.iter().map(|decision| DecisionView {
            step: number(decision.step),
            verdict: decision.verdict.as_str(),
            user_id: decision.user.uuid(),
            on_behalf_of: decision.on_behalf_of.map(|user| user.uuid()),
            comment: decision.comment.clone(),
            decided_at: decision.at.to_string(),
        });
        ApprovalView {
            id: approval.id.uuid(),
            journal_entry_id: approval.entry.uuid(),
            status: approval.status.as_str(),
            policy_id: approval.policy.uuid(),
            policy_code: approval.policy_code.to_string(),
            journal_id: self.journal.uuid(),
            posting_date: self.posting_date,
            total: self.total.display(company_scale),
            description: self.description.clone(),
            created_by: approval.created_by.map(|user| user.uuid()),
            changed_by: approval.changed_by.iter().map(|user| user.uuid()).collect(),
            submitted_by: approval.submitted_by.uuid(),
            submitted_at: approval.submitted_at.to_string(),
            step: number(approval.step),
            steps: steps.collect(),
            decisions: decisions.collect(),
            posting_problems: self.problems.clone(),
            version: approval.version,
            warnings: Vec::new(),
        }
    }
}

/// Steps are counted from 1.
fn number(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(u32::MAX)
}

#[async_trait]
pub trait ApprovalRepository: Send {
    /// Every policy in the order of priority and code, which postings remember.
    async fn approval_policies(&mut self) -> StorageResult<Vec<ApprovalPolicy>>;
    async fn find_approval(&mut self, id: ApprovalId) -> StorageResult<Option<StoredApproval>>;
    async fn insert_approval(&mut self, stored: &StoredApproval) -> StorageResult<()>;
    /// Replaces what is stored at the version before. MUST answer `false` when it is at another.
    async fn update_approval(&mut self, stored: &StoredApproval) -> StorageResult<bool>;
    /// Says how far a draft is approved, one version after `version`. MUST answer `false` when there is no draft at it.
    async fn mark_entry(
        &mut self,
        entry: JournalEntryId,
        version: i64,
        approval: Option<EntryApproval>,
    ) -> StorageResult<bool>;
    /// The person, and everybody with access whom the person stands in for on the day, with the roles they have now.
    async fn voters(&mut self, person: UserId, today: NaiveDate, now: Timestamp)
    -> StorageResult<Vec<Voter>>;
}

/// The fields by which `GET /approvals` filters and sorts.
pub static APPROVAL_LIST: ListSpec = ListSpec {
    resource: "approval",
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("status", FieldKind::Word(ApprovalStatus::WORDS)),
        FieldSpec::new("journalEntryId", FieldKind::Id),
        FieldSpec::new("policyId", FieldKind::Id),
        FieldSpec::new("journalId", FieldKind::Id),
        FieldSpec::new("postingDate", FieldKind::Date).sortable(),
        FieldSpec::new("total", FieldKind::Amount),
        FieldSpec::new("createdBy", FieldKind::Id).nullable(),
        FieldSpec::new("submittedBy", FieldKind::Id),
        FieldSpec::new("submittedAt", FieldKind::Timestamp),
    ],
    default_sort: &[("id", Direction::Descending)],
    expand: &[],
};

#[async_trait]
pub trait ApprovalQueries: Send + Sync {
    async fn approval(&self, tenant: TenantId, id: ApprovalId) -> AppResult<Option<ApprovalView>>;
    async fn approvals(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<ApprovalView>>;
    /// The requests that wait for a decision which the person may make on the day, also as a substitute.
    async fn approvals_for(
        &self,
        tenant: TenantId,
        person: (UserId, NaiveDate, Timestamp),
        query: &ListQuery,
    ) -> AppResult<Page<ApprovalView>>;
}
