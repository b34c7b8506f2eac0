//! Entries balance for each value of the balancing dimension (R157).

use std::collections::{BTreeSet, HashMap};

use domain::accounting::dimension::DimensionCombination;
use domain::accounting::journal_entry::{Balancing, DraftEntry, EntryKind, NewEntry, ValidatedEntry};
use domain::accounting::ledger_settings::LedgerAccountRole;
use domain::error::Violation;
use domain::ids::{DimensionSetId, DimensionValueId};

use crate::accounting::ports::books::Books;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// The branch of each dimension set on the lines of an entry.
pub(super) type Branches = HashMap<DimensionSetId, DimensionValueId>;

impl Books {
    /// The dimension sets that balancing lines for the entries may have.
    pub(super) async fn learn_branches(
        &mut self,
        uow: &mut dyn UnitOfWork,
        entries: &[&NewEntry],
    ) -> AppResult<()> {
        let Some(dimension) = self.settings.balancing_dimension else { return Ok(()) };
        let lines = entries.iter().flat_map(|entry| &entry.lines);
        let values = lines.filter_map(|line| line.dimensions.value(dimension));
        let values: BTreeSet<_> = values.filter(|value| !self.branch_sets.contains_key(value)).collect();
        for value in values {
            let combination = DimensionCombination::new(vec![(dimension, value)])?;
            let set = uow.ledger().dimension_set(&combination).await?;
            self.branch_sets.insert(value, set);
        }
        Ok(())
    }

    /// `None` where the entry is taken as it is. Reversals and year-end entries take back what was balanced, line by line.
    pub(super) fn branches_of(&self, draft: &DraftEntry) -> Option<Branches> {
        let dimension = self.settings.balancing_dimension?;
        if draft.is_reversal() || draft.kind() == EntryKind::Closing {
            return None;
        }
        let branch = |line: &domain::accounting::journal_entry::NewLine| {
            Some((line.dimension_set, line.dimensions.value(dimension)?))
        };
        Some(draft.lines().iter().filter_map(branch).collect())
    }

    pub(super) fn balance_branches(
        &self,
        entry: ValidatedEntry,
        branches: Option<&Branches>,
    ) -> Result<ValidatedEntry, Violation> {
        let account = self.settings.account(LedgerAccountRole::InterBranch);
        let Some((values, account)) = branches.zip(account) else { return Ok(entry) };
        let company = self.company.code;
        entry.balanced_by(&Balancing { account, company, values, sets: &self.branch_sets })
    }
}
