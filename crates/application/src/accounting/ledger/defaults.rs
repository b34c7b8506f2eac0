//! Dimensions that accounts add to lines which name none (R156).

use std::collections::HashMap;

use domain::accounting::dimension::DimensionCombination;
use domain::accounting::journal_entry::{EntryKind, NewLine};
use domain::error::Violations;
use domain::ids::{DimensionSetId, JournalId};

use super::Posting;
use crate::accounting::ports::books::Books;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

impl Books {
    /// Adds the defaults of the lines' accounts; lines with too many dimensions then are refused.
    pub async fn add_dimension_defaults(
        &self,
        uow: &mut dyn UnitOfWork,
        journal: JournalId,
        lines: &mut [NewLine],
        violations: &mut Violations,
    ) -> AppResult<()> {
        if self.dimension_defaults.is_empty() {
            return Ok(());
        }
        let mut sets: HashMap<DimensionCombination, DimensionSetId> = HashMap::new();
        for (index, line) in lines.iter_mut().enumerate() {
            let completed = self.dimension_defaults.complete(line.account, journal, &line.dimensions);
            let completed = violations.check(&format!("/lines/{index}/dimensions"), completed).flatten();
            let Some(completed) = completed else { continue };
            let set = match sets.get(&completed) {
                Some(set) => *set,
                None => {
                    let set = uow.ledger().dimension_set(&completed).await?;
                    sets.insert(completed.clone(), set);
                    set
                }
            };
            (line.dimensions, line.dimension_set) = (completed, set);
        }
        Ok(())
    }

    /// Adds them to entries that are about to be posted. Reversals and year-end entries keep the dimensions of what they take
    /// back.
    pub(super) async fn complete_dimensions(
        &self,
        uow: &mut dyn UnitOfWork,
        entries: Vec<Posting>,
    ) -> AppResult<Vec<Posting>> {
        if self.dimension_defaults.is_empty() {
            return Ok(entries);
        }
        let mut completed = Vec::with_capacity(entries.len());
        for mut entry in entries {
            if !entry.draft.is_reversal() && entry.draft.kind() != EntryKind::Closing {
                let mut lines = entry.draft.lines().to_vec();
                let mut violations = Violations::new();
                let journal = entry.draft.journal_id();
                self.add_dimension_defaults(uow, journal, &mut lines, &mut violations).await?;
                violations.into_result(())?;
                entry.draft = entry.draft.with_lines(lines);
            }
            completed.push(entry);
        }
        Ok(completed)
    }
}
