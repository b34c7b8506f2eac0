//! The check that an entry balances, and the rounding line that takes up conversion differences (R6, R7).

use super::super::{
    ENTRY_TOTAL_OUT_OF_RANGE, LineAmount, LineDetails, PostedLine, ROUNDING_ACCOUNT_MISSING, UNBALANCED_ENTRY,
};
use super::{Checker, PostingRules, Totals};
use crate::accounting::account::AccountFacts;
use crate::accounting::dimension::{self, DimensionCombination};
use crate::error::Violation;
use crate::ids::DimensionSetId;
use crate::money::{Amount, Currency, Rate};

impl Checker<'_> {
    pub(super) fn balance(&mut self) {
        if !self.amounts_known {
            return;
        }
        let Totals { debit, credit, currency_debit, currency_credit } = self.totals;
        let company = self.rules.company;
        if debit.max(credit) > i128::from(i64::MAX) {
            self.violations.push(Violation::new(&ENTRY_TOTAL_OUT_OF_RANGE).at("/lines"));
            return;
        }
        let shared = self.shared_currency.filter(|_| !self.mixed);
        if let Some(code) = shared.filter(|code| *code != company.code)
            && currency_debit != currency_credit
        {
            let currency = self.rules.currency(code).unwrap_or(Currency { code, scale: company.scale });
            self.violations.push(unbalanced(currency_debit, currency_credit, currency));
            return;
        }
        let difference = debit - credit;
        if difference == 0 {
            return;
        }
        // Half a minor unit per line (R7), but a line in the company currency was rounded by nobody: at most
        // one of them, the counterpart, is granted for each converted line. Doubled, to stay whole.
        let rounded_lines = self.posted.len().min(2 * self.foreign_lines) as i128;
        if difference.abs() * 2 > rounded_lines * i128::from(company.minor_unit().scaled()) {
            self.violations.push(unbalanced(debit, credit, company));
            return;
        }
        self.rounding_line(to_amount(difference));
    }

    /// The residue in its own line on the rounding account (R7).
    fn rounding_line(&mut self, difference: Amount) {
        let company = self.rules.company;
        let usable = |account: &&AccountFacts| {
            account.active
                && account.is_posting
                && !account.requires_party
                && account.currency.is_none_or(|currency| currency == company.code)
        };
        let account = self.rules.rounding_account.and_then(|id| self.rules.accounts.get(&id)).filter(usable);
        let residue = LineAmount::from_balance(difference).map(LineAmount::opposite);
        let (Some(account), Some(residue)) = (account, residue) else {
            self.violations.push(
                Violation::new(&ROUNDING_ACCOUNT_MISSING)
                    .at("/lines")
                    .with("difference", difference.abs().display(company.scale))
                    .with("currency", company.code),
            );
            return;
        };
        let Some(dimension_set) = self.rounding_dimensions(account) else { return };
        let (debit, credit) = residue.columns();
        self.totals.debit += i128::from(debit.scaled());
        self.totals.credit += i128::from(credit.scaled());
        self.posted.push(PostedLine {
            line_no: u32::try_from(self.posted.len() + 1).unwrap_or(u32::MAX),
            account: account.id,
            debit,
            credit,
            currency: company.code,
            currency_debit: debit,
            currency_credit: credit,
            rate: Rate::ONE,
            dimension_set,
            details: LineDetails::NONE,
            rounding: true,
        });
    }

    /// The dimensions of the rounding line: none, unless rules of its account ask for some. Then those of the line with the
    /// largest company amount (the first of several) that keeps the rules. When no line does, that is a violation.
    fn rounding_dimensions(&mut self, account: &AccountFacts) -> Option<DimensionSetId> {
        let PostingRules { dimension_rules, dimension_tree, .. } = self.rules;
        if self.mirrors || dimension_rules.is_empty() {
            return Some(DimensionSetId::EMPTY);
        }
        let broken_by = |combination: &DimensionCombination| {
            dimension::check(account, combination, dimension_rules, dimension_tree)
        };
        let refused = broken_by(&DimensionCombination::EMPTY);
        if refused.is_empty() {
            return Some(DimensionSetId::EMPTY);
        }
        let mut by_size: Vec<usize> = (0..self.posted.len()).collect();
        by_size.sort_by_key(|index| std::cmp::Reverse(self.posted[*index].company_amount().amount()));
        let good = by_size.into_iter().find(|index| broken_by(&self.dimensions[*index]).is_empty());
        if good.is_none() {
            let at_lines = |violation: Violation| violation.at("/lines");
            self.violations.extend(refused.into_iter().map(at_lines));
        }
        good.map(|index| self.posted[index].dimension_set)
    }
}

fn unbalanced(debit: i128, credit: i128, currency: Currency) -> Violation {
    let shown = |scaled: i128| to_amount(scaled).display(currency.scale);
    Violation::new(&UNBALANCED_ENTRY)
        .at("/lines")
        .with("debit", shown(debit))
        .with("credit", shown(credit))
        .with("difference", shown((debit - credit).abs()))
        .with("currency", currency.code)
}

/// Only used once the totals are known to fit, or to show them.
fn to_amount(scaled: i128) -> Amount {
    Amount::from_scaled(i64::try_from(scaled).unwrap_or(i64::MAX))
}
