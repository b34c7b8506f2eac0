//! Proposals for allocations: which payments settle which debts of a party (R104).

use std::collections::BTreeSet;

use super::open_item::OpenItem;
use crate::money::Amount;

/// Most debts that one payment may settle exactly.
pub const EXACT_ITEMS_MAX: usize = 6;
/// Most combinations that are tried for one payment; a payment that would need more is left to a person.
pub const EXACT_TRIES_MAX: usize = 200_000;

crate::choices! {
    /// How payments are matched with debts.
    pub enum MatchingRule {
        /// The text of the payment names the debt.
        Reference = "reference",
        /// The payment is the sum of one debt, or of a combination that is the only one with that sum.
        Exact = "exact",
        /// The oldest debts are settled first, as far as the payments go.
        OldestDue = "oldest_due",
    }
}

/// An open item with the texts by which others name it, and those in which it names others.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub item: OpenItem,
    /// Its number and its reference.
    pub names: Vec<String>,
    /// Its reference and descriptions.
    pub texts: Vec<String>,
}

/// A debt, the payment that settles it, and how much; by their positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    pub debt: usize,
    pub payment: usize,
    pub amount: Amount,
    /// Whether what is left of the debt, or else of the payment, is written off.
    pub write_off_difference: bool,
}

/// Matches debts with payments of one party, account and currency. Neither need be in any order. `limit` is the largest difference
/// of an item that is written off; zero is none.
pub fn matches(
    rule: MatchingRule,
    debts: &[Candidate],
    payments: &[Candidate],
    limit: &dyn Fn(&OpenItem) -> Amount,
) -> Vec<Match> {
    let mut open = Open::new(debts, payments);
    match rule {
        MatchingRule::Reference => open.by_reference(),
        MatchingRule::Exact => {
            open.exactly();
            open.nearly(limit);
        }
        MatchingRule::OldestDue => {
            open.oldest_first();
            return open.found;
        }
    }
    open.write_off_differences(limit);
    open.found
}

struct Open<'a> {
    debts: &'a [Candidate],
    payments: &'a [Candidate],
    /// The rest of each item.
    owed: Vec<i64>,
    paid: Vec<i64>,
    found: Vec<Match>,
}

impl<'a> Open<'a> {
    fn new(debts: &'a [Candidate], payments: &'a [Candidate]) -> Self {
        let left = |all: &[Candidate]| all.iter().map(|one| one.item.open_amount.abs().scaled()).collect();
        Self { debts, payments, owed: left(debts), paid: left(payments), found: Vec::new() }
    }

    fn take(&mut self, debt: usize, payment: usize) {
        let amount = self.owed[debt].min(self.paid[payment]);
        if amount > 0 {
            self.owed[debt] -= amount;
            self.paid[payment] -= amount;
            let amount = Amount::from_scaled(amount);
            self.found.push(Match { debt, payment, amount, write_off_difference: false });
        }
    }

    /// Marks the last match of each debt and each payment of which so little is left that it is written off.
    fn write_off_differences(&mut self, limit: &dyn Fn(&OpenItem) -> Amount) {
        let small = |left: i64, of: &Candidate| left > 0 && left <= limit(&of.item).scaled();
        let (mut debts, mut payments) = (BTreeSet::new(), BTreeSet::new());
        for found in self.found.iter_mut().rev() {
            let last_of_debt = debts.insert(found.debt);
            let last_of_payment = payments.insert(found.payment);
            let of_debt = last_of_debt && small(self.owed[found.debt], &self.debts[found.debt]);
            let paid = self.owed[found.debt] == 0;
            let of_payment =
                last_of_payment && paid && small(self.paid[found.payment], &self.payments[found.payment]);
            found.write_off_difference = of_debt || of_payment;
        }
    }

    /// Payments that differ from one debt, and from no other, by no more than what is written off.
    fn nearly(&mut self, limit: &dyn Fn(&OpenItem) -> Amount) {
        for payment in self.payments_by_date() {
            let (paid, of_payment) = (self.paid[payment], limit(&self.payments[payment].item).scaled());
            let near = |debt: &usize| {
                let difference = self.owed[*debt] - paid;
                let most = if difference > 0 { limit(&self.debts[*debt].item).scaled() } else { of_payment };
                self.owed[*debt] > 0 && difference.abs() <= most
            };
            let near: Vec<usize> = (0..self.debts.len()).filter(near).collect();
            if let [only] = near[..]
                && paid > 0
            {
                self.take(only, payment);
            }
        }
    }

