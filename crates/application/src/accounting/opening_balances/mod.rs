//! Opening balances: one entry per tenant, balanced through the opening account, open items per document (R13).

mod create;

pub use create::{CreateOpeningBalances, post_opening_balances};

use domain::error::Violation;

use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// Refuses a second opening entry while the first one is not reversed.
pub async fn refuse_second(uow: &mut dyn UnitOfWork) -> AppResult<()> {
    match uow.opening_balances().current_opening_entry().await? {
        Some((_, number)) => Err(Violation::new(&OPENING_BALANCES_EXIST).with("number", number).into()),
        None => Ok(()),
    }
}

domain::errors! {
    OPENING_BALANCES_EXIST = "opening_balances_exist", Conflict, User,
        "Opening balances were posted as {number}; reverse that entry first.",
        "رُحّلت الأرصدة الافتتاحية بالقيد {number}؛ اعكس ذلك القيد أولًا.";
    OPENING_ACCOUNT_MISSING = "opening_account_missing", Conflict, Administrator,
        "Set the opening account in the ledger settings first.",
        "حدّد أولًا حساب الأرصدة الافتتاحية في إعدادات الدفتر.";
    OPENING_JOURNAL_MISSING = "opening_journal_missing", Conflict, Administrator,
        "There is no active journal of the kind opening.", "لا يوجد دفتر يومية نشط من نوع الأرصدة الافتتاحية.";
    FISCAL_YEARS_MISSING = "fiscal_years_missing", Conflict, User,
        "Create the first fiscal year first.", "أنشئ السنة المالية الأولى أولًا.";
}
