//! Proposals for matches: which open lines of an account belong together.

use std::collections::{BTreeMap, HashMap};

use super::{MATCHED_LINES_MAX, MATCHED_LINES_MIN, OpenLine};
use crate::money::{Amount, CurrencyCode};

crate::choices! {
    /// How open lines are matched with one another.
    pub enum LineMatchRule {
        /// Lines with the same reference that come to nothing together.
        Reference = "reference",
        /// As many debits as credits of one amount.
        Amount = "amount",
    }
}

/// An open line with the text by which others belong to it.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    pub line: &'a OpenLine,
    /// The reference of the line, or else that of its entry.
    pub reference: Option<&'a str>,
}

/// Sets of lines that belong together, by their positions. The lines are of one account, those with the earliest dates first.
/// `limit` is the largest difference of a set, by its currency and by what its larger side comes to; zero is none.
pub fn proposals(
    rule: LineMatchRule,
    lines: &[Candidate<'_>],
    limit: &dyn Fn(CurrencyCode, Amount) -> Amount,
) -> Vec<Vec<usize>> {
    let mut sets = match rule {
        LineMatchRule::Reference => by_reference(lines, limit),
        LineMatchRule::Amount => by_amount(lines),
    };
    // In the order of their first lines, whatever grouped them.
    sets.sort();
    sets
}

fn by_reference(lines: &[Candidate<'_>], limit: &dyn Fn(CurrencyCode, Amount) -> Amount) -> Vec<Vec<usize>> {
    let mut groups: HashMap<(CurrencyCode, String), Vec<usize>> = HashMap::new();
    for (at, Candidate { line, reference }) in lines.iter().enumerate() {
        let text = reference.map(|text| text.trim().to_uppercase()).filter(|text| !text.is_empty());
        if let Some(text) = text {
            groups.entry((line.currency, text)).or_default().push(at);
        }
    }
    let fits = |set: &Vec<usize>| {
        let amounts = || set.iter().map(|at| i128::from(lines[*at].line.open_amount.scaled()));
        let debits: i128 = amounts().filter(|amount| *amount > 0).sum();
        let credits: i128 = -amounts().filter(|amount| *amount < 0).sum::<i128>();
        let larger = i64::try_from(debits.max(credits)).map(Amount::from_scaled);
        let most = larger.map_or(Amount::ZERO, |larger| limit(lines[set[0]].line.currency, larger));
        let both_sides = debits > 0 && credits > 0;
        let few = (MATCHED_LINES_MIN..=MATCHED_LINES_MAX).contains(&set.len());
        both_sides && few && (debits - credits).abs() <= i128::from(most.scaled())
    };
    groups.into_values().filter(fits).collect()
}

/// Where one amount stands as often on one side as on the other, the order of dates says which belong together. Otherwise a person
/// has to.
fn by_amount(lines: &[Candidate<'_>]) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<(CurrencyCode, Amount), [Vec<usize>; 2]> = BTreeMap::new();
    for (at, Candidate { line, .. }) in lines.iter().enumerate() {
        let sides = groups.entry((line.currency, line.open_amount.abs())).or_default();
        sides[usize::from(line.open_amount.is_negative())].push(at);
    }
    let pair = |(debit, credit): (usize, usize)| vec![debit.min(credit), debit.max(credit)];
    let equal = groups.into_values().filter(|[debits, credits]| debits.len() == credits.len());
    equal.flat_map(|[debits, credits]| debits.into_iter().zip(credits)).map(pair).collect()
}
