//! Approval of entries made by hand before they are posted: policies as data, requests with their steps, and substitutes
//! (R150).

pub mod delegation;
pub mod policy;
pub mod request;
#[cfg(test)]
mod tests;

pub use delegation::{ApprovalDelegation, ApprovalDelegationId};
pub use policy::{ApprovalPolicy, ApprovalPolicyId, ApprovalStep, Approver, EntryFacts, LineFacts};
pub use request::{Approval, ApprovalId, ApprovalStatus, Decision, NewApproval, Verdict, Voter};

/// Most policies of a tenant. Postings remember all of them.
pub const APPROVAL_POLICIES_MAX: usize = 200;
/// Most steps of a policy.
pub const APPROVAL_STEPS_MAX: usize = 10;
/// Most people named in one step.
pub const APPROVERS_MAX: usize = 50;
/// Most approvals that one step asks for.
pub const APPROVALS_NEEDED_MAX: u8 = 10;

crate::errors! {
    APPROVAL_REQUIRED = "approval_required", Rule, User,
        "Approval policy {policy} asks for approval before this entry is posted. Submit the draft for approval.",
        "سياسة الاعتماد {policy} تتطلب اعتماد هذا القيد قبل ترحيله. أرسل المسودة للاعتماد.";
    APPROVAL_NOT_REQUIRED = "approval_not_required", Conflict, User,
        "No approval policy matches this entry. Post it without approval.",
        "لا تنطبق أي سياسة اعتماد على هذا القيد. رحّله دون اعتماد.";
    NOT_AN_APPROVER = "not_an_approver", Forbidden, User,
        "You are not an approver of step {step}, and stand in for none.",
        "لست من معتمدي الخطوة {step} ولا نائبًا عن أحدهم.";
    APPROVAL_ALREADY_GIVEN = "approval_already_given", Conflict, User,
        "Your decision is counted already; one person counts once.",
        "قرارك محتسب من قبل؛ يُحتسب الشخص الواحد مرة واحدة.";
    APPROVAL_NOT_PENDING = "approval_not_pending", Conflict, User,
        "The approval is {status}, so nobody decides about it any more.",
        "حالة طلب الاعتماد {status} فلا قرار فيه بعد الآن.";
    APPROVAL_NOT_RECALLED = "approval_not_recalled", Forbidden, User,
        "Only the user who submitted the entry takes it back.", "لا يسحب القيد إلا من أرسله.";
    ENTRY_AWAITS_APPROVAL = "entry_awaits_approval", Conflict, User,
        "The entry was submitted for approval and does not change. Recall it first.",
        "أُرسل القيد للاعتماد ولا يتغير. اسحبه أولًا.";
    APPROVAL_POLICIES_TOO_MANY = "approval_policies_too_many", Rule, Administrator,
        "A tenant has at most {max} approval policies.", "لا يزيد عدد سياسات الاعتماد للمنشأة على {max}.";
    APPROVAL_STEP_APPROVERS = "approval_step_approvers", Rule, Administrator,
        "A step names either a role or users.", "تحدد الخطوة إما دورًا أو مستخدمين.";
    APPROVAL_STEP_UNREACHABLE = "approval_step_unreachable", Rule, Administrator,
        "The step asks for {needed} approvals and names {named} people.",
        "تتطلب الخطوة {needed} اعتمادات وتحدد {named} أشخاص فقط.";
    APPROVER_NOT_PERMITTED = "approver_not_permitted", Rule, Administrator,
        "{name} lacks the permission {permission}, without which nobody approves.",
        "ليس لدى {name} الصلاحية {permission} اللازمة للاعتماد.";
    ACCOUNT_CONDITION_ONE = "account_condition_one", Rule, Administrator,
        "Give one account, a code prefix or a range of codes, not several of them.",
        "حدّد حسابًا واحدًا أو بادئة رمز أو نطاق رموز، لا أكثر من واحد منها.";
    ACCOUNT_RANGE_ORDER = "account_range_order", Rule, Administrator,
        "The range from {from} to {to} is empty.", "النطاق من {from} إلى {to} فارغ.";
    DELEGATION_TO_ONESELF = "delegation_to_oneself", Rule, User,
        "Nobody stands in for themselves.", "لا ينوب الشخص عن نفسه.";
    DELEGATION_DATES_ORDER = "delegation_dates_order", Rule, User,
        "The delegation ends on {to}, before it begins on {from}.", "ينتهي التفويض في {to} قبل أن يبدأ في {from}.";
    DELEGATION_OF_ANOTHER = "delegation_of_another", Forbidden, User,
        "For another person a delegation takes the permission {permission}.",
        "التفويض نيابةً عن شخص آخر يتطلب الصلاحية {permission}.";
}
