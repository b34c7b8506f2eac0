//! Approval policies: which entries are approved before they are posted, and by whom.

use async_trait::async_trait;
use domain::accounting::approval::{
    ACCOUNT_CONDITION_ONE, ACCOUNT_RANGE_ORDER, APPROVAL_POLICIES_TOO_MANY, APPROVAL_STEP_APPROVERS,
    APPROVAL_STEP_UNREACHABLE, APPROVAL_STEPS_MAX, APPROVALS_NEEDED_MAX, APPROVER_NOT_PERMITTED,
    APPROVERS_MAX, ApprovalPolicy, ApprovalPolicyId, ApprovalStep,
};
use domain::ids::{AccountId, DimensionId, DimensionValueId, JournalId, RoleId, UserId};
use domain::money::Amount;
use domain::text::{Code, LocalizedName};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::policy_input::PolicyInput;
use crate::accounting::error::{DIMENSION_VALUE_ELSEWHERE, JOURNAL_UNKNOWN};
use crate::error::{AppResult, UNKNOWN_REFERENCE};
use crate::master_data::{Check, MasterData};
use crate::paging::FieldKind;
use crate::views::NameView;
use crate::wire::{Int, List, Optional, Patch};
use crate::{request, resource, view};

/// Decimals in which an amount is shown that has no more; the currency of the books is not at hand.
const AMOUNT_DECIMALS: u8 = 2;
/// The priority that decides last.
const PRIORITY_MAX: i64 = 1_000_000;

pub type Steps = List<ApprovalStepBody, APPROVAL_STEPS_MAX, 1>;
type Needed = Int<1, { APPROVALS_NEEDED_MAX as i64 }>;
type Priority = Int<0, PRIORITY_MAX>;

request! {
    /// A new policy. A condition that is left out fits every entry.
    pub struct NewApprovalPolicy as CreateApprovalPolicyBody {
        /// Short code, unique in the tenant.
        code: Code = "LARGE",
        /// Name in Arabic, English or both.
        name: LocalizedName = { "ar": "قيود كبيرة", "en": "Large entries" },
        /// Of the policies that match an entry, the one with the lowest priority decides alone; among equals the code in
        /// order.
        priority: Priority => 100,
        /// Entries of this journal, by its id.
        journal_id: Option<JournalId>,
        /// Entries of this journal, by its code.
        journal_code: Option<Code>,
        /// Entries whose debits come to so much in the company currency, or more.
        amount_from: Option<Amount> = "10000.00",
        /// Entries with a line on this account, by its id.
        account_id: Option<AccountId>,
        /// Entries with a line on this account, by its code.
        account_code: Option<Code>,
        /// Entries with a line on an account whose code begins so.
        account_code_prefix: Option<Code>,
        /// Entries with a line on an account whose code is this one or after it, as texts are compared.
        account_code_from: Option<Code>,
        /// Entries with a line on an account whose code is this one or before it.
        account_code_to: Option<Code>,
        /// Entries with a line that has a value of this dimension, by its id. The line is the one whose account fits.
        dimension_id: Option<DimensionId>,
        /// The dimension, by its code.
        dimension_code: Option<Code>,
        /// The value, by its id; those below it are meant, too.
        value_id: Option<DimensionValueId>,
        /// The value, by its code.
        value_code: Option<Code>,
        /// The steps, one after the other.
        steps: Steps = [{ "approverRoleCode": "financial_controller" }],
        /// Whether entries are compared with it.
        active: bool => true,
    }

    /// A step: a role or users, and how many of them approve.
    pub struct ApprovalStepBody {
        /// The role whose holders decide, by its id.
        approver_role_id: Option<RoleId>,
        /// The role, by its code.
        approver_role_code: Option<Code> = "financial_controller",
        /// The users who decide, instead of a role.
        approver_user_ids: Option<List<UserId, APPROVERS_MAX>>,
        /// The number of people who approve.
        approvals_needed: Needed => 1,
    }

    /// Changes to a policy (JSON Merge Patch). Members that are left out stay as they are; null removes a condition.
    pub struct ApprovalPolicyChange as UpdateApprovalPolicyBody {
        /// Short code, unique in the tenant.
        code: Optional<Code>,
        /// Name in Arabic, English or both.
        name: Optional<LocalizedName>,
        /// The lowest one decides.
        priority: Optional<Priority>,
        /// The journal, by its id.
        journal_id: Patch<JournalId>,
        /// The journal, by its code.
        journal_code: Patch<Code>,
        /// The least total of debits in the company currency.
        amount_from: Patch<Amount>,
        /// The account, by its id.
        account_id: Patch<AccountId>,
        /// The account, by its code.
        account_code: Patch<Code>,
        /// The beginning of account codes.
        account_code_prefix: Patch<Code>,
        /// The first account code of a range.
        account_code_from: Patch<Code>,
        /// The last account code of a range.
        account_code_to: Patch<Code>,
        /// The dimension, by its id.
        dimension_id: Patch<DimensionId>,
        /// The dimension, by its code.
        dimension_code: Patch<Code>,
        /// The value, by its id; those below it are meant, too.
        value_id: Patch<DimensionValueId>,
        /// The value, by its code.
        value_code: Patch<Code>,
        /// All steps. They replace the existing ones.
        steps: Optional<Steps>,
        /// Whether entries are compared with it.
        active: Optional<bool>,
    }
}

