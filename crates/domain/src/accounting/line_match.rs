//! Open lines of reconcilable accounts, and lines that are matched because together they come to nothing (R155).
//!
//! Amounts are debits if they are positive.

pub mod proposal;

use chrono::NaiveDate;

use crate::error::{Violation, Violations};
use crate::ids::{AccountId, Id, JournalEntryId};
use crate::money::{AMOUNT_OUT_OF_RANGE, Amount, Currency, CurrencyCode};

#[derive(Debug)]
pub enum LineMatch {}
pub type LineMatchId = Id<LineMatch>;

/// Fewest and most lines that a request matches with one another.
pub const MATCHED_LINES_MIN: usize = 2;
pub const MATCHED_LINES_MAX: usize = 1_000;

crate::errors! {
    ACCOUNT_NOT_RECONCILABLE = "account_not_reconcilable", Rule, User,
        "Lines of account {account} are not matched: it is not reconcilable.",
        "لا تُطابق أسطر الحساب {account} لأنه غير قابل للمطابقة.";
    LINE_MATCH_CONTROL_ACCOUNT = "line_match_control_account", Rule, User,
        "Account {account} is a receivable or payable account: its open items are settled by allocations.",
        "الحساب {account} حساب ذمم: تُسوّى بنوده المفتوحة بالتخصيصات.";
    LINE_MATCH_ACCOUNTS_DIFFER = "line_match_accounts_differ", Rule, User,
        "Lines that are matched are on the same account and in the same currency.",
        "تكون الأسطر المتطابقة على الحساب نفسه وبالعملة نفسها.";
    LINE_MATCH_REPEATED = "line_match_repeated", Rule, User,
        "The line is named twice.", "ذُكر السطر مرتين.";
    LINE_MATCH_AMOUNT_NOT_POSITIVE = "line_match_amount_not_positive", Rule, User,
        "The amount is greater than zero, whichever side the line is on.", "المبلغ أكبر من صفر أيًا كان جانب السطر.";
    LINE_MATCH_EXCEEDS_OPEN = "line_match_exceeds_open", Conflict, User,
        "Of line {line} of entry {number}, {open} {currency} is open.",
        "المفتوح من السطر {line} في القيد {number} هو {open} {currency}.";
    LINE_MATCH_BEFORE_LINE = "line_match_before_line", Rule, User,
        "Line {line} of entry {number} is dated {date}; it is not matched on an earlier day.",
        "السطر {line} في القيد {number} مؤرخ {date} ولا يُطابق بتاريخ سابق له.";
    LINE_MATCH_UNBALANCED = "line_match_unbalanced", Rule, User,
        "The lines come to {difference} {currency} and not to zero. Give other amounts, or an account for the difference.",
        "مجموع الأسطر {difference} {currency} وليس صفرًا. أدخل مبالغ أخرى أو حسابًا للفرق.";
    LINE_MATCH_DIFFERENCE_TOO_LARGE = "line_match_difference_too_large", Rule, User,
        "The lines differ by {difference} {currency}; at most {limit} is posted as a difference.",
        "تختلف الأسطر بمقدار {difference} {currency}؛ ولا يُرحَّل كفرق إلا ما لا يتجاوز {limit}.";
    LINE_MATCH_DIFFERENCE_RULE = "line_match_difference_rule", Rule, User,
        "Only the rule reference posts differences.", "القاعدة reference وحدها ترحّل الفروق.";
    LINE_MATCH_DIFFERENCE_ACCOUNT = "line_match_difference_account", Rule, User,
        "A difference goes to another account than the one whose lines are matched.",
        "يُرحَّل الفرق إلى حساب غير الحساب الذي تُطابق أسطره.";
    LINE_MATCH_UNDONE = "line_match_undone", Conflict, User,
        "The match was undone already.", "أُلغيت المطابقة من قبل.";
    ENTRY_HAS_LINE_MATCHES = "entry_has_line_matches", Conflict, User,
        "Lines of entry {number} are matched. Undo these matches first.",
        "أسطر من القيد {number} متطابقة. ألغِ هذه المطابقات أولًا.";
    ACCOUNT_HAS_LINE_MATCHES = "account_has_line_matches", Conflict, User,
        "Lines of account {code} are matched. Undo these matches before the account ceases to be reconcilable.",
        "أسطر الحساب {code} متطابقة. ألغِ هذه المطابقات قبل إلغاء قابلية الحساب للمطابقة.";
    OPEN_LINES_TOO_MANY = "open_lines_too_many", TooLarge, User,
        "More than {max} lines are open. Ask for one account or one currency.",
        "الأسطر المفتوحة أكثر من {max}. اطلب حسابًا واحدًا أو عملة واحدة.";
}

