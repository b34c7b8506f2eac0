//! Payment terms: when what is owed falls due.

pub mod preview;

use async_trait::async_trait;
use domain::error::{Violation, Violations};
use domain::money::Percentage;
use domain::parties::payment_term::{
    DiscountBasis, DueFrom, PaymentTerm, PaymentTermId, TERM_DAYS_MAX, TERM_LINES_MAX, TERMS_DISCOUNT_LATE,
    TERMS_DISCOUNT_PARTS, TERMS_LINE_SHARE, TERMS_PERCENT_SUM, TERMS_REST_TWICE, TermDiscount, TermLine,
    TermLines, TermShare,
};
use domain::text::{Code, LocalizedName};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::error::AppResult;
use crate::master_data::{Check, MasterData, Shown};
use crate::views::NameView;
use crate::wire::{Int, List, Optional};
use crate::{request, resource, view};

request! {
    /// A part of what is owed, and when it falls due.
    pub struct PaymentTermLineBody {
        /// The part in per cent of the whole; left out where the line takes the rest.
        percent: Option<Percentage> = "100",
        /// Whether the line takes what the other lines leave of 100 per cent.
        rest: bool => false,
        /// Days from the day named by `from` until the line falls due.
        due_days: Int<0, TERM_DAYS_MAX> = 30,
        /// The day from which days are counted: the date of the document, the last day of its month, or the day of delivery.
        from: DueFrom => "document",
        /// A day of the month to which the due date moves on: the next such day, or the last day of a month that is shorter. Left
        /// out, the due date stays where the days end.
        day_of_month: Option<Int<1, 31>>,
        /// The discount for early payment in per cent; needs `discountDays`.
        discount_percent: Option<Percentage> = "2",
        /// Days from the day named by `from` until the discount ends, at most `dueDays`.
        discount_days: Option<Int<0, TERM_DAYS_MAX>> = 10,
    }

    /// New payment terms.
    pub struct NewPaymentTerm as CreatePaymentTermBody {
        /// Short code, unique in the tenant.
        code: Code = "2-10-NET30-EARLY",
        /// Name in Arabic, English or both.
        name: LocalizedName = { "ar": "30 يومًا، خصم 2٪ خلال 10 أيام", "en": "30 days, 2 % within 10 days" },
        /// The base of a discount: the instalment with its VAT (`gross`) or without (`net`).
        discount_basis: DiscountBasis => "gross",
        /// Whether who pays a part of an instalment early gets the discount in proportion; otherwise only who pays all of it.
        partial_discount: bool => false,
        /// The lines, which come to 100 per cent; each makes an instalment.
        lines: List<PaymentTermLineBody, TERM_LINES_MAX, 1> = [{ "percent": "100", "dueDays": 30, "discountPercent": "2", "discountDays": 10 }],
    }

    /// Changes to payment terms (JSON Merge Patch). Members that are left out stay as they are.
    pub struct PaymentTermChange as UpdatePaymentTermBody {
        /// Short code, unique in the tenant.
        code: Optional<Code>,
        /// Name in Arabic, English or both.
        name: Optional<LocalizedName>,
        /// The base of a discount: the instalment with its VAT (`gross`) or without (`net`).
        discount_basis: Optional<DiscountBasis>,
        /// Whether who pays a part of an instalment early gets the discount in proportion.
        partial_discount: Optional<bool>,
        /// All lines, which come to 100 per cent.
        lines: Optional<List<PaymentTermLineBody, TERM_LINES_MAX, 1>>,
    }
}

/// A part of what is owed, and when it falls due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentTermLineView {
    /// The share in per cent of the whole; null where the line takes the rest.
    pub percent: Option<String>,
    /// Whether the line takes what the other lines leave.
    pub rest: bool,
    pub due_days: u32,
    /// `document`, `end_of_month` or `delivery`.
    pub from: String,
    pub day_of_month: Option<u32>,
    /// The discount for early payment in per cent.
    pub discount_percent: Option<String>,
    pub discount_days: Option<u32>,
}

impl Shown<TermLines> for Vec<PaymentTermLineView> {
    fn shown(lines: &TermLines) -> Self {
        let view = |line: &TermLine| PaymentTermLineView {
            percent: match line.share {
                TermShare::Percent(percent) => Some(percent.to_string()),
                TermShare::Rest => None,
            },
            rest: line.share == TermShare::Rest,
            due_days: line.due_days,
            from: line.from.to_string(),
            day_of_month: line.day_of_month,
            discount_percent: line.discount.map(|discount| discount.percent.to_string()),
            discount_days: line.discount.map(|discount| discount.days),
        };
        lines.iter().map(view).collect()
    }
}

