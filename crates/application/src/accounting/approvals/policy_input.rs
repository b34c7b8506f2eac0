//! A policy as a caller writes it, turned into one that postings ask.

use domain::accounting::approval::{
    ACCOUNT_CONDITION_ONE, APPROVAL_POLICIES_MAX, APPROVAL_POLICIES_TOO_MANY, APPROVAL_STEP_APPROVERS,
    ApprovalPolicy, ApprovalPolicyId, ApprovalStep, Approver,
};
use domain::error::Violation;
use domain::ids::{AccountId, DimensionId, DimensionValueId, JournalId, RoleId, UserId};
use domain::money::Amount;
use domain::text::{Code, LocalizedName};

use super::approvers;
use super::policies::{ApprovalPolicyChange, ApprovalStepBody, NewApprovalPolicy, Steps};
use crate::accounting::dimension_rules::input::{resolve_dimension, resolve_selector};
use crate::accounting::dimensions::resolve_value;
use crate::accounting::journals::journal_named;
use crate::error::AppResult;
use crate::master_data::Check;
use crate::reference::{Reference, by_id_or_code, patched};
use crate::wire::{Patch, REQUIRED};

/// A step with its approvers by id or by code.
struct StepInput {
    role: Option<Reference<RoleId>>,
    users: Option<Vec<UserId>>,
    needed: u8,
}

/// All members of a policy.
pub(super) struct PolicyInput {
    code: Code,
    name: LocalizedName,
    priority: u32,
    journal: Option<Reference<JournalId>>,
    amount_from: Option<Amount>,
    account: Option<Reference<AccountId>>,
    account_code_prefix: Option<String>,
    account_code_from: Option<Code>,
    account_code_to: Option<Code>,
    dimension: Option<Reference<DimensionId>>,
    value: Option<Reference<DimensionValueId>>,
    /// `None` keeps those that were checked before.
    steps: Option<Vec<StepInput>>,
    kept_steps: Vec<ApprovalStep>,
    active: bool,
    is_new: bool,
}

impl PolicyInput {
    pub fn new(new: &NewApprovalPolicy) -> Self {
        Self {
            code: new.code.clone(),
            name: new.name.clone(),
            priority: small(new.priority.0),
            journal: by_id_or_code(new.journal_id, new.journal_code.clone()),
            amount_from: new.amount_from,
            account: by_id_or_code(new.account_id, new.account_code.clone()),
            account_code_prefix: new.account_code_prefix.clone().map(Code::into_string),
            account_code_from: new.account_code_from.clone(),
            account_code_to: new.account_code_to.clone(),
            dimension: by_id_or_code(new.dimension_id, new.dimension_code.clone()),
            value: by_id_or_code(new.value_id, new.value_code.clone()),
            steps: Some(steps(&new.steps)),
            kept_steps: Vec::new(),
            active: new.active,
            is_new: true,
        }
    }

    /// The policy with what the change names.
    pub fn changed(old: &ApprovalPolicy, change: &ApprovalPolicyChange) -> Self {
        let journal = patched(change.journal_id.clone(), change.journal_code.clone());
        let account = patched(change.account_id.clone(), change.account_code.clone());
        let prefix = change.account_code_prefix.clone().map(Code::into_string).into_option();
        let dimension = patched(change.dimension_id.clone(), change.dimension_code.clone());
        let value = patched(change.value_id.clone(), change.value_code.clone());
        let (old_dimension, old_value) = old.dimension.unzip();
        Self {
            code: change.code.or(&old.code),
            name: change.name.or(&old.name),
            priority: change.priority.0.map_or(old.priority, |priority| small(priority.0)),
            journal: journal.unwrap_or_else(|| old.journal_id.map(Reference::Id)),
            amount_from: change.amount_from.or(&old.amount_from),
            account: account.unwrap_or_else(|| old.account.account().map(Reference::Id)),
            account_code_prefix: prefix.unwrap_or_else(|| old.account.code_prefix().map(str::to_owned)),
            account_code_from: kept(&change.account_code_from, &old.account_code_from),
            account_code_to: kept(&change.account_code_to, &old.account_code_to),
            dimension: dimension.unwrap_or_else(|| old_dimension.map(Reference::Id)),
            value: value.unwrap_or_else(|| old_value.map(Reference::Id)),
            steps: change.steps.0.as_ref().map(steps),
            kept_steps: old.steps.clone(),
            active: change.active.or(&old.active),
            is_new: false,
        }
    }

