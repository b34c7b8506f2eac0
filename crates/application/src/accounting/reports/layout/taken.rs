//! Which rows of a layout take which accounts of the chart.

use std::collections::HashMap;

use domain::accounting::report_layout::{
    AccountFacts, LAYOUT_ACCOUNT_TWICE, LayoutRow, Parts, ReportLayout, RowAccounts,
};
use domain::error::Violation;
use domain::ids::AccountId;

use crate::accounting::error::ACCOUNT_CODE_UNKNOWN;
use crate::accounting::ports::reports::ChartAccount;
use crate::accounting::reports::cash_flow::activity;
use crate::accounting::reports::chart::Chart;

/// The accounts of every row, in order of their codes.
pub struct Taken<'a> {
    layout: &'a ReportLayout,
    rows: Vec<Vec<AccountId>>,
}

impl<'a> Taken<'a> {
    pub fn of(layout: &'a ReportLayout, chart: &Chart) -> Self {
        let mut rows = vec![Vec::new(); layout.rows.len()];
        for account in chart.iter() {
            let path = chart.path(account);
            let above: Vec<&str> = path[1..].iter().map(|heading| heading.code.as_str()).collect();
            let facts = AccountFacts {
                code: &account.code,
                account_type: account.account_type,
                activity: activity(account),
                above: &above,
            };
            for (taken, row) in rows.iter_mut().zip(&layout.rows) {
                if row.accounts().is_some_and(|accounts| accounts.takes(&facts)) {
                    taken.push(account.id);
                }
            }
        }
        Self { layout, rows }
    }

    /// The accounts of a row; none unless it is a row of accounts.
    pub fn accounts(&self, row: usize) -> &[AccountId] {
        self.rows.get(row).map(Vec::as_slice).unwrap_or_default()
    }

    /// Headings that the chart does not have, at `/rows/…`.
    pub fn unknown_headings(&self, chart: &Chart) -> Vec<Violation> {
        let mut unknown = Vec::new();
        for (index, row) in self.layout.rows.iter().enumerate() {
            let headings = row.accounts().map(|accounts| accounts.headings.as_slice()).unwrap_or_default();
            for (number, code) in headings.iter().enumerate() {
                if !chart.iter().any(|account| account.code == code.as_str()) {
                    let violation = Violation::new(&ACCOUNT_CODE_UNKNOWN).with("code", code);
                    unknown.push(violation.at(format!("/rows/{index}/headings/{number}")));
                }
            }
        }
        unknown
    }

    /// Accounts of which two rows count the same, at the second row.
    pub fn counted_twice(&self, chart: &Chart) -> Vec<Violation> {
        let mut twice = Vec::new();
        let mut counted: HashMap<AccountId, Vec<(usize, Parts)>> = HashMap::new();
        for (index, row) in self.counting() {
            let parts = self.layout.parts_of(row);
            for account in self.accounts(index) {
                let rows = counted.entry(*account).or_default();
                if let Some((first, _)) = rows.iter().find(|(_, other)| other.and(parts).any())
                    && let Some(account) = chart.get(*account)
                {
                    let code = |row: usize| &self.layout.rows[row].code;
                    let violation = Violation::new(&LAYOUT_ACCOUNT_TWICE)
                        .with("account", &account.code)
                        .with("first", code(*first));
                    twice.push(violation.with("second", code(index)).at(format!("/rows/{index}/accounts")));
                }
                rows.push((index, parts));
            }
        }
        twice
    }

    /// The rows that count their accounts.
    pub fn counting(&self) -> impl Iterator<Item = (usize, &'a RowAccounts)> + use<'a> {
        let rows = self.layout.rows.iter().map(LayoutRow::accounts).enumerate();
        rows.filter_map(|(index, row)| Some((index, row?))).filter(|(_, row)| !row.memo)
    }

    /// What rows count of each account.
    pub fn covered(&self) -> HashMap<AccountId, Parts> {
        let mut covered: HashMap<AccountId, Parts> = HashMap::new();
        for (index, row) in self.counting() {
            let parts = self.layout.parts_of(row);
            for account in self.accounts(index) {
                let all = covered.entry(*account).or_default();
                *all = all.or(parts);
            }
        }
        covered
    }

    /// What should stand in some row of the layout and stands in none.
    pub fn uncovered(&self, account: &ChartAccount, covered: &HashMap<AccountId, Parts>) -> Parts {
        let wanted = self.layout.covers(account.account_type, activity(account));
        wanted.without(covered.get(&account.id).copied().unwrap_or_default())
    }

    /// What should stand in some row of the layout.
    pub fn wanted(&self, account: &ChartAccount) -> Parts {
        self.layout.covers(account.account_type, activity(account))
    }
}
