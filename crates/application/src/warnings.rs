//! Warnings: what is worth knowing about something that was done all the same (R46, R70).
//!
//! They stand in the answer to the request that did it, in its language, and nowhere else: neither the record nor its event keeps them.

use domain::error::{ErrorDef, Language, Violation};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Most warnings of one answer.
pub const WARNINGS_MAX: usize = 50;

/// Something that is worth a look. It refused nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WarningView {
    /// One of the codes in `docs/WARNINGS.md`, which never changes its meaning.
    pub code: String,
    /// The text, in the language of the request.
    pub message: String,
    /// The place in the request, as a JSON pointer.
    pub pointer: String,
}

/// The views of warnings, the first of them.
pub fn shown(warnings: &[Violation], language: Language) -> Vec<WarningView> {
    let view = |warning: &Violation| WarningView {
        code: warning.def.code.to_owned(),
        message: warning.text(language),
        pointer: warning.pointer.clone(),
    };
    warnings.iter().take(WARNINGS_MAX).map(view).collect()
}

/// Declares warnings: a code and a text in each language, with placeholders as errors have them.
macro_rules! warnings {
    ($($name:ident = $code:literal, $en:literal, $ar:literal;)*) => {
        $(pub static $name: ErrorDef = ErrorDef {
            code: $code,
            category: domain::error::Category::Rule,
            acts: domain::error::Acts::User,
            en: $en,
            ar: $ar,
        };)*
        /// Every warning.
        pub static ALL: &[&ErrorDef] = &[$(&$name),*];
    };
}

warnings! {
    BRANCH_WITHOUT_VALUE = "branch_without_value",
        "The dimension branch has no value {branch}, so the lines of the ledger do not name the branch.",
        "لا قيمة {branch} للبُعد branch، لذا لا تذكر سطور الأستاذ الفرع.";
    BUDGET_PASSED = "budget_passed",
        "The posting takes {amount} from account {account}, for which budget {budget} has {left} left.",
        "يأخذ الترحيل {amount} من الحساب {account}، والمتبقي له في الموازنة {budget} هو {left}.";
    CHANGE_GIVEN = "change_given",
        "{change} {currency} of the payment are change: only the amount of the invoice is received.",
        "من الدفعة {change} {currency} باقٍ للعميل: لا يُقبض إلا مبلغ الفاتورة.";
    CHARGES_NOT_ORDERED = "charges_not_ordered",
        "The charges come to {billed}, of which the orders have {ordered}.",
        "تبلغ الرسوم الإضافية {billed}، والمذكور منها في الأوامر {ordered}.";
    CREDIT_LIMIT_NEAR = "credit_limit_near",
        "With this document {party} owes {owed} of the credit limit of {limit}.",
        "يبلغ المستحق على {party} مع هذا المستند {owed} من حد الائتمان {limit}.";
    CREDIT_LIMIT_PASSED = "credit_limit_passed",
        "With this document {party} owes {owed}, which is more than the credit limit of {limit}.",
        "يبلغ المستحق على {party} مع هذا المستند {owed}، وهو أكثر من حد الائتمان {limit}.";
    DUE_DATE_IN_CLOSED_PERIOD = "due_date_in_closed_period",
        "The due date {date} lies in a period that is closed or locked.",
        "يقع تاريخ الاستحقاق {date} في فترة مقفلة.";
    DUE_DATE_ON_WEEKEND = "due_date_on_weekend",
        "The due date {date} is on a weekend.",
        "يوافق تاريخ الاستحقاق {date} عطلة نهاية الأسبوع.";
    LINE_PRICE_ZERO = "line_price_zero",
        "The price of the line is 0.", "سعر السطر صفر.";
    PARTY_NAME_TAKEN = "party_name_taken",
        "Other active parties have the same name: {parties}.",
        "لأطراف نشطة أخرى الاسم نفسه: {parties}.";
    POSTING_DATE_CLOSED = "posting_date_closed",
        "The posting date {date} lies in a period that is closed or locked, so the draft cannot be posted as it is.",
        "يقع تاريخ الترحيل {date} في فترة مقفلة، فلا يمكن ترحيل المسودة كما هي.";
    PRICE_LIST_UNUSABLE = "price_list_unusable",
        "The customer's price list {list} differs from the document about VAT, so the price was found elsewhere.",
        "تختلف قائمة أسعار العميل {list} عن المستند في شمول الضريبة، لذا أُخذ السعر من غيرها.";
    RATE_WITHOUT_BALANCE = "rate_without_balance",
        "Nothing is held or owed in {currency}, so its rate has no effect.",
        "لا رصيد بالعملة {currency}، فلا أثر لسعرها.";
    SUPPLIER_VAT_TAKEN_OVER = "supplier_vat_taken_over",
        "The supplier's VAT of {given} was taken over; the lines come to {computed}.",
        "اعتُمدت ضريبة المورد {given}، بينما تبلغ ضريبة السطور {computed}.";
    TAX_DATE_IN_OTHER_PERIOD = "tax_date_in_other_period",
        "The tax date {date} lies in another VAT period than the posting date {posting}.",
        "يقع تاريخ الضريبة {date} في فترة ضريبية غير فترة تاريخ الترحيل {posting}.";
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The page for integrators has every warning, and no other.
    #[test]
    fn every_warning_stands_in_the_page() {
        let page = include_str!("../../../docs/WARNINGS.md");
        for def in ALL {
            let row = format!("| `{}` | {} | {} |", def.code, def.en, def.ar);
            assert!(page.contains(&row), "{row}");
        }
        let rows = page.lines().filter(|line| line.starts_with("| `")).count();
        assert_eq!(rows, ALL.len());
    }
}
