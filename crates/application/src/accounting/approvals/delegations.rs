//! Substitutes of approvers.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::approval::{
    APPROVER_NOT_PERMITTED, ApprovalDelegation, ApprovalDelegationId, DELEGATION_DATES_ORDER,
    DELEGATION_OF_ANOTHER, DELEGATION_TO_ONESELF,
};
use domain::error::Violation;
use domain::ids::UserId;
use uuid::Uuid;

use super::approvers;
use crate::error::{AppResult, UNKNOWN_REFERENCE};
use crate::master_data::{Check, MasterData};
use crate::wire::{Optional, REQUIRED};
use crate::{request, resource, view};

/// The permission to change policies is needed to name a substitute for somebody else.
const FOR_OTHERS: &str = "accounting.approval_policy.update";

request! {
    /// A new delegation.
    pub struct NewApprovalDelegation as CreateApprovalDelegationBody {
        /// The approver who is away; the caller by default. Another person takes the permission
        /// `accounting.approval_policy.update`.
        from_user_id: Option<UserId>,
        /// The person who stands in.
        to_user_id: UserId = "0198c0de-7b1f-7c3a-9f00-2b6f1d6a4e11",
        /// The first day.
        from_date: NaiveDate = "2026-07-01",
        /// The last day.
        to_date: NaiveDate = "2026-07-31",
    }

    /// Changes to a delegation (JSON Merge Patch). Members that are left out stay as they are.
    pub struct ApprovalDelegationChange as UpdateApprovalDelegationBody {
        /// The person who stands in.
        to_user_id: Optional<UserId>,
        /// The first day.
        from_date: Optional<NaiveDate>,
        /// The last day.
        to_date: Optional<NaiveDate>,
    }
}

view! {
    /// A person who approves in another's place for some days.
    pub struct ApprovalDelegationView of ApprovalDelegation {
        id: Uuid,
        /// The approver who is away.
        from_user_id: Uuid,
        /// The person who stands in.
        to_user_id: Uuid,
        /// The first day.
        from_date: NaiveDate,
        /// The last day.
        to_date: NaiveDate,
    }
}

resource! {
    ApprovalDelegation by id: ApprovalDelegationId
        = "accounting", "approval_delegation", "approval_delegations"
            at "/approval-delegations", "/approval-delegations/{id}";
    en: "an", "approval delegation", "approval delegations"; ar: "تفويضات الاعتماد";
    about: "People who approve in another's place for some days. A substitute counts as the person they stand in for, decides \
         nothing about entries that either of the two created or submitted, and passes nothing on.";
    bodies: NewApprovalDelegation, ApprovalDelegationChange => ApprovalDelegationView;
    list: id sortable, from_user_id, to_user_id, from_date sortable, to_date sortable; order: id;
    refuses:
        create [
            &UNKNOWN_REFERENCE, &APPROVER_NOT_PERMITTED, &DELEGATION_OF_ANOTHER, &DELEGATION_TO_ONESELF,
            &DELEGATION_DATES_ORDER
        ],
        change [
            &UNKNOWN_REFERENCE, &APPROVER_NOT_PERMITTED, &DELEGATION_OF_ANOTHER, &DELEGATION_TO_ONESELF,
            &DELEGATION_DATES_ORDER
        ],
        delete [&DELEGATION_OF_ANOTHER];
}

#[async_trait]
impl MasterData for ApprovalDelegation {
    async fn create(
        new: &NewApprovalDelegation,
        id: ApprovalDelegationId,
        check: &mut Check<'_>,
    ) -> AppResult<Option<Self>> {
        let Some(from_user_id) = new.from_user_id.or(check.ctx.actor.user_id()) else {
            check.refuse(Violation::new(&REQUIRED).at("/fromUserId"));
            return Ok(None);
        };
        own(check, from_user_id, "/fromUserId");
        if new.from_user_id.is_some() {
            approvers::user(check, from_user_id, "/fromUserId").await?;
        }
        let (from_date, to_date) = (new.from_date, new.to_date);
        checked(Self { id, from_user_id, to_user_id: new.to_user_id, from_date, to_date, version: 1 }, check)
            .await
    }

    async fn change(
        &self,
        change: &ApprovalDelegationChange,
        check: &mut Check<'_>,
    ) -> AppResult<Option<Self>> {
        own(check, self.from_user_id, "");
        let next = Self {
            to_user_id: change.to_user_id.or(&self.to_user_id),
            from_date: change.from_date.or(&self.from_date),
            to_date: change.to_date.or(&self.to_date),
            ..self.clone()
        };
        checked(next, check).await
    }

    async fn delete(&self, check: &mut Check<'_>) -> AppResult<()> {
        own(check, self.from_user_id, "");
        Ok(())
    }
}

async fn checked(next: ApprovalDelegation, check: &mut Check<'_>) -> AppResult<Option<ApprovalDelegation>> {
    check.violations.extend(next.check().into_vec());
    approvers::user(check, next.to_user_id, "/toUserId").await?;
    Ok(Some(next))
}

/// People delegate their own approvals.
fn own(check: &mut Check<'_>, from: UserId, at: &str) {
    if check.ctx.actor.user_id() != Some(from) && !check.ctx.permissions.allows(FOR_OTHERS) {
        check.refuse(Violation::new(&DELEGATION_OF_ANOTHER).at(at).with("permission", FOR_OTHERS));
    }
}
