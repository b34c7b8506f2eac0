//! Opening balances: entries that are balanced through the opening account, with open items per document (R13).

mod create;
mod views;

pub use create::{CreateOpeningBalances, post_opening_balances};
pub use views::OpeningBalancesView;

domain::errors! {
    OPENING_ACCOUNT_MISSING = "opening_account_missing", Conflict, Administrator,
        "Set the opening account in the ledger settings first.",
        "حدّد أولًا حساب الأرصدة الافتتاحية في إعدادات الدفتر.";
    OPENING_JOURNAL_MISSING = "opening_journal_missing", Conflict, Administrator,
        "There is no active journal of the kind opening.", "لا يوجد دفتر يومية نشط من نوع الأرصدة الافتتاحية.";
    FISCAL_YEARS_MISSING = "fiscal_years_missing", Conflict, User,
        "Create the first fiscal year first.", "أنشئ السنة المالية الأولى أولًا.";
}
