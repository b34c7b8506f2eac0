//! Payment terms: when what is owed falls due, and what is granted to those who pay early (R47).

mod instalments;
#[cfg(test)]
mod tests;

pub use instalments::{EarlyPayment, Instalment, TermDates};

use crate::error::{Violation, Violations};
use crate::ids::Id;
use crate::money::{Amount, Percentage};
use crate::text::{Code, LocalizedName};

pub type PaymentTermId = Id<PaymentTerm>;

/// Most lines of payment terms.
pub const TERM_LINES_MAX: usize = 24;
/// Most days until something falls due or a discount ends.
pub const TERM_DAYS_MAX: i64 = 1_800;

crate::errors! {
    TERMS_PERCENT_SUM = "terms_percent_sum", Rule, User,
        "The lines come to {sum} per cent. They come to exactly 100, or to less where one line takes the rest.",
        "مجموع السطور {sum} في المئة. يجب أن يكون 100 تمامًا، أو أقل منها إذا كان أحد السطور يأخذ الباقي.";
    TERMS_LINE_SHARE = "terms_line_share", Rule, User,
        "A line has either percent or rest: true.", "للسطر إما percent أو rest: true.";
    TERMS_REST_TWICE = "terms_rest_twice", Rule, User,
        "One line takes the rest, and not several.", "سطر واحد فقط يأخذ الباقي.";
    TERMS_DISCOUNT_PARTS = "terms_discount_parts", Rule, User,
        "A discount needs both discountPercent and discountDays.", "يحتاج الخصم إلى discountPercent وdiscountDays معًا.";
    TERMS_DISCOUNT_LATE = "terms_discount_late", Rule, User,
        "A discount ends on the due date at the latest: discountDays is at most {days}.",
        "ينتهي الخصم في تاريخ الاستحقاق على الأكثر: الحد الأقصى لقيمة discountDays هو {days}.";
}

crate::choices! {
    /// The day from which the days of a line are counted.
    pub enum DueFrom {
        /// The date of the document.
        Document = "document",
        /// The last day of the document's month.
        EndOfMonth = "end_of_month",
        /// The day of delivery.
        Delivery = "delivery",
    }
}

crate::choices! {
    /// The base of a discount for early payment.
    pub enum DiscountBasis {
        /// The instalment with its VAT.
        Gross = "gross",
        /// The instalment without VAT.
        Net = "net",
    }
}

/// The part of the whole that falls due with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermShare {
    Percent(Percentage),
    /// The rest that the other lines leave.
    Rest,
}

/// The discount for payment within some days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TermDiscount {
    pub percent: Percentage,
    pub days: u32,
}

/// One instalment, before there is an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TermLine {
    pub share: TermShare,
    pub due_days: u32,
    pub from: DueFrom,
    /// The due date moves to the next such day of a month; a shorter month has its last one.
    pub day_of_month: Option<u32>,
    pub discount: Option<TermDiscount>,
}

/// Lines that come to a hundred per cent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermLines(Vec<TermLine>);

impl TermLines {
    /// All violations at once, at `/lines` and `/lines/…`.
    pub fn new(lines: Vec<TermLine>) -> Result<Self, Vec<Violation>> {
        let mut violations = Violations::new();
        let rests = lines.iter().enumerate().filter(|(_, line)| line.share == TermShare::Rest);
        for (index, _) in rests.clone().skip(1) {
            violations.push(Violation::new(&TERMS_REST_TWICE).at(format!("/lines/{index}/rest")));
        }
        let sum: i64 = percents(&lines).map(Percentage::scaled).sum();
        let hundred = Percentage::HUNDRED.scaled();
        let whole = if rests.count() > 0 { sum < hundred } else { sum == hundred };
        if !whole {
            let sum = Amount::from_scaled(sum).display(0);
            violations.push(Violation::new(&TERMS_PERCENT_SUM).at("/lines").with("sum", sum));
        }
        for (index, line) in lines.iter().enumerate() {
            if line.discount.is_some_and(|discount| discount.days > line.due_days) {
                let late = Violation::new(&TERMS_DISCOUNT_LATE).at(format!("/lines/{index}/discountDays"));
                violations.push(late.with("days", line.due_days));
            }
        }
        violations.into_result(Self(lines))
    }

    pub fn iter(&self) -> impl Iterator<Item = &TermLine> {
        self.0.iter()
    }

    /// The share of each line in ten-thousandths of a per cent; together they are a hundred per cent.
    fn shares(&self) -> Vec<i64> {
        let given: i64 = percents(&self.0).map(Percentage::scaled).sum();
        let rest = Percentage::HUNDRED.scaled() - given;
        let share = |line: &TermLine| match line.share {
            TermShare::Percent(percent) => percent.scaled(),
            TermShare::Rest => rest,
        };
        self.0.iter().map(share).collect()
    }
}

fn percents(lines: &[TermLine]) -> impl Iterator<Item = Percentage> {
    lines.iter().filter_map(|line| match line.share {
        TermShare::Percent(percent) => Some(percent),
        TermShare::Rest => None,
    })
}

/// A payment term, which sets the due dates of debts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentTerm {
    pub id: PaymentTermId,
    pub code: Code,
    pub name: LocalizedName,
    pub discount_basis: DiscountBasis,
    /// Whether who pays a part early gets its share of the discount.
    pub partial_discount: bool,
    pub lines: TermLines,
    pub version: i64,
}
