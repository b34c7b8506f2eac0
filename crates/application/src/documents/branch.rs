//! The branch of a document, of whatever type it is (R35, R37, R39).

use std::collections::{BTreeMap, BTreeSet};

use domain::accounting::dimension::DimensionCombination;
use domain::accounting::journal_entry::NewLine;
use domain::company::branch::{
    BRANCH_ARCHIVED, BRANCH_DIMENSION, Branch, BranchFacts, BranchId, default_branch,
};
use domain::error::{Violation, Violations};
use domain::ids::DimensionSetId;

pub use super::ports::DocumentBranch;
use crate::accounting::ports::ledger::DimensionPair;
use crate::error::AppResult;
use crate::master_data::nothing_named;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;
use crate::warnings::BRANCH_WITHOUT_VALUE;

impl DocumentBranch {
    /// The branch of a document: the one that it names, else that of the documents it belongs to, else the default one. A document
    /// that belongs to others without a branch has none; their branch may be archived by now.
    pub(in crate::documents) async fn of(
        uow: &mut dyn UnitOfWork,
        named: Option<&Reference<BranchId>>,
        inherited: Option<Option<Self>>,
        violations: &mut Violations,
    ) -> AppResult<Option<Self>> {
        if let (None, Some(inherited)) = (named, &inherited) {
            return Ok(inherited.clone());
        }
        let all = uow.company().branches().await?;
        let (found, at) = match named {
            Some(Reference::Id(id)) => (all.iter().find(|branch| branch.id == *id), "/branchId"),
            Some(Reference::Code(code)) => (all.iter().find(|branch| branch.code == *code), "/branchCode"),
            None if all.is_empty() => return Ok(None),
            None => (default_branch(&all, uow.company().profile().await?.default_branch), "/branchId"),
        };
        let Some(branch) = found else {
            violations.extend(named.map(|named| nothing_named::<Branch>(at, named)));
            return Ok(None);
        };
        let branch_of = Self::from(branch);
        if !branch.active && inherited != Some(Some(branch_of.clone())) {
            violations.push(Violation::new(&BRANCH_ARCHIVED).at(at).with("branch", &branch.code));
        }
        Ok(Some(branch_of))
    }

    /// The value of the dimension `branch` that stands for it on lines of the ledger.
    async fn value(&self, uow: &mut dyn UnitOfWork) -> AppResult<Option<DimensionPair>> {
        let key = (BRANCH_DIMENSION.to_owned(), self.code.clone());
        Ok(uow.ledger().dimension_values(&BTreeSet::from([key.clone()])).await?.remove(&key))
    }

    /// A warning where lines of the ledger cannot name the branch.
    pub(in crate::documents) async fn warning(
        &self,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Option<Violation>> {
        let missing = self.value(uow).await?.is_none();
        let warning = || Violation::new(&BRANCH_WITHOUT_VALUE).with("branch", &self.code);
        Ok(missing.then(warning))
    }

    /// The lines of the document's entry, each with the branch unless it names another.
    pub(in crate::documents) async fn on_lines(
        &self,
        uow: &mut dyn UnitOfWork,
        lines: Vec<NewLine>,
    ) -> AppResult<Vec<NewLine>> {
        let Some(value) = self.value(uow).await? else { return Ok(lines) };
        let mut sets: BTreeMap<DimensionCombination, DimensionSetId> = BTreeMap::new();
        let mut named = Vec::with_capacity(lines.len());
        for line in lines {
            if line.dimensions.value(value.0).is_some() {
                named.push(line);
                continue;
            }
            let mut pairs = line.dimensions.pairs().to_vec();
            pairs.push(value);
            let dimensions = DimensionCombination::new(pairs)?;
            let dimension_set = match sets.get(&dimensions) {
                Some(set) => *set,
                None => uow.ledger().dimension_set(&dimensions).await?,
            };
            sets.insert(dimensions.clone(), dimension_set);
            named.push(NewLine { dimensions, dimension_set, ..line });
        }
        Ok(named)
    }
}

impl From<&BranchFacts> for DocumentBranch {
    fn from(branch: &BranchFacts) -> Self {
        Self { id: branch.id, code: branch.code.clone() }
    }
}
