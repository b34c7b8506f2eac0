//! From draft to validated entry: one pass over the lines, every violation at once, nothing allocated for a good
//! line but the posted line itself.

mod balance;

use super::convert::{company_amount, scale_exceeded};
use super::{
    ACCOUNT_CURRENCY_DIFFERS, ACCOUNT_INACTIVE, ACCOUNT_IS_HEADING, ACCOUNT_UNKNOWN,
    CLOSING_ENTRY_NEEDS_CLOSING_PERIOD, CLOSING_PERIOD_RESERVED, CONTROL_REASON_REQUIRED, CURRENCY_UNKNOWN,
    DraftEntry, ENTRY_TOO_FEW_LINES, ENTRY_VIOLATIONS_MAX, EntryKind, FISCAL_PERIOD_CLOSED,
    FISCAL_PERIOD_MISSING, LINE_AMOUNT_NOT_POSITIVE, LINES_MIN, NewEntry, NewLine, PARTY_REQUIRED,
    PostedLine, PostingRules, ValidatedEntry,
};
use crate::accounting::account::{AccountFacts, ControlKind};
use crate::accounting::dimension::{self, DimensionCombination};
use crate::accounting::fiscal_period::{FiscalPeriodKind, FiscalPeriodStatus};
use crate::accounting::journal::JOURNAL_RESERVED;
use crate::accounting::lock::check_posting_date;
use crate::error::{ErrorDef, Violation, Violations};
use crate::ids::FiscalPeriodId;
use crate::money::{Amount, CurrencyCode, Rate};

impl DraftEntry {
    /// Checks the draft against R6–R9 and R11. All violations at once, at most [`ENTRY_VIOLATIONS_MAX`].
    pub fn validate(self, rules: &PostingRules<'_>) -> Result<ValidatedEntry, Vec<Violation>> {
        let (reverses_opening, source) = (self.reverses_opening, self.source);
        let NewEntry { lines, .. } = self.entry;
        let entry = NewEntry { lines: Vec::new(), ..self.entry };
        let mut checker = Checker::new(&entry, rules, lines.len());
        checker.by_hand = source.is_none();
        checker.taxed_elsewhen = self.tax_date.is_some();
        if lines.len() < LINES_MIN {
            checker.violations.push(Violation::new(&ENTRY_TOO_FEW_LINES).at("/lines").with("min", LINES_MIN));
        }
        for (index, line) in lines.into_iter().enumerate() {
            checker.line(index, line);
            if checker.violations.len() >= ENTRY_VIOLATIONS_MAX {
                break;
            }
        }
        checker.journal();
        checker.balance();
        let period = checker.period();
        let Checker { violations, posted, .. } = checker;
        // A missing period is among the violations.
        let Some(fiscal_period_id) = period else { return Err(violations.into_vec()) };
        violations.into_result(ValidatedEntry {
            content: entry,
            fiscal_period_id,
            reverses_opening,
            source,
            lines: posted,
        })
    }
}

/// Sums in ten-thousandths; 128 bits hold 100,000 of the largest amounts many times over.
#[derive(Default)]
struct Totals {
    debit: i128,
    credit: i128,
    currency_debit: i128,
    currency_credit: i128,
}

struct Checker<'a> {
    entry: &'a NewEntry,
    rules: &'a PostingRules<'a>,
    violations: Violations,
    posted: Vec<PostedLine>,
    /// The dimensions of each posted line.
    dimensions: Vec<DimensionCombination>,
    totals: Totals,
    /// The currency of every line so far; `None` before the first.
    shared_currency: Option<CurrencyCode>,
    mixed: bool,
    foreign_lines: usize,
    /// No document answers for what it posts.
    by_hand: bool,
    /// The document has asked the tax lock about the date of its tax.
    taxed_elsewhen: bool,
    /// False once a line has no usable amount: a difference would then say nothing.
    amounts_known: bool,
    /// The entry's currency is named once, not on each line that takes it over.
    entry_currency_refused: bool,
    touches_tax: bool,
    /// Year close and reversals only move or undo what accounts already hold, so an account that was
    /// deactivated or got a new dimension rule since then does not stop them.
    mirrors: bool,
}

impl<'a> Checker<'a> {
    fn new(entry: &'a NewEntry, rules: &'a PostingRules<'a>, lines: usize) -> Self {
        Self {
            entry,
            rules,
            violations: Violations::new(),
            // One more for the rounding line.
            posted: Vec::with_capacity(lines + 1),
            dimensions: Vec::with_capacity(lines),
            totals: Totals::default(),
            shared_currency: None,
            mixed: false,
            foreign_lines: 0,
            by_hand: true,
            amounts_known: true,
            entry_currency_refused: false,
            touches_tax: false,
            taxed_elsewhen: false,
            mirrors: entry.kind == EntryKind::Closing || entry.reverses.is_some(),
        }
    }

    fn refuse(&mut self, index: usize, field: &str, violation: Violation) {
        self.violations.push(violation.at(format!("/lines/{index}/{field}")));
    }

