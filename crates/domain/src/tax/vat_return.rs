//! VAT returns: what the tax entries of a period say to the authority, box by box (R119).

mod boxes;
mod figures;
mod settlement;
#[cfg(test)]
mod tests;

pub use boxes::{BoxContent, BoxDef, KSA, box_def, boxes_of_entries};
pub use figures::{BoxFigure, BoxSum, Figures, figures};
pub use settlement::{SettlementAccounts, settlement_lines};

use chrono::NaiveDate;

use super::vat_period::VatPeriod;
use crate::error::Violation;
use crate::ids::Id;
use crate::money::Amount;

#[derive(Debug)]
pub enum VatReturn {}
pub type VatReturnId = Id<VatReturn>;

/// Longest reference of the authority and longest reason of an amendment, in characters.
pub const VAT_REFERENCE_LENGTH_MAX: usize = 100;
pub const VAT_REASON_LENGTH_MAX: usize = 500;
/// Late VAT beyond this is declared by amending the return of its period, in units of the company currency.
pub const LATE_VAT_MAX: Amount = Amount::from_scaled(5_000 * 10_000);

crate::errors! {
    PERIOD_ALREADY_FILED = "period_already_filed", Conflict, User,
        "The VAT return for {period} is filed already. Amend it to declare something else.",
        "إقرار ضريبة القيمة المضافة للفترة {period} مقدَّم بالفعل. عدّله للإقرار بغير ما فيه.";
    PERIOD_ALREADY_PREPARED = "period_already_prepared", Conflict, User,
        "There is a draft return for {period} already: {id}.", "توجد مسودة إقرار للفترة {period} بالفعل: {id}.";
    PERIOD_ORDER = "period_order", Conflict, User,
        "VAT returns are filed in the order of their periods: the next one begins on {date}.",
        "تقدَّم إقرارات ضريبة القيمة المضافة بترتيب فتراتها: يبدأ الإقرار التالي في {date}.";
    VAT_PERIOD_NOT_ENDED = "vat_period_not_ended", Rule, User,
        "A return is filed when its period is over; this one ends on {date}.",
        "يقدَّم الإقرار بعد انتهاء فترته؛ وتنتهي هذه الفترة في {date}.";
    VAT_RETURN_FILED = "vat_return_filed", Conflict, User,
        "The VAT return is filed and does not change any more.", "إقرار ضريبة القيمة المضافة مقدَّم ولا يتغير بعد الآن.";
    VAT_RETURN_NOT_FILED = "vat_return_not_filed", Conflict, User,
        "Only a filed return is amended. This one is a draft: prepare it again.",
        "لا يعدَّل إلا الإقرار المقدَّم. هذا الإقرار مسودة: أعد إعداده.";
    VAT_RETURN_OUTDATED = "vat_return_outdated", Conflict, User,
        "Documents were posted since the return was prepared. Prepare it again and look at its figures.",
        "رُحّلت مستندات بعد إعداد الإقرار. أعد إعداده وراجع أرقامه.";
    VAT_SETTLEMENT_TOO_EARLY = "vat_settlement_too_early", Rule, User,
        "The settlement is posted on the last day of the period, {date}, or later.",
        "تُرحَّل التسوية في آخر يوم من الفترة، {date}، أو بعده.";
    VAT_OPENING_CREDIT = "vat_opening_credit", Rule, User,
        "Only the first return takes an opening credit, and it is not negative.",
        "لا يأخذ رصيدًا دائنًا افتتاحيًا إلا الإقرار الأول، ولا يكون سالبًا.";
    VAT_EARLIER_DECLARED = "vat_earlier_declared", Rule, User,
        "Only the first return says that everything before it was declared elsewhere.",
        "لا يذكر أن ما قبله أُقر به في مكان آخر إلا الإقرار الأول.";
    VAT_ACCOUNT_UNKNOWN = "vat_account_unknown", Rule, Administrator,
        "Entries of the return have VAT of {amount} that was posted on no VAT account.",
        "في قيود الإقرار ضريبة قدرها {amount} لم تُرحَّل إلى حساب ضريبة.";
}

crate::choices! {
    /// The status of a VAT return.
    pub enum VatReturnStatus {
        /// The return may be prepared again, and deleted.
        Draft = "draft",
        /// The return is declared to the authority and does not change any more.
        Filed = "filed",
    }
}

/// Refuses a return whose period is not the next one after the last that was filed. Without an earlier one any may be first.
pub fn check_order(last_filed: Option<VatPeriod>, period: VatPeriod) -> Result<(), Violation> {
    let Some(last) = last_filed else { return Ok(()) };
    if last.overlaps(period) {
        return Err(Violation::new(&PERIOD_ALREADY_FILED).with("period", last));
    }
    match last.next_day() {
        Some(next) if next == period.from() => Ok(()),
        next => Err(Violation::new(&PERIOD_ORDER).with("date", next.unwrap_or(NaiveDate::MAX))),
    }
}
