//! What must hold within a layout, whatever the chart of accounts is.

use std::collections::BTreeMap;

use super::{
    CodeRange, LAYOUT_FORMULA_CIRCULAR, LAYOUT_FORMULA_WEIGHT, LAYOUT_MEASURE_OF_EQUITY, LAYOUT_RANGE_ORDER,
    LAYOUT_RANGES_OVERLAP, LAYOUT_ROW_NO_FIGURE, LAYOUT_ROW_TWICE, LAYOUT_ROW_UNKNOWN,
    LAYOUT_ROW_WITHOUT_ACCOUNTS, LayoutKind, LayoutRow, ROW_WEIGHT_MAX, ReportLayout, RowAccounts,
    RowContent,
};
use crate::error::{Violation, Violations};

/// How often a row counts each row of accounts, by the index of that row.
pub type Weights = BTreeMap<usize, i64>;

impl ReportLayout {
    /// Everything that is wrong with the rows among themselves, with pointers from `/rows`.
    pub fn check(&self, violations: &mut Violations) {
        for (index, row) in self.rows.iter().enumerate() {
            if self.row(row.code.as_str()).is_some_and(|first| first < index) {
                let twice = Violation::new(&LAYOUT_ROW_TWICE).with("code", &row.code);
                violations.push(twice.at(format!("/rows/{index}/code")));
            }
            if let Some(accounts) = row.accounts() {
                self.check_accounts(index, accounts, violations);
            }
        }
        self.weights(violations);
    }

    fn check_accounts(&self, index: usize, accounts: &RowAccounts, violations: &mut Violations) {
        let RowAccounts { ranges, headings, types, activities, measure, .. } = accounts;
        if ranges.is_empty() && headings.is_empty() && types.is_empty() && activities.is_empty() {
            violations
                .push(Violation::new(&LAYOUT_ROW_WITHOUT_ACCOUNTS).at(format!("/rows/{index}/accounts")));
        }
        if measure.is_some() && self.kind == LayoutKind::EquityChanges {
            violations.push(Violation::new(&LAYOUT_MEASURE_OF_EQUITY).at(format!("/rows/{index}/measure")));
        }
        for (number, range) in ranges.iter().enumerate() {
            let at = format!("/rows/{index}/accounts/{number}");
            if range.from.as_str() > range.to.as_str() {
                let order = Violation::new(&LAYOUT_RANGE_ORDER).with("from", &range.from);
                violations.push(order.with("to", &range.to).at(at));
            } else if let Some((row, other)) = self.overlapped(index, accounts, number, range) {
                let overlap = Violation::new(&LAYOUT_RANGES_OVERLAP).with("range", range);
                violations.push(overlap.with("other", other).with("row", &row.code).at(at));
            }
        }
    }

    /// An earlier range whose accounts the range would count again.
    fn overlapped<'a>(
        &'a self,
        index: usize,
        accounts: &'a RowAccounts,
        number: usize,
        range: &CodeRange,
    ) -> Option<(&'a LayoutRow, &'a CodeRange)> {
        // Within a row nothing is counted twice, but one of the two ranges is a slip.
        if let Some(other) = accounts.ranges[..number].iter().find(|other| other.overlaps(range)) {
            return Some((&self.rows[index], other));
        }
        let earlier = self.rows[..index].iter().filter_map(|row| Some((row, row.accounts()?)));
        let mut counting = earlier.filter(|(_, other)| self.counts_again(accounts, other));
        counting
            .find_map(|(row, other)| Some((row, other.ranges.iter().find(|other| other.overlaps(range))?)))
    }

    /// Whether an account that is in the ranges of both rows would be counted twice.
    fn counts_again(&self, row: &RowAccounts, other: &RowAccounts) -> bool {
        let apart = !row.types.is_empty()
            && !other.types.is_empty()
            && !row.types.iter().any(|kind| other.types.contains(kind))
            || !row.activities.is_empty()
                && !other.activities.is_empty()
                && !row.activities.iter().any(|activity| other.activities.contains(activity));
        !row.memo && !other.memo && !apart && self.parts_of(row).and(self.parts_of(other)).any()
    }

    /// How often each row counts the rows of accounts. Unknown rows and circles are violations, and count nothing.
    pub fn weights(&self, violations: &mut Violations) -> Vec<Weights> {
        let mut expansion =
            Expansion { layout: self, done: vec![None; self.rows.len()], path: Vec::new(), violations };
        (0..self.rows.len()).map(|index| expansion.of(index)).collect()
    }
}

struct Expansion<'a> {
    layout: &'a ReportLayout,
    done: Vec<Option<Weights>>,
    /// The rows whose formulas are being followed.
    path: Vec<usize>,
    violations: &'a mut Violations,
}

impl Expansion<'_> {
    fn of(&mut self, index: usize) -> Weights {
        if let Some(done) = &self.done[index] {
            return done.clone();
        }
        let row = &self.layout.rows[index];
        let weights = match &row.content {
            RowContent::Heading => Weights::new(),
            RowContent::Accounts(_) => Weights::from([(index, 1)]),
            RowContent::Formula(formula) | RowContent::Total(formula) => {
                self.path.push(index);
                let mut weights = Weights::new();
                for term in formula.terms() {
                    let sign = if term.negative { -1 } else { 1 };
                    for (counted, weight) in self.term(index, term.row.as_str()) {
                        *weights.entry(counted).or_default() += sign * weight;
                    }
                }
                self.path.pop();
                self.limited(index, weights)
            }
        };
        self.done[index] = Some(weights.clone());
        weights
    }

    fn term(&mut self, index: usize, code: &str) -> Weights {
        let at = format!("/rows/{index}/formula");
        let Some(counted) = self.layout.row(code) else {
            self.violations.push(Violation::new(&LAYOUT_ROW_UNKNOWN).with("code", code).at(at));
            return Weights::new();
        };
        if let Some(begin) = self.path.iter().position(|row| *row == counted) {
            let code = |row: &usize| self.layout.rows[*row].code.to_string();
            let mut path: Vec<String> = self.path[begin..].iter().map(code).collect();
            path.push(code(&counted));
            let circular = Violation::new(&LAYOUT_FORMULA_CIRCULAR).with("path", path.join(" = "));
            self.violations.push(circular.at(at));
            return Weights::new();
        }
        if self.layout.rows[counted].content == RowContent::Heading {
            self.violations.push(Violation::new(&LAYOUT_ROW_NO_FIGURE).with("code", code).at(at));
        }
        self.of(counted)
    }

    /// Formulas of formulas double each other: what counts a row very often counts it no more.
    fn limited(&mut self, index: usize, mut weights: Weights) -> Weights {
        weights.retain(|counted, weight| {
            let fits = weight.abs() <= ROW_WEIGHT_MAX;
            if !fits {
                let code = &self.layout.rows[*counted].code;
                let weight = Violation::new(&LAYOUT_FORMULA_WEIGHT).with("code", code);
                self.violations.push(weight.with("max", ROW_WEIGHT_MAX).at(format!("/rows/{index}/formula")));
            }
            fits && *weight != 0
        });
        weights
    }
}
