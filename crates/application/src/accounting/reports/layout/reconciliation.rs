//! How a statement ties to the trial balance: accounts that no row takes, and the sums of both.

use domain::accounting::report_layout::Parts;

use super::columns::{Column, Source};
use super::figures::Pieces;
use super::statement::Statement;
use crate::accounting::ports::reports::ChartAccount;
use crate::accounting::views::NameView;
use crate::accounting::views::layout_statement::{StatementReconciliationView, UnassignedAccountView};
use crate::error::AppResult;

impl Statement<'_> {
    /// Accounts that no row takes, and their sums in every slot.
    pub fn unassigned(&self) -> AppResult<(Vec<UnassignedAccountView>, Vec<Pieces>)> {
        let covered = self.taken.covered();
        let mut total = vec![Pieces::default(); self.slots.len()];
        let mut accounts = Vec::new();
        for account in self.chart.iter() {
            let parts = self.taken.uncovered(account, &covered);
            let figures: Vec<Pieces> =
                (0..self.slots.len()).map(|slot| self.sums.pieces(account, parts, slot)).collect();
            if figures.iter().all(|pieces| *pieces == Pieces::default()) {
                continue;
            }
            total.iter_mut().zip(&figures).for_each(|(total, pieces)| total.add(*pieces, 1));
            accounts.push(UnassignedAccountView {
                account: account.code.clone(),
                account_id: account.id.uuid(),
                name: NameView::from(&account.name),
                cells: self.cells(&figures, ("account", &account.code))?,
            });
        }
        Ok((accounts, total))
    }

    pub fn reconciliation(&self, unassigned: &[Pieces]) -> AppResult<StatementReconciliationView> {
        let mut rows = vec![Pieces::default(); self.slots.len()];
        let shown_parts = self.kind_parts();
        for (index, row) in self.taken.counting() {
            // A row of opening balances has no part in a statement of movements.
            let parts = self.layout.parts_of(row).and(shown_parts);
            for account in self.taken.accounts(index).iter().filter_map(|id| self.chart.get(*id)) {
                self.add(&mut rows, account, parts);
            }
        }
        let mut ledger = vec![Pieces::default(); self.slots.len()];
        for account in self.chart.iter() {
            self.add(&mut ledger, account, self.taken.wanted(account));
        }
        let shown = |figures: &[Pieces]| {
            let of = |column: &Column| match column.source {
                Source::Ledger { slot, measure } => self.shown.money(figures[slot].of(measure)).map(Some),
                Source::Variance { .. } | Source::VariancePercent { .. } => Ok(None),
            };
            self.columns.iter().map(of).collect::<AppResult<Vec<_>>>()
        };
        let ties = (0..self.slots.len()).all(|slot| {
            let mut both = rows[slot];
            both.add(unassigned[slot], 1);
            both == ledger[slot]
        });
        Ok(StatementReconciliationView {
            rows: shown(&rows)?,
            unassigned: shown(unassigned)?,
            ledger: shown(&ledger)?,
            balanced: ties,
        })
    }

    /// The parts of balances that a statement of this kind is about.
    fn kind_parts(&self) -> Parts {
        let wanted = self.chart.iter().map(|account| self.taken.wanted(account));
        wanted.fold(Parts::default(), |all, parts| all.or(parts))
    }

    fn add(&self, total: &mut [Pieces], account: &ChartAccount, parts: Parts) {
        for (slot, total) in total.iter_mut().enumerate() {
            total.add(self.sums.pieces(account, parts, slot), 1);
        }
    }
}