view! {
    /// Entries that are approved before they are posted.
    pub struct ApprovalPolicyView of ApprovalPolicy {
        id: Uuid,
        code: String,
        name: NameView,
        /// The lowest one decides.
        priority: u32,
        journal_id: Option<Uuid>,
        /// The smallest total of an entry's debits, in the company currency.
        amount_from: Option<String> = |policy| policy.amount_from.map(|amount| amount.display(AMOUNT_DECIMALS)),
        account_id: Option<Uuid> = |policy| policy.account.account().map(|id| id.uuid()),
        account_code_prefix: Option<String> = |policy| policy.account.code_prefix().map(str::to_owned),
        account_code_from: Option<String>,
        account_code_to: Option<String>,
        dimension_id: Option<Uuid> = |policy| policy.dimension.map(|(id, _)| id.uuid()),
        /// The value; those below it are meant, too.
        value_id: Option<Uuid> = |policy| policy.dimension.map(|(_, id)| id.uuid()),
        steps: Vec<PolicyStepView> = |policy| policy.steps.iter().map(PolicyStepView::from).collect(),
        active: bool,
    }
}

/// A step of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyStepView {
    /// The role whose holders decide; null if the step names users.
    pub approver_role_id: Option<Uuid>,
    /// The users who decide; empty if the step names a role.
    pub approver_user_ids: Vec<Uuid>,
    pub approvals_needed: u8,
}

impl From<&ApprovalStep> for PolicyStepView {
    fn from(step: &ApprovalStep) -> Self {
        Self {
            approver_role_id: step.approver.role().map(|role| role.uuid()),
            approver_user_ids: step.approver.users().iter().map(|user| user.uuid()).collect(),
            approvals_needed: step.approvals_needed,
        }
    }
}

resource! {
    ApprovalPolicy by id: ApprovalPolicyId
        = "accounting", "approval_policy", "approval_policies" at "/approval-policies", "/approval-policies/{id}";
    en: "an", "approval policy", "approval policies"; ar: "سياسات الاعتماد";
    about: "Entries made by hand that are approved by others before they are posted. A condition that a policy does not have \
         fits every entry; account and dimension are asked of the same line. Of the active policies that match, the one with \
         the lowest priority decides alone. What waits already keeps the steps that it was submitted with. Year-end closing \
         entries and entries of documents are not asked; deferrals and distribution runs are.";
    bodies: NewApprovalPolicy, ApprovalPolicyChange => ApprovalPolicyView; unique code;
    remembered by posting;
    list:
        id sortable, code sortable, name, priority sortable, journal_id nullable = FieldKind::Id,
        account_id nullable = FieldKind::Id, active;
    order: priority, code;
    refuses:
        create [
            &UNKNOWN_REFERENCE, &JOURNAL_UNKNOWN, &ACCOUNT_CONDITION_ONE, &ACCOUNT_RANGE_ORDER,
            &DIMENSION_VALUE_ELSEWHERE, &APPROVAL_STEP_APPROVERS, &APPROVAL_STEP_UNREACHABLE,
            &APPROVER_NOT_PERMITTED, &APPROVAL_POLICIES_TOO_MANY
        ],
        change [
            &UNKNOWN_REFERENCE, &JOURNAL_UNKNOWN, &ACCOUNT_CONDITION_ONE, &ACCOUNT_RANGE_ORDER,
            &DIMENSION_VALUE_ELSEWHERE, &APPROVAL_STEP_APPROVERS, &APPROVAL_STEP_UNREACHABLE,
            &APPROVER_NOT_PERMITTED
        ],
        delete [];
}

#[async_trait]
impl MasterData for ApprovalPolicy {
    async fn create(
        new: &NewApprovalPolicy,
        id: ApprovalPolicyId,
        check: &mut Check<'_>,
    ) -> AppResult<Option<Self>> {
        PolicyInput::new(new).resolve(id, 1, check).await
    }

    /// Requests that wait already keep the steps with which they were submitted.
    async fn change(&self, change: &ApprovalPolicyChange, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        PolicyInput::changed(self, change).resolve(self.id, self.version, check).await
    }
}
