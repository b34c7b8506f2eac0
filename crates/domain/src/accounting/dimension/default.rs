//! The values that lines of an account have when they name none (R156).

use std::collections::HashMap;

use super::DimensionCombination;
use crate::error::Violation;
use crate::ids::{AccountId, DimensionId, DimensionValueId, Id, JournalId};

pub type DimensionDefaultId = Id<DimensionDefault>;

/// The value of one dimension for the lines of an account, in one journal or in all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DimensionDefault {
    pub id: DimensionDefaultId,
    pub account_id: AccountId,
    /// `None` is every journal that has no default of its own.
    pub journal_id: Option<JournalId>,
    pub dimension_id: DimensionId,
    pub value_id: DimensionValueId,
    pub active: bool,
    pub version: i64,
}

/// The defaults in force, by account.
#[derive(Debug, Clone, Default)]
pub struct DimensionDefaults(HashMap<AccountId, Vec<DimensionDefault>>);

impl DimensionDefaults {
    pub fn new(defaults: impl IntoIterator<Item = DimensionDefault>) -> Self {
        let mut by_account: HashMap<_, Vec<_>> = HashMap::new();
        for default in defaults {
            by_account.entry(default.account_id).or_default().push(default);
        }
        Self(by_account)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The dimensions of a line with what its account adds; `None` where nothing is added. A default of the journal goes before
    /// one of all journals.
    pub fn complete(
        &self,
        account: AccountId,
        journal: JournalId,
        given: &DimensionCombination,
    ) -> Result<Option<DimensionCombination>, Violation> {
        let Some(defaults) = self.0.get(&account) else { return Ok(None) };
        let mut pairs = given.pairs().to_vec();
        for wanted in [Some(journal), None] {
            for default in defaults.iter().filter(|default| default.journal_id == wanted) {
                if pairs.iter().all(|(dimension, _)| *dimension != default.dimension_id) {
                    pairs.push((default.dimension_id, default.value_id));
                }
            }
        }
        if pairs.len() == given.pairs().len() {
            return Ok(None);
        }
        DimensionCombination::new(pairs).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn default(journal: Option<u128>, dimension: u128, value: u128) -> DimensionDefault {
        DimensionDefault {
            id: DimensionDefaultId::new(Uuid::from_u128(value)),
            account_id: AccountId::new(Uuid::from_u128(1)),
            journal_id: journal.map(|id| JournalId::new(Uuid::from_u128(id))),
            dimension_id: DimensionId::new(Uuid::from_u128(dimension)),
            value_id: DimensionValueId::new(Uuid::from_u128(value)),
            active: true,
            version: 1,
        }
    }

    fn combination(pairs: &[(u128, u128)]) -> DimensionCombination {
        let pair = |(dimension, value): &(u128, u128)| {
            (DimensionId::new(Uuid::from_u128(*dimension)), DimensionValueId::new(Uuid::from_u128(*value)))
        };
        DimensionCombination::new(pairs.iter().map(pair).collect()).unwrap()
    }

    #[test]
    fn a_line_keeps_what_it_names_and_a_journal_goes_before_all_journals() {
        let all = [default(None, 10, 100), default(Some(7), 10, 101), default(None, 20, 200)];
        let defaults = DimensionDefaults::new(all);
        let of = |account: u128, journal: u128, given: &[(u128, u128)]| {
            let (account, journal) =
                (AccountId::new(Uuid::from_u128(account)), JournalId::new(Uuid::from_u128(journal)));
            defaults.complete(account, journal, &combination(given)).unwrap()
        };
        assert_eq!(of(1, 8, &[]), Some(combination(&[(10, 100), (20, 200)])));
        assert_eq!(of(1, 7, &[]), Some(combination(&[(10, 101), (20, 200)])));
        assert_eq!(of(1, 7, &[(10, 199)]), Some(combination(&[(10, 199), (20, 200)])));
        assert_eq!(of(1, 7, &[(10, 199), (20, 299)]), None);
        assert_eq!(of(2, 7, &[]), None);
    }
}
