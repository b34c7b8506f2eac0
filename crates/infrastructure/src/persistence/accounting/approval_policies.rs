//! Approval policies and substitutes in SQL. The steps of a policy are a document in its row.

use application::ports::storage_error::StorageResult;
use domain::accounting::approval::{ApprovalDelegation, ApprovalPolicy, ApprovalStep, Approver};
use domain::ids::{DimensionId, DimensionValueId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::persistence::SqlUnitOfWork;
use crate::persistence::table::{Column, Table};
use crate::sql::value::{Columns, Value};
use crate::{rows_of, statements, table};

table! {
    ApprovalPolicy in "accounting", "approval_policy" by id;
    columns {
        code,
        name: [name_ar, name_en],
        priority,
        journal_id,
        amount_from,
        account: [account_id, account_code_prefix],
        account_code_from,
        account_code_to,
        dimension: [dimension_id, value_id],
        steps,
        active,
    }
    search { code, name }
    unique code
}

const _: () = {
    table! {
        ApprovalDelegation in "accounting", "approval_delegation" by id;
        columns { from_user_id, to_user_id, from_date, to_date }
    }
};

statements! {
    POLICIES = "accounting.facts.approval_policies" as reference:
        rows_of!(ApprovalPolicy, " WHERE t.tenant_id = ?1 ORDER BY t.priority, t.code");
}

impl SqlUnitOfWork {
    /// Every policy in the order in which they decide.
    pub(crate) async fn read_approval_policies(&mut self) -> StorageResult<Vec<ApprovalPolicy>> {
        let rows = self.tx.query(&POLICIES, &[self.tenant.into()]).await?;
        rows.into_iter().map(|row| ApprovalPolicy::read(&mut row.columns("approval_policy"))).collect()
    }
}

impl Column for Option<(DimensionId, DimensionValueId)> {
    fn put(&self, values: &mut Vec<Value>) {
        let (dimension, value) = self.unzip();
        values.extend([dimension.into(), value.into()]);
    }
    fn take(columns: &mut Columns, _: &[&'static str]) -> StorageResult<Self> {
        let (dimension, value): (Option<DimensionId>, _) =
            (columns.get("dimension_id")?, columns.get::<Option<DimensionValueId>>("value_id")?);
        Ok(dimension.zip(value))
    }
}

/// A step as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredStep {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    users: Vec<Uuid>,
    needed: u8,
}

impl Column for Vec<ApprovalStep> {
    fn put(&self, values: &mut Vec<Value>) {
        values.push(write_steps(self).into());
    }
    fn take(columns: &mut Columns, names: &[&'static str]) -> StorageResult<Self> {
        columns.parse(names.first().copied().unwrap_or_default(), read_steps)
    }
}

pub(super) fn write_steps(steps: &[ApprovalStep]) -> String {
    let stored = |step: &ApprovalStep| StoredStep {
        role: step.approver.role().map(|role| role.uuid()),
        users: step.approver.users().iter().map(|user| user.uuid()).collect(),
        needed: step.approvals_needed,
    };
    serde_json::json!(steps.iter().map(stored).collect::<Vec<_>>()).to_string()
}

pub(super) fn read_steps(text: &str) -> Option<Vec<ApprovalStep>> {
    let stored: Vec<StoredStep> = serde_json::from_str(text).ok()?;
    let step = |step: StoredStep| {
        let approver = match step.role {
            Some(role) => Approver::Role(role.into()),
            None => Approver::Users(step.users.into_iter().map(Into::into).collect()),
        };
        ApprovalStep { approver, approvals_needed: step.needed }
    };
    Some(stored.into_iter().map(step).collect())
}
