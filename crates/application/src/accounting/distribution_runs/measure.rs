//! What a distribution distributes, and by which weights.

use std::collections::{BTreeMap, BTreeSet};

use domain::accounting::distribution::{DistributionBasis, Held};
use domain::error::Violation;
use domain::ids::{AccountId, DimensionId, DimensionSetId, DimensionValueId};
use domain::money::{Amount, Quantity};
use domain::text::Code;
use uuid::Uuid;

use super::create::{Distribution, too_large};
use super::{DISTRIBUTED_MAX, DISTRIBUTION_TOO_LARGE};
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

impl Distribution {
    /// What is held by the source accounts, as far as its dimensions are those of the key.
    pub(super) async fn sources(&mut self, uow: &mut dyn UnitOfWork) -> AppResult<Vec<Held>> {
        let codes = (&self.key.source_code_from, &self.key.source_code_to);
        let held = uow.distributions().held_in_period(self.period.id, codes).await?;
        let Some(dimension) = self.key.source_dimension_id else { return check_count(held) };
        let held = self.with_values(uow, held, dimension).await?;
        let wanted = |value: &Option<DimensionValueId>| match (self.key.source_value_id, value) {
            (Some(wanted), Some(value)) => self.tree.covers(wanted, *value),
            (None, value) => value.is_none(),
            (Some(_), None) => false,
        };
        let held = held.into_iter().filter(|(_, value)| wanted(value)).map(|(held, _)| held);
        check_count(held.collect())
    }

    /// What is held, with the value that it has of a dimension.
    async fn with_values(
        &mut self,
        uow: &mut dyn UnitOfWork,
        held: Vec<Held>,
        dimension: DimensionId,
    ) -> AppResult<Vec<(Held, Option<DimensionValueId>)>> {
        self.books.learn_sets(uow, held.iter().map(|(_, set, _)| *set).collect()).await?;
        let value = |set: &DimensionSetId| {
            let pairs = self.books.sets.get(set)?.pairs();
            pairs.iter().find(|(of, _)| *of == dimension).map(|(_, value)| *value)
        };
        let found: Vec<_> = held.into_iter().map(|held| (held, value(&held.1))).collect();
        let values: BTreeSet<_> = found.iter().filter_map(|(_, value)| *value).collect();
        if !values.is_empty() {
            uow.ledger().add_to_tree(&mut self.tree, &values, true).await?;
        }
        Ok(found)
    }

    pub(super) async fn weights(&mut self, uow: &mut dyn UnitOfWork) -> AppResult<Vec<Amount>> {
        let measured = match self.key.basis {
            DistributionBasis::Fixed => BTreeMap::new(),
            DistributionBasis::Balance => self.balances(uow).await?,
            DistributionBasis::Figures => self.figures(uow).await?,
        };
        Ok(self.key.weights(&measured).map_err(|violation| violation.at("/keyId"))?)
    }

    /// What the accounts of the basis gathered for each target.
    async fn balances(&mut self, uow: &mut dyn UnitOfWork) -> AppResult<BTreeMap<Uuid, Amount>> {
        let mut measured: BTreeMap<Uuid, Amount> = BTreeMap::new();
        let mut add = |target: Uuid, amount: Amount| -> AppResult<()> {
            let sum = measured.entry(target).or_default();
            *sum = sum.checked_add(amount).ok_or_else(too_large)?;
            Ok(())
        };
        let range = self.key.basis_code_from.clone().zip(self.key.basis_code_to.clone());
        let Some((dimension, (from, to))) = self.key.target_dimension_id.zip(range) else {
            let ids: BTreeSet<_> = self.key.targets.iter().map(|target| AccountId::new(target.id)).collect();
            self.books.learn_accounts(uow, ids.clone()).await?;
            for id in ids {
                let Some(account) = self.books.accounts.get(&id) else { continue };
                let code = Code::parse(&account.code)?;
                for (account, _, amount) in
                    uow.distributions().held_in_period(self.period.id, (&code, &code)).await?
                {
                    add(account.uuid(), amount)?;
                }
            }
            return Ok(measured);
        };
        let held = uow.distributions().held_in_period(self.period.id, (&from, &to)).await?;
        for ((_, _, amount), value) in self.with_values(uow, held, dimension).await? {
            let Some(value) = value else { continue };
            let exact = self.key.targets.iter().find(|target| target.id == value.uuid());
            let above = || self.key.targets.iter().find(|target| self.tree.covers(target.id.into(), value));
            if let Some(target) = exact.or_else(above) {
                add(target.id, amount)?;
            }
        }
        Ok(measured)
    }

    async fn figures(&mut self, uow: &mut dyn UnitOfWork) -> AppResult<BTreeMap<Uuid, Amount>> {
        let (Some(measure), Some(dimension)) = (&self.key.measure, self.key.target_dimension_id) else {
            return Ok(BTreeMap::new());
        };
        let figures = uow.distributions().figures(measure, dimension, self.period.end).await?;
        // Only their proportion counts, so the steps of one are as good as those of the other.
        let weight = |(value, quantity): (DimensionValueId, Quantity)| {
            (value.uuid(), Amount::from_scaled(quantity.scaled()))
        };
        Ok(figures.into_iter().map(weight).collect())
    }
}

fn check_count(held: Vec<Held>) -> AppResult<Vec<Held>> {
    if held.len() > DISTRIBUTED_MAX {
        return Err(Violation::new(&DISTRIBUTION_TOO_LARGE).with("max", DISTRIBUTED_MAX).into());
    }
    Ok(held)
}