    fn line(&mut self, index: usize, line: NewLine) {
        let code = line.currency.unwrap_or(self.entry.currency);
        if let Some(account) = self.rules.accounts.get(&line.account) {
            self.account(index, &line, account, code);
        } else {
            self.refuse(index, "accountId", Violation::new(&ACCOUNT_UNKNOWN));
        }
        let Some((rate, company)) = self.amount(index, &line, code) else {
            self.amounts_known = false;
            return;
        };
        let (currency_debit, currency_credit) = line.amount.columns();
        let (debit, credit) = line.amount.with(company).columns();
        self.totals.debit += i128::from(debit.scaled());
        self.totals.credit += i128::from(credit.scaled());
        self.totals.currency_debit += i128::from(currency_debit.scaled());
        self.totals.currency_credit += i128::from(currency_credit.scaled());
        self.mixed |= self.shared_currency.is_some_and(|shared| shared != code);
        self.shared_currency = Some(code);
        self.foreign_lines += usize::from(code != self.rules.company.code);
        self.dimensions.push(line.dimensions);
        self.posted.push(PostedLine {
            line_no: u32::try_from(index + 1).unwrap_or(u32::MAX),
            account: line.account,
            debit,
            credit,
            currency: code,
            currency_debit,
            currency_credit,
            rate,
            dimension_set: line.dimension_set,
            details: line.details,
            rounding: false,
        });
    }

    /// R8 and R9.
    fn account(&mut self, index: usize, line: &NewLine, account: &AccountFacts, currency: CurrencyCode) {
        let named = |def: &'static ErrorDef| Violation::new(def).with("account", &account.code);
        if !account.is_posting {
            self.refuse(index, "accountId", named(&ACCOUNT_IS_HEADING));
        }
        if !account.active && !self.mirrors {
            self.refuse(index, "accountId", named(&ACCOUNT_INACTIVE));
        }
        // Revaluation and year close change the company value of an account in another currency.
        let company_value = currency == self.rules.company.code
            && (self.mirrors || self.entry.kind == EntryKind::Revaluation);
        if let Some(own) = account.currency.filter(|own| *own != currency && !company_value) {
            self.refuse(index, "currency", named(&ACCOUNT_CURRENCY_DIFFERS).with("currency", own));
        }
        if account.control.is_control() && self.by_hand && self.entry.control_reason.is_none() {
            self.refuse(index, "accountId", named(&CONTROL_REASON_REQUIRED));
        }
        if account.requires_party && line.details.party.is_none() {
            self.refuse(index, "party", named(&PARTY_REQUIRED));
        }
        // A tax code puts the line into the return, whatever the account is.
        self.touches_tax |= account.control == ControlKind::Vat || line.details.tax_code.is_some();
        let PostingRules { dimension_rules, dimension_tree, .. } = self.rules;
        let concerned = !dimension_rules.is_empty() || !line.dimensions.is_empty();
        if concerned && !self.mirrors {
            for violation in dimension::check(account, &line.dimensions, dimension_rules, dimension_tree) {
                let field = violation.pointer.trim_start_matches('/').to_owned();
                self.refuse(index, &field, violation);
            }
        }
    }

    /// R6 and R7 for one line: its rate and company amount, unless it has none that can be used.
    fn amount(&mut self, index: usize, line: &NewLine, code: CurrencyCode) -> Option<(Rate, Amount)> {
        let amount = line.amount.amount();
        if !amount.is_positive() {
            self.refuse(index, line.amount.field(), Violation::new(&LINE_AMOUNT_NOT_POSITIVE));
            return None;
        }
        // Year close empties accounts in currencies that are no longer used, too.
        let usable = self.entry.kind == EntryKind::Closing || !self.rules.inactive_currencies.contains(&code);
        let Some(currency) = self.rules.currency(code).filter(|_| usable) else {
            let unknown = Violation::new(&CURRENCY_UNKNOWN).with("currency", code);
            if line.currency.is_some() {
                self.refuse(index, "currency", unknown);
            } else if !self.entry_currency_refused {
                self.entry_currency_refused = true;
                self.violations.push(unknown.at("/currency"));
            }
            return None;
        };
        if !amount.fits(currency.scale) {
            self.refuse(index, line.amount.field(), scale_exceeded(amount, currency));
            return None;
        }
        match company_amount(line, code, self.rules.company, self.rules.rates) {
            Ok(converted) => Some(converted),
            Err(violation) => {
                let field = violation.pointer.trim_start_matches('/').to_owned();
                self.refuse(index, &field, violation);
                None
            }
        }
    }

    /// Ordinary entries stay out of the journals of opening balances and year close.
    fn journal(&mut self) {
        let ordinary = matches!(self.entry.kind, EntryKind::Standard | EntryKind::Revaluation);
        if ordinary && self.rules.journal_kind.is_reserved() {
            let reserved = Violation::new(&JOURNAL_RESERVED).at("/journalId");
            self.violations.push(reserved.with("kind", self.rules.journal_kind));
        }
    }

    /// R11, and the closing period of R12.
    fn period(&mut self) -> Option<FiscalPeriodId> {
        let date = self.entry.posting_date;
        let mut refuse = |def| {
            self.violations.push(Violation::new(def).at("/postingDate").with("date", date));
        };
        let period = self.rules.period.filter(|period| period.covers(date));
        match period {
            None => refuse(&FISCAL_PERIOD_MISSING),
            Some(period) => {
                if period.status == FiscalPeriodStatus::Closed {
                    refuse(&FISCAL_PERIOD_CLOSED);
                }
                let closing_entry = self.entry.kind == EntryKind::Closing;
                match (period.kind, closing_entry) {
                    (FiscalPeriodKind::Closing, false) => refuse(&CLOSING_PERIOD_RESERVED),
                    (FiscalPeriodKind::Regular, true) => refuse(&CLOSING_ENTRY_NEEDS_CLOSING_PERIOD),
                    _ => {}
                }
            }
        }
        let rules = self.rules;
        let locked = check_posting_date(
            date,
            rules.journal_kind,
            self.touches_tax && !self.taxed_elsewhen,
            rules.locks,
            rules.exceptions,
            (rules.user, rules.now),
        );
        self.violations.extend(locked.err());
        period.map(|period| period.id)
    }
}