/// A posted line of a reconcilable account, and what is left of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenLine {
    pub entry: JournalEntryId,
    pub line_no: u32,
    pub account: AccountId,
    pub posting_date: NaiveDate,
    pub currency: CurrencyCode,
    pub amount: Amount,
    pub company_amount: Amount,
    /// The part that no match has taken. It has the sign of `amount`, or is zero.
    pub open_amount: Amount,
    pub open_company_amount: Amount,
    /// The date of the match, or of the reversal, that took the rest.
    pub settled_on: Option<NaiveDate>,
}

impl OpenLine {
    /// Whether nothing of it has been matched.
    pub fn is_whole(&self) -> bool {
        self.open_amount == self.amount
    }

    /// Leaves nothing open.
    pub fn close(&mut self, date: NaiveDate) {
        self.open_amount = Amount::ZERO;
        self.open_company_amount = Amount::ZERO;
        self.settled_on = Some(date);
    }

    /// Takes everything that is open.
    pub fn take_rest(&mut self, date: NaiveDate) -> Taken {
        let taken = Taken { amount: self.open_amount, company_amount: self.open_company_amount };
        self.close(date);
        taken
    }

    /// Takes a part of what is open, both with its sign. The last part takes the rest of the company amount, too, so that both
    /// become zero together.
    fn take(&mut self, amount: Amount, date: NaiveDate, company_scale: u8) -> Option<Taken> {
        if amount == self.open_amount {
            return Some(self.take_rest(date));
        }
        let company = self.open_company_amount.abs();
        let company = company.share(amount.abs(), self.open_amount.abs(), company_scale)?;
        let company_amount = if amount.is_negative() { company.checked_neg()? } else { company };
        self.open_amount = self.open_amount.checked_sub(amount)?;
        self.open_company_amount = self.open_company_amount.checked_sub(company_amount)?;
        Some(Taken { amount, company_amount })
    }

    /// Gives back what a match took.
    pub fn restore(&mut self, taken: Taken) -> Option<()> {
        self.open_amount = self.open_amount.checked_add(taken.amount)?;
        self.open_company_amount = self.open_company_amount.checked_add(taken.company_amount)?;
        self.settled_on = None;
        Some(())
    }
}

/// The part that a match takes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    pub amount: Amount,
    pub company_amount: Amount,
}

/// A line that is to be matched.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    pub line: OpenLine,
    pub number: &'a str,
    /// How much of it, whichever side it is on; `None` is everything that is open.
    pub amount: Option<Amount>,
}

/// Takes the wanted part of each line. A violation is at `/lines/<its position>`.
pub fn take_all(
    wanted: Vec<Wanted<'_>>,
    date: NaiveDate,
    currency: Currency,
    company_scale: u8,
) -> Result<Vec<(OpenLine, Taken)>, Vec<Violation>> {
    let mut violations = Violations::new();
    let mut all = Vec::with_capacity(wanted.len());
    for (index, Wanted { mut line, number, amount }) in wanted.into_iter().enumerate() {
        let at = format!("/lines/{index}");
        match part(&line, (number, amount), date, currency) {
            Err(refused) => {
                let pointer = format!("{at}{}", refused.pointer);
                violations.push(refused.at(pointer));
            }
            Ok(amount) => match line.take(amount, date, company_scale) {
                Some(taken) => all.push((line, taken)),
                None => violations.push(Violation::new(&AMOUNT_OUT_OF_RANGE).at(at)),
            },
        }
    }
    violations.into_result(all)
}

/// The amount that is taken of a line, with its sign.
fn part(
    line: &OpenLine,
    (number, amount): (&str, Option<Amount>),
    date: NaiveDate,
    currency: Currency,
) -> Result<Amount, Violation> {
    let of_line = |def| Violation::new(def).with("line", line.line_no).with("number", number);
    if date < line.posting_date {
        return Err(of_line(&LINE_MATCH_BEFORE_LINE).with("date", line.posting_date));
    }
    let open = line.open_amount.abs();
    let amount = amount.unwrap_or(open);
    if amount > open || open.is_zero() {
        let exceeds = of_line(&LINE_MATCH_EXCEEDS_OPEN).with("open", open.display(currency.scale));
        return Err(exceeds.with("currency", currency.code).at("/amount"));
    }
    if !amount.is_positive() {
        return Err(Violation::new(&LINE_MATCH_AMOUNT_NOT_POSITIVE).at("/amount"));
    }
    amount.check_in(currency).map_err(|violation| violation.at("/amount"))?;
    let signed = if line.amount.is_negative() { amount.checked_neg() } else { Some(amount) };
    signed.ok_or_else(|| Violation::new(&AMOUNT_OUT_OF_RANGE).at("/amount"))
}

/// What lines come to; debits are positive.
pub fn sum<'a>(taken: impl Iterator<Item = &'a Taken> + Clone) -> Option<Taken> {
    let amount = Amount::sum(taken.clone().map(|taken| taken.amount))?;
    Some(Taken { amount, company_amount: Amount::sum(taken.map(|taken| taken.company_amount))? })
}

#[cfg(test)]
mod tests;
