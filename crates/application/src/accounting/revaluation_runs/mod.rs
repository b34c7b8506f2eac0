//! Revaluation of foreign balances (R108): a run on a day posts unrealised differences, and takes them back the day after.

mod asked;
pub mod create;
pub mod ports;
pub mod undo;
pub mod views;

use crate::changes::record;
use crate::unit_of_work::UnitOfWork;

use self::views::RevaluationRunView;

domain::errors! {
    REVALUATION_DONE = "revaluation_done", Conflict, User,
        "The revaluation of {date} was done already, by {id}. Undo it to run it again.",
        "أُجريت إعادة التقييم بتاريخ {date} من قبل ({id}). ألغها لتجريها من جديد.";
    REVALUATION_ACCOUNT_MISSING = "revaluation_account_missing", Rule, Administrator,
        "The revaluation needs an account that the ledger settings do not name: {member}.",
        "تحتاج إعادة التقييم إلى حساب لا تحدده إعدادات الدفتر: {member}.";
    REVALUATION_RATE_TWICE = "revaluation_rate_twice", Rule, User,
        "Two closing rates are given for {currency}.", "أُعطي للعملة {currency} سعران للإقفال.";
    REVALUATION_COMPANY_CURRENCY = "revaluation_company_currency", Rule, User,
        "{currency} is the company currency, which has no closing rate.", "{currency} هي عملة الشركة وليس لها سعر إقفال.";
    REVALUATION_ACCOUNT_TYPE = "revaluation_account_type", Rule, User,
        "Account {account} is neither an asset nor a liability, so it is never revalued.",
        "الحساب {account} ليس من الأصول ولا من الخصوم، فلا يُعاد تقييمه أبدًا.";
    REVALUATION_ACCOUNT_TWICE = "revaluation_account_twice", Rule, User,
        "Account {account} is named twice.", "الحساب {account} مذكور مرتين.";
    REVALUATION_TOO_LARGE = "revaluation_too_large", TooLarge, User,
        "A run values at most {max} open items and balances.", "تقيّم العملية الواحدة {max} بندًا ورصيدًا بحد أقصى.";
    REVALUATION_UNDONE = "revaluation_undone", Conflict, User,
        "The revaluation run was undone already.", "أُلغيت عملية إعادة التقييم من قبل.";
}

/// Most items and balances of one run.
pub const REVALUED_MAX: usize = 100_000;

pub const READ: &str = "accounting.revaluation_run.read";
const ENTITY: &str = "revaluation_run";

fn note(
    uow: &mut dyn UnitOfWork,
    action: &'static str,
    before: Option<&RevaluationRunView>,
    after: &RevaluationRunView,
) {
    record(uow, ENTITY, after.id, action, before, Some(after));
}
