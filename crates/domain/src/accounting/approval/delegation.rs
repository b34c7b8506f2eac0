//! Substitutes: a person who approves in another's place for some days.

use chrono::NaiveDate;

use super::{DELEGATION_DATES_ORDER, DELEGATION_TO_ONESELF};
use crate::error::{Violation, Violations};
use crate::ids::{Id, UserId};

pub type ApprovalDelegationId = Id<ApprovalDelegation>;

/// One person's approvals in the hands of another. It is not passed on: a substitute of a substitute decides nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalDelegation {
    pub id: ApprovalDelegationId,
    /// The approver who is away.
    pub from_user_id: UserId,
    /// The person who stands in.
    pub to_user_id: UserId,
    /// Both days belong to it.
    pub from_date: NaiveDate,
    pub to_date: NaiveDate,
    pub version: i64,
}

impl ApprovalDelegation {
    /// Contradictions in the delegation.
    pub fn check(&self) -> Violations {
        let mut violations = Violations::new();
        if self.from_user_id == self.to_user_id {
            violations.push(Violation::new(&DELEGATION_TO_ONESELF).at("/toUserId"));
        }
        if self.to_date < self.from_date {
            let order = Violation::new(&DELEGATION_DATES_ORDER).at("/toDate");
            violations.push(order.with("from", self.from_date).with("to", self.to_date));
        }
        violations
    }
}
