//! Two accounts that are one: what they must have in common (R162).

use super::Account;
use crate::error::{ErrorDef, Violation, Violations};

crate::errors! {
    ACCOUNT_MERGED = "account_merged", Conflict, User,
        "Account {code} was merged into another account and no longer changes.",
        "دُمج الحساب {code} في حساب آخر ولم يعد يتغير.";
    ACCOUNT_MERGE_SELF = "account_merge_self", Rule, User,
        "An account is merged into another one, and not into itself.", "يُدمج الحساب في حساب آخر، لا في نفسه.";
    ACCOUNT_MERGE_UNFIT = "account_merge_unfit", Rule, User,
        "Account {code} takes no part in a merge: it must be a posting account without control kind.",
        "لا يدخل الحساب {code} في الدمج: يجب أن يكون حساب ترحيل دون نوع رقابة.";
    ACCOUNT_MERGE_INACTIVE = "account_merge_inactive", Rule, User,
        "Account {code} is not active, so nothing is merged into it.", "الحساب {code} غير نشط، فلا يُدمج فيه شيء.";
    ACCOUNT_MERGE_TYPE = "account_merge_type", Rule, User,
        "Accounts {from} and {into} are of different types.", "الحسابان {from} و{into} من نوعين مختلفين.";
    ACCOUNT_MERGE_CURRENCY = "account_merge_currency", Rule, User,
        "Accounts {from} and {into} do not take the same currencies.", "الحسابان {from} و{into} لا يقبلان العملات نفسها.";
    ACCOUNT_MERGE_RECONCILABLE = "account_merge_reconcilable", Rule, User,
        "Of accounts {from} and {into} only one is reconcilable.", "أحد الحسابين {from} و{into} فقط قابل للتسوية.";
    ACCOUNT_MERGE_CASH_FLOW = "account_merge_cash_flow", Rule, User,
        "Accounts {from} and {into} belong to different cash flow activities.",
        "ينتمي الحسابان {from} و{into} إلى نشاطين مختلفين في قائمة التدفقات النقدية.";
    ACCOUNT_MERGE_OPEN_LINES = "account_merge_open_lines", Conflict, User,
        "Account {code} has open lines; match them first, because matches do not move to another account.",
        "على الحساب {code} أسطر مفتوحة؛ طابقها أولًا، لأن المطابقات لا تنتقل إلى حساب آخر.";
    ACCOUNT_MERGE_WAITING = "account_merge_waiting", Conflict, User,
        "An entry that waits for approval names account {code}: approve, reject or recall it first.",
        "يوجد قيد بانتظار الاعتماد يذكر الحساب {code}: اعتمده أو ارفضه أو اسحبه أولًا.";
    ACCOUNT_MERGE_EARLY = "account_merge_early", Rule, User,
        "Account {code} has lines up to {last}; its balance moves on that day at the earliest.",
        "على الحساب {code} أسطر حتى {last}؛ ولا ينتقل رصيده قبل ذلك اليوم.";
    ACCOUNT_MERGE_TOO_LARGE = "account_merge_too_large", TooLarge, User,
        "More than {max} drafts and templates name account {code}: post or delete some first.",
        "أكثر من {max} من المسودات والقوالب تذكر الحساب {code}: رحّل بعضها أو احذفه أولًا.";
}

/// Why one account is not merged into another; what is wrong with the other one stands at `at`.
pub fn check_merge(from: &Account, into: &Account, at: &str) -> Violations {
    let mut violations = Violations::new();
    if from.id() == into.id() {
        violations.push(Violation::new(&ACCOUNT_MERGE_SELF).at(at));
        return violations;
    }
    for (account, at) in [(from, ""), (into, at)] {
        if !account.is_posting() || account.control().is_control() {
            violations.push(Violation::new(&ACCOUNT_MERGE_UNFIT).at(at).with("code", account.code()));
        }
    }
    if into.merged_into().is_some() || !into.active() {
        violations.push(Violation::new(&ACCOUNT_MERGE_INACTIVE).at(at).with("code", into.code()));
    }
    let mut differs = |differs: bool, def: &'static ErrorDef| {
        if differs {
            let named = Violation::new(def).at(at).with("from", from.code());
            violations.push(named.with("into", into.code()));
        }
    };
    differs(from.account_type() != into.account_type(), &ACCOUNT_MERGE_TYPE);
    differs(from.currency() != into.currency(), &ACCOUNT_MERGE_CURRENCY);
    differs(from.reconcilable() != into.reconcilable(), &ACCOUNT_MERGE_RECONCILABLE);
    differs(from.cash_flow() != into.cash_flow(), &ACCOUNT_MERGE_CASH_FLOW);
    violations
}
