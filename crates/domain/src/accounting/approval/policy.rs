//! Policies: which entries are approved before they are posted, and by whom.
//!
//! A condition that is left out fits every entry. Of the active policies that match, the one with the lowest priority
//! decides alone, as a release strategy does, so that an exception is a policy before the rule.

use super::{ACCOUNT_CONDITION_ONE, ACCOUNT_RANGE_ORDER, APPROVAL_STEP_UNREACHABLE};
use crate::accounting::dimension::{AccountSelector, DimensionCombination, DimensionTree};
use crate::error::{Violation, Violations};
use crate::ids::{AccountId, DimensionId, DimensionValueId, Id, JournalId, RoleId, UserId};
use crate::money::Amount;
use crate::text::{Code, LocalizedName};

pub type ApprovalPolicyId = Id<ApprovalPolicy>;

/// The people who may decide in a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Approver {
    /// Whoever has the role when deciding.
    Role(RoleId),
    /// These people, sorted.
    Users(Vec<UserId>),
}

/// One step: so many of these people approve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalStep {
    pub approver: Approver,
    /// At least 1.
    pub approvals_needed: u8,
}

/// Entries that need approval, and its steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalPolicy {
    pub id: ApprovalPolicyId,
    pub code: Code,
    pub name: LocalizedName,
    /// The lowest one decides; among equals the code in order.
    pub priority: u32,
    pub journal_id: Option<JournalId>,
    /// The smallest total of the entry's debits, in the company currency.
    pub amount_from: Option<Amount>,
    pub account: AccountSelector,
    /// Codes are compared as texts; both ends belong to the range.
    pub account_code_from: Option<Code>,
    pub account_code_to: Option<Code>,
    /// The value or one below it.
    pub dimension: Option<(DimensionId, DimensionValueId)>,
    pub steps: Vec<ApprovalStep>,
    pub active: bool,
    pub version: i64,
}

/// The facts about a line that policies look at.
#[derive(Debug, Clone, Copy)]
pub struct LineFacts<'a> {
    pub account: AccountId,
    pub code: &'a str,
    pub dimensions: &'a DimensionCombination,
}

/// The facts about an entry that policies look at; its amount comes later.
#[derive(Debug, Clone, Copy)]
pub struct EntryFacts<'a> {
    pub journal: JournalId,
    pub lines: &'a [LineFacts<'a>],
}

impl Approver {
    pub fn role(&self) -> Option<RoleId> {
        match self {
            Self::Role(role) => Some(*role),
            Self::Users(_) => None,
        }
    }
    pub fn users(&self) -> &[UserId] {
        match self {
            Self::Role(_) => &[],
            Self::Users(users) => users,
        }
    }
    /// Whether the person with these roles is one of them.
    pub fn is(&self, person: UserId, roles: &[RoleId]) -> bool {
        match self {
            Self::Role(role) => roles.contains(role),
            Self::Users(users) => users.contains(&person),
        }
    }
}

impl ApprovalPolicy {
    /// Whether its conditions fit, the amount apart. Account and dimension are asked of the same line.
    pub fn fits(&self, entry: EntryFacts<'_>, tree: &DimensionTree) -> bool {
        let journal = self.journal_id.is_none_or(|journal| journal == entry.journal);
        self.active && journal && entry.lines.iter().any(|line| self.fits_line(line, tree))
    }

    /// Whether an entry with this total of debits, in the company currency, is large enough.
    pub fn fits_amount(&self, total: Amount) -> bool {
        self.amount_from.is_none_or(|from| total >= from)
    }

    fn fits_line(&self, line: &LineFacts<'_>, tree: &DimensionTree) -> bool {
        let from = self.account_code_from.as_ref().is_none_or(|from| line.code >= from.as_str());
        let to = self.account_code_to.as_ref().is_none_or(|to| line.code <= to.as_str());
        let dimension = self.dimension.is_none_or(|(dimension, value)| {
            line.dimensions.value(dimension).is_some_and(|given| tree.covers(value, given))
        });
        from && to && dimension && self.account.matches(line.account, line.code)
    }

    /// Contradictions in the policy.
    pub fn check(&self) -> Violations {
        let mut violations = Violations::new();
        let range = self.account_code_from.is_some() || self.account_code_to.is_some();
        if range && self.account != AccountSelector::All {
            violations.push(Violation::new(&ACCOUNT_CONDITION_ONE).at("/accountCodeFrom"));
        }
        if let (Some(from), Some(to)) = (&self.account_code_from, &self.account_code_to)
            && from.as_str() > to.as_str()
        {
            let order = Violation::new(&ACCOUNT_RANGE_ORDER).at("/accountCodeTo");
            violations.push(order.with("from", from).with("to", to));
        }
        for (index, step) in self.steps.iter().enumerate() {
            let (named, needed) = (step.approver.users().len(), usize::from(step.approvals_needed));
            if step.approver.role().is_none() && named < needed {
                let few = Violation::new(&APPROVAL_STEP_UNREACHABLE);
                let few = few.at(format!("/steps/{index}/approvalsNeeded"));
                violations.push(few.with("needed", needed).with("named", named));
            }
        }
        violations
    }
}

/// The policies that fit, the amount apart, the one that decides first. They MUST be in the order of priority and code.
pub fn fitting<'p>(
    policies: &'p [ApprovalPolicy],
    entry: EntryFacts<'_>,
    tree: &DimensionTree,
) -> Vec<&'p ApprovalPolicy> {
    policies.iter().filter(|policy| policy.fits(entry, tree)).collect()
}
