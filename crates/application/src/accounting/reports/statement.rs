//! The lines and totals of one section of a statement.

use super::chart::{Branch, Chart};
use super::figures::Shown;
use crate::accounting::ports::reports::ChartAccount;
use crate::accounting::views::NameView;
use crate::accounting::views::reports::{StatementLine, StatementSection};
use crate::error::AppResult;
use domain::accounting::account::AccountType;

/// The parts of a section that are shown.
#[derive(Debug, Clone, Copy)]
pub struct SectionOptions {
    pub level: Option<u8>,
    pub include_zero: bool,
    pub shown: Shown,
}

/// Builds sections whose amounts come from `amounts`: one value a column, positive on the section's own side.
pub struct SectionBuilder<'a, F: Fn(&ChartAccount) -> Vec<i128>> {
    pub chart: &'a Chart,
    pub options: SectionOptions,
    pub columns: usize,
    pub amounts: F,
}

impl<F: Fn(&ChartAccount) -> Vec<i128>> SectionBuilder<'_, F> {
    /// The accounts of one type as a tree, every heading with the sum below it.
    pub fn section(
        &self,
        code: &'static str,
        captions: (&str, &str),
        account_type: AccountType,
    ) -> AppResult<(StatementSection, Vec<i128>)> {
        let mut lines = Vec::new();
        let mut total = vec![0; self.columns];
        for branch in self.chart.section(account_type) {
            add(&mut total, &self.branch(&branch, 1, &mut lines)?);
        }
        let section = StatementSection {
            code,
            caption: captions.0.to_owned(),
            lines,
            total_caption: captions.1.to_owned(),
            totals: self.options.shown.all(&total)?,
        };
        Ok((section, total))
    }

    fn branch(&self, branch: &Branch<'_>, level: u8, lines: &mut Vec<StatementLine>) -> AppResult<Vec<i128>> {
        let place = lines.len();
        let mut sum = (self.amounts)(branch.account);
        for below in &branch.below {
            add(&mut sum, &self.branch(below, level.saturating_add(1), lines)?);
        }
        let too_deep = self.options.level.is_some_and(|deepest| level > deepest);
        let empty = sum.iter().all(|value| *value == 0) && lines.len() == place;
        if !too_deep && (self.options.include_zero || !empty) {
            lines.insert(place, self.line(branch.account, level, &sum)?);
        }
        Ok(sum)
    }

    fn line(&self, account: &ChartAccount, level: u8, sum: &[i128]) -> AppResult<StatementLine> {
        let amounts = self.options.shown.all(sum)?;
        Ok(account_line(account, level, amounts))
    }
}

/// A line that stands for an account.
pub fn account_line(
    account: &ChartAccount,
    level: u8,
    amounts: Vec<crate::accounting::views::reports::Money>,
) -> StatementLine {
    StatementLine {
        kind: if account.is_posting { "account" } else { "heading" },
        code: account.code.clone(),
        account_id: Some(account.id.uuid()),
        name: Some(NameView::from(&account.name)),
        caption: None,
        level,
        amounts,
    }
}

/// A line that is computed, not an account.
pub fn computed_line(
    code: &str,
    caption: &str,
    amounts: Vec<crate::accounting::views::reports::Money>,
) -> StatementLine {
    StatementLine {
        kind: "computed",
        code: code.to_owned(),
        account_id: None,
        name: None,
        caption: Some(caption.to_owned()),
        level: 1,
        amounts,
    }
}

pub fn add(total: &mut [i128], more: &[i128]) {
    for (sum, value) in total.iter_mut().zip(more) {
        *sum += value;
    }
}