    /// Payments in the order of their dates.
    fn payments_by_date(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.payments.len()).collect();
        order.sort_by_key(|at| (self.payments[*at].item.posting_date, self.payments[*at].item.id));
        order
    }

    /// Debts in the order in which they fall due.
    fn debts_by_due_date(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.debts.len()).collect();
        let key = |at: &usize| {
            let item = &self.debts[*at].item;
            (item.due_date, item.posting_date, item.id)
        };
        order.sort_by_key(key);
        order
    }

    fn oldest_first(&mut self) {
        let debts = self.debts_by_due_date();
        let mut next = debts.into_iter().peekable();
        for payment in self.payments_by_date() {
            while self.paid[payment] > 0 {
                let Some(debt) = next.peek().copied() else { return };
                self.take(debt, payment);
                if self.owed[debt] == 0 {
                    next.next();
                }
            }
        }
    }

    fn by_reference(&mut self) {
        let debts = self.debts_by_due_date();
        for payment in self.payments_by_date() {
            let texts: Vec<String> =
                self.payments[payment].texts.iter().map(|text| text.to_uppercase()).collect();
            for debt in &debts {
                let named = |name: &String| texts.iter().any(|text| names(text, &name.to_uppercase()));
                if self.debts[*debt].names.iter().any(named) {
                    self.take(*debt, payment);
                }
            }
        }
    }

    fn exactly(&mut self) {
        for payment in self.payments_by_date() {
            let wanted = self.paid[payment];
            let debts: Vec<usize> =
                self.debts_by_due_date().into_iter().filter(|debt| self.owed[*debt] > 0).collect();
            let single: Vec<usize> =
                debts.iter().copied().filter(|debt| self.owed[*debt] == wanted).collect();
            let chosen = match single[..] {
                [one] => Some(vec![one]),
                [] => self.combination(wanted, &debts),
                // Several debts of that amount: a person has to say which.
                _ => None,
            };
            for debt in chosen.unwrap_or_default() {
                self.take(debt, payment);
            }
        }
    }

    /// The only combination of debts with that sum.
    fn combination(&self, wanted: i64, debts: &[usize]) -> Option<Vec<usize>> {
        let mut debts: Vec<(i64, usize)> = debts.iter().map(|debt| (self.owed[*debt], *debt)).collect();
        debts.retain(|(owed, _)| *owed < wanted);
        // Large ones first, so that sums that are too large end early.
        debts.sort_by(|a, b| b.cmp(a));
        let mut search = Search { debts: &debts, tries: 0, chosen: Vec::new(), found: Vec::new() };
        search.from(0, wanted);
        match &search.found[..] {
            [only] if search.tries <= EXACT_TRIES_MAX => Some(only.clone()),
            _ => None,
        }
    }
}

/// Looks for combinations, and ends at the second one.
struct Search<'a> {
    debts: &'a [(i64, usize)],
    tries: usize,
    chosen: Vec<usize>,
    found: Vec<Vec<usize>>,
}

impl Search<'_> {
    fn from(&mut self, start: usize, wanted: i64) {
        if wanted == 0 {
            self.found.push(self.chosen.clone());
            return;
        }
        if self.chosen.len() == EXACT_ITEMS_MAX {
            return;
        }
        for at in start..self.debts.len() {
            self.tries += 1;
            if self.found.len() > 1 || self.tries > EXACT_TRIES_MAX {
                return;
            }
            let (owed, debt) = self.debts[at];
            if owed <= wanted {
                self.chosen.push(debt);
                self.from(at + 1, wanted - owed);
                self.chosen.pop();
            }
        }
    }
}

/// Whether the text has the name as a word of its own: `INV-12` is not in `INV-123`.
fn names(text: &str, name: &str) -> bool {
    let part_of_word = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
    !name.is_empty()
        && text.match_indices(name).any(|(at, _)| {
            let (before, after) = (&text[..at], &text[at + name.len()..]);
            !part_of_word(before.chars().next_back()) && !part_of_word(after.chars().next())
        })
}

#[cfg(test)]
mod tests;