view! {
    /// A payment term: the due dates of debts, and the discounts for paying early.
    pub struct PaymentTermView of PaymentTerm {
        id: Uuid,
        code: String,
        name: NameView,
        /// `gross` or `net`: what a discount is a share of.
        discount_basis: &'static str,
        /// Whether who pays a part of an instalment early gets the discount in proportion.
        partial_discount: bool,
        /// Each makes an instalment.
        lines: Vec<PaymentTermLineView>,
    }
}

resource! {
    PaymentTerm by id: PaymentTermId
        = "parties", "payment_term", "payment_terms" at "/payment-terms", "/payment-terms/{id}";
    en: "a", "payment term", "payment terms"; ar: "شروط الدفع";
    about: "Payment terms: instalments, due dates and discounts for early payment.";
    bodies: NewPaymentTerm, PaymentTermChange => PaymentTermView; unique code;
    list: id sortable, code sortable, name; order: code;
    refuses:
        create [&TERMS_PERCENT_SUM, &TERMS_LINE_SHARE, &TERMS_REST_TWICE, &TERMS_DISCOUNT_PARTS, &TERMS_DISCOUNT_LATE],
        change [&TERMS_PERCENT_SUM, &TERMS_LINE_SHARE, &TERMS_REST_TWICE, &TERMS_DISCOUNT_PARTS, &TERMS_DISCOUNT_LATE],
        delete unused [];
}

#[async_trait]
impl MasterData for PaymentTerm {
    async fn create(
        new: &NewPaymentTerm,
        id: PaymentTermId,
        check: &mut Check<'_>,
    ) -> AppResult<Option<Self>> {
        let Some(lines) = lines(&new.lines.0, &mut check.violations) else { return Ok(None) };
        Ok(Some(Self {
            id,
            code: new.code.clone(),
            name: new.name.clone(),
            discount_basis: new.discount_basis,
            partial_discount: new.partial_discount,
            lines,
            version: 1,
        }))
    }

    async fn change(&self, change: &PaymentTermChange, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        let lines = match &change.lines.0 {
            Some(given) => lines(&given.0, &mut check.violations),
            None => Some(self.lines.clone()),
        };
        let Some(lines) = lines else { return Ok(None) };
        Ok(Some(Self {
            code: change.code.or(&self.code),
            name: change.name.or(&self.name),
            discount_basis: change.discount_basis.or(&self.discount_basis),
            partial_discount: change.partial_discount.or(&self.partial_discount),
            lines,
            ..self.clone()
        }))
    }
}

fn lines(bodies: &[PaymentTermLineBody], violations: &mut Violations) -> Option<TermLines> {
    let before = violations.len();
    let parsed: Vec<TermLine> = bodies
        .iter()
        .enumerate()
        .filter_map(|(index, body)| line(body, &format!("/lines/{index}"), violations))
        .collect();
    if violations.len() != before {
        return None;
    }
    match TermLines::new(parsed) {
        Ok(lines) => Some(lines),
        Err(refused) => {
            violations.extend(refused);
            None
        }
    }
}

fn line(body: &PaymentTermLineBody, at: &str, violations: &mut Violations) -> Option<TermLine> {
    let share = match (body.percent, body.rest) {
        (Some(percent), false) => Some(TermShare::Percent(percent)),
        (None, true) => Some(TermShare::Rest),
        _ => {
            violations.push(Violation::new(&TERMS_LINE_SHARE).at(format!("{at}/percent")));
            None
        }
    };
    let discount = match (body.discount_percent, body.discount_days) {
        (None, None) => None,
        (Some(percent), Some(days)) => Some(TermDiscount { percent, days: whole(days.0) }),
        (given, _) => {
            let missing = if given.is_some() { "discountDays" } else { "discountPercent" };
            violations.push(Violation::new(&TERMS_DISCOUNT_PARTS).at(format!("{at}/{missing}")));
            return None;
        }
    };
    Some(TermLine {
        share: share?,
        due_days: whole(body.due_days.0),
        from: body.from,
        day_of_month: body.day_of_month.map(|day| whole(day.0)),
        discount,
    })
}

/// A number whose bounds were checked when it was read.
fn whole(number: i64) -> u32 {
    u32::try_from(number).unwrap_or_default()
}