    /// Looks up what the policy names and reports everything that does not fit together.
    pub async fn resolve(
        self,
        id: ApprovalPolicyId,
        version: i64,
        check: &mut Check<'_>,
    ) -> AppResult<Option<ApprovalPolicy>> {
        let journal_id = journal_named(self.journal.as_ref(), check).await?;
        let given = (self.account.as_ref(), self.account_code_prefix.as_deref());
        let account =
            resolve_selector(check.uow, given, &ACCOUNT_CONDITION_ONE, &mut check.violations).await?;
        let dimension = self.dimension(check).await?;
        let steps = match &self.steps {
            Some(steps) => resolve_steps(steps, check).await?,
            None => self.kept_steps,
        };
        if self.is_new && check.uow.approvals().approval_policies().await?.len() >= APPROVAL_POLICIES_MAX {
            check.refuse(Violation::new(&APPROVAL_POLICIES_TOO_MANY).with("max", APPROVAL_POLICIES_MAX));
        }
        let Some(account) = account else { return Ok(None) };
        let policy = ApprovalPolicy {
            id,
            code: self.code,
            name: self.name,
            priority: self.priority,
            journal_id,
            amount_from: self.amount_from,
            account,
            account_code_from: self.account_code_from,
            account_code_to: self.account_code_to,
            dimension,
            steps,
            active: self.active,
            version,
        };
        check.violations.extend(policy.check().into_vec());
        Ok(Some(policy))
    }

    /// Dimension and value go together.
    async fn dimension(&self, check: &mut Check<'_>) -> AppResult<Option<(DimensionId, DimensionValueId)>> {
        let (dimension, value) = match (&self.dimension, &self.value) {
            (None, None) => return Ok(None),
            (Some(dimension), Some(value)) => (dimension, value),
            (dimension, _) => {
                let at = if dimension.is_some() { "/valueId" } else { "/dimensionId" };
                check.refuse(Violation::new(&REQUIRED).at(at));
                return Ok(None);
            }
        };
        let found = resolve_dimension(check.uow, dimension, "/dimension", &mut check.violations).await?;
        let Some(dimension) = found else { return Ok(None) };
        let value = resolve_value(check.uow, dimension, value, "/value", &mut check.violations).await?;
        Ok(value.map(|value| (dimension, value)))
    }
}

fn steps(steps: &Steps) -> Vec<StepInput> {
    let step = |step: &ApprovalStepBody| StepInput {
        role: by_id_or_code(step.approver_role_id, step.approver_role_code.clone()),
        users: step.approver_user_ids.as_ref().map(|users| users.0.clone()),
        needed: u8::try_from(step.approvals_needed.0).unwrap_or(u8::MAX),
    };
    steps.0.iter().map(step).collect()
}

async fn resolve_steps(steps: &[StepInput], check: &mut Check<'_>) -> AppResult<Vec<ApprovalStep>> {
    let mut resolved = Vec::with_capacity(steps.len());
    for (index, step) in steps.iter().enumerate() {
        let at = format!("/steps/{index}");
        let approver = match (&step.role, &step.users) {
            (Some(role), None) => {
                let pointers = (format!("{at}/approverRoleId"), format!("{at}/approverRoleCode"));
                let found = approvers::role(check, role, (&pointers.0, &pointers.1)).await?;
                found.map(Approver::Role)
            }
            (None, Some(users)) => {
                for (number, user) in users.iter().enumerate() {
                    approvers::user(check, *user, &format!("{at}/approverUserIds/{number}")).await?;
                }
                let mut users = users.clone();
                users.sort_unstable();
                users.dedup();
                Some(Approver::Users(users))
            }
            _ => {
                check.refuse(Violation::new(&APPROVAL_STEP_APPROVERS).at(at));
                None
            }
        };
        resolved.extend(approver.map(|approver| ApprovalStep { approver, approvals_needed: step.needed }));
    }
    Ok(resolved)
}

fn small(priority: i64) -> u32 {
    u32::try_from(priority).unwrap_or(u32::MAX)
}

fn kept(patch: &Patch<Code>, old: &Option<Code>) -> Option<Code> {
    patch.or(old)
}
