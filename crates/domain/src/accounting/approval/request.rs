//! One entry that waits for approval, with the steps as they were when it was submitted.

use super::{
    APPROVAL_ALREADY_GIVEN, APPROVAL_NOT_PENDING, APPROVAL_NOT_RECALLED, ApprovalStep, NOT_AN_APPROVER,
};
use crate::accounting::approval::ApprovalPolicyId;
use crate::error::Violation;
use crate::ids::{Id, JournalEntryId, RoleId, UserId};
use crate::platform::FOUR_EYES_REQUIRED;
use crate::text::Code;
use crate::time::Timestamp;

pub type ApprovalId = Id<Approval>;

crate::choices! {
    /// The status of an approval request.
    pub enum ApprovalStatus {
        Pending = "pending",
        Approved = "approved",
        Rejected = "rejected",
        Recalled = "recalled",
    }
}

crate::choices! {
    /// The decision of a person.
    pub enum Verdict {
        Approved = "approved",
        Rejected = "rejected",
    }
}

/// One person's decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub user: UserId,
    /// The approver in whose place the person decided.
    pub on_behalf_of: Option<UserId>,
    /// The index of the step, from 0.
    pub step: usize,
    pub verdict: Verdict,
    pub comment: Option<String>,
    pub at: Timestamp,
}

/// The content of a new request.
#[derive(Debug, Clone)]
pub struct NewApproval {
    pub id: ApprovalId,
    pub entry: JournalEntryId,
    pub policy: ApprovalPolicyId,
    pub policy_code: Code,
    /// The steps as the policy has them now; later changes of the policy leave them alone.
    pub steps: Vec<ApprovalStep>,
    pub created_by: Option<UserId>,
    /// Everybody else whose figures the entry has.
    pub changed_by: Vec<UserId>,
    pub submitted_by: UserId,
    pub submitted_at: Timestamp,
}

/// A request for approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    pub id: ApprovalId,
    pub entry: JournalEntryId,
    pub status: ApprovalStatus,
    pub policy: ApprovalPolicyId,
    pub policy_code: Code,
    pub steps: Vec<ApprovalStep>,
    /// The index of the step that is being decided, from 0; the last one after the end.
    pub step: usize,
    pub decisions: Vec<Decision>,
    /// The creator of the entry.
    pub created_by: Option<UserId>,
    /// Everybody else whose figures the entry has: who changed it, its template, or the draft that it was copied from.
    pub changed_by: Vec<UserId>,
    pub submitted_by: UserId,
    pub submitted_at: Timestamp,
    pub version: i64,
}

/// Somebody who may count: the caller first, then everybody whom the caller stands in for today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voter {
    pub person: UserId,
    /// The roles that the person has now.
    pub roles: Vec<RoleId>,
}

impl Approval {
    pub fn new(new: NewApproval) -> Self {
        Self {
            id: new.id,
            entry: new.entry,
            status: ApprovalStatus::Pending,
            policy: new.policy,
            policy_code: new.policy_code,
            steps: new.steps,
            step: 0,
            decisions: Vec::new(),
            created_by: new.created_by,
            changed_by: new.changed_by,
            submitted_by: new.submitted_by,
            submitted_at: new.submitted_at,
            version: 1,
        }
    }

    /// The request after one more decision. `caller` decides, for themselves or for the first of `voters` who is an
    /// approver of the step and neither made the entry nor was counted.
    pub fn decide(
        mut self,
        caller: UserId,
        voters: &[Voter],
        (verdict, comment): (Verdict, Option<String>),
        at: Timestamp,
    ) -> Result<Self, Violation> {
        self.pending()?;
        if self.made_by(caller) {
            return Err(Violation::new(&FOUR_EYES_REQUIRED));
        }
        if self.counted(caller) {
            return Err(Violation::new(&APPROVAL_ALREADY_GIVEN));
        }
        let approver = self.steps.get(self.step).map(|step| &step.approver);
        let may = |voter: &&Voter| {
            approver.is_some_and(|approver| approver.is(voter.person, &voter.roles))
                && !self.made_by(voter.person)
                && !self.counted(voter.person)
        };
        let Some(voter) = voters.iter().find(may) else {
            return Err(Violation::new(&NOT_AN_APPROVER).with("step", self.step + 1));
        };
        let on_behalf_of = Some(voter.person).filter(|person| *person != caller);
        self.decisions.push(Decision { user: caller, on_behalf_of, step: self.step, verdict, comment, at });
        self.version += 1;
        match verdict {
            Verdict::Rejected => self.status = ApprovalStatus::Rejected,
            Verdict::Approved => self.go_on(),
        }
        Ok(self)
    }

    /// The request taken back by the person who made it, also after the last approval while the entry is not posted.
    pub fn recall(self, caller: Option<UserId>) -> Result<Self, Violation> {
        if self.status != ApprovalStatus::Approved {
            self.pending()?;
        }
        if caller != Some(self.submitted_by) {
            return Err(Violation::new(&APPROVAL_NOT_RECALLED));
        }
        Ok(Self { status: ApprovalStatus::Recalled, version: self.version + 1, ..self })
    }

    /// Approvals given in a step, by its index.
    pub fn given(&self, step: usize) -> usize {
        let approved = |decision: &&Decision| decision.step == step && decision.verdict == Verdict::Approved;
        self.decisions.iter().filter(approved).count()
    }

    /// Everyone whose decision would not be a second pair of eyes: who made or changed the entry, and who was counted.
    pub fn barred(&self) -> Vec<UserId> {
        let counted = self.decisions.iter().flat_map(|d| [Some(d.user), d.on_behalf_of]).flatten();
        let mut barred: Vec<_> = self.makers().chain(counted).collect();
        barred.sort_unstable();
        barred.dedup();
        barred
    }

    fn pending(&self) -> Result<(), Violation> {
        if self.status == ApprovalStatus::Pending {
            return Ok(());
        }
        Err(Violation::new(&APPROVAL_NOT_PENDING).with_phrase("status", self.status.phrase()))
    }

    fn made_by(&self, person: UserId) -> bool {
        self.makers().any(|maker| maker == person)
    }

    fn makers(&self) -> impl Iterator<Item = UserId> {
        let changed = self.changed_by.iter().copied();
        self.created_by.into_iter().chain(changed).chain([self.submitted_by])
    }

    fn counted(&self, person: UserId) -> bool {
        self.decisions.iter().any(|d| d.user == person || d.on_behalf_of == Some(person))
    }

    fn go_on(&mut self) {
        let needed = self.steps.get(self.step).map_or(0, |step| usize::from(step.approvals_needed));
        if self.given(self.step) < needed {
            return;
        }
        if self.step + 1 < self.steps.len() {
            self.step += 1;
        } else {
            self.status = ApprovalStatus::Approved;
        }
    }
}

impl ApprovalStatus {
    /// The word as texts show it.
    pub fn phrase(self) -> crate::error::Phrase {
        use crate::error::Phrase;
        match self {
            Self::Pending => Phrase::new("pending", "قيد الانتظار"),
            Self::Approved => Phrase::new("approved", "معتمد"),
            Self::Rejected => Phrase::new("rejected", "مرفوض"),
            Self::Recalled => Phrase::new("recalled", "مسحوب"),
        }
    }
}
