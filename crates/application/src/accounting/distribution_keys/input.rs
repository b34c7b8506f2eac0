//! A key as a caller writes it, turned into one that runs understand.

use std::collections::BTreeSet;

use domain::accounting::distribution::{
    DISTRIBUTION_TARGET_KIND, DistributionBasis, DistributionKey, DistributionKeyId, DistributionTarget,
};
use domain::accounting::journal_entry::ACCOUNT_UNKNOWN;
use domain::error::Violation;
use domain::ids::{AccountId, DimensionId, DimensionValueId, JournalId};
use domain::money::Amount;
use domain::text::{Code, LocalizedName};
use uuid::Uuid;

use super::{DistributionKeyChange, DistributionTargetBody, NewDistributionKey, Targets};
use crate::accounting::dimension_rules::input::resolve_dimension;
use crate::accounting::dimensions::resolve_value;
use crate::accounting::error::ACCOUNT_CODE_UNKNOWN;
use crate::accounting::journals::journal_named;
use crate::accounting::ports::ledger::AccountKeys;
use crate::error::AppResult;
use crate::master_data::Check;
use crate::reference::{Reference, by_id_or_code, patched};

/// A target by id or by code.
struct TargetInput {
    value: Option<Reference<DimensionValueId>>,
    account: Option<Reference<AccountId>>,
    share: Amount,
}

/// All members of a key.
pub(super) struct KeyInput {
    code: Code,
    name: LocalizedName,
    basis: DistributionBasis,
    source_code_from: Code,
    source_code_to: Code,
    source_dimension: Option<Reference<DimensionId>>,
    source_value: Option<Reference<DimensionValueId>>,
    target_dimension: Option<Reference<DimensionId>>,
    targets: Vec<TargetInput>,
    basis_code_from: Option<Code>,
    basis_code_to: Option<Code>,
    measure: Option<Code>,
    journal: Option<Reference<JournalId>>,
    monthly: bool,
    active: bool,
}

impl KeyInput {
    pub fn new(new: &NewDistributionKey) -> Self {
        Self {
            code: new.code.clone(),
            name: new.name.clone(),
            basis: new.basis,
            source_code_from: new.source_code_from.clone(),
            source_code_to: new.source_code_to.clone().unwrap_or_else(|| new.source_code_from.clone()),
            source_dimension: by_id_or_code(new.source_dimension_id, new.source_dimension_code.clone()),
            source_value: by_id_or_code(new.source_value_id, new.source_value_code.clone()),
            target_dimension: by_id_or_code(new.target_dimension_id, new.target_dimension_code.clone()),
            targets: targets(&new.targets),
            basis_code_from: new.basis_code_from.clone(),
            basis_code_to: new.basis_code_to.clone().or_else(|| new.basis_code_from.clone()),
            measure: new.measure.clone(),
            journal: by_id_or_code(new.journal_id, new.journal_code.clone()),
            monthly: new.monthly,
            active: new.active,
        }
    }

    /// The key with what the change names.
    pub fn changed(old: &DistributionKey, change: &DistributionKeyChange) -> Self {
        let source = patched(change.source_dimension_id.clone(), change.source_dimension_code.clone());
        let value = patched(change.source_value_id.clone(), change.source_value_code.clone());
        let target = patched(change.target_dimension_id.clone(), change.target_dimension_code.clone());
        let journal = patched(change.journal_id.clone(), change.journal_code.clone());
        let values = old.target_dimension_id.is_some();
        let kept = |target: &DistributionTarget| TargetInput {
            value: values.then(|| Reference::Id(target.id.into())),
            account: (!values).then(|| Reference::Id(target.id.into())),
            share: target.share,
        };
        Self {
            code: change.code.or(&old.code),
            name: change.name.or(&old.name),
            basis: change.basis.or(&old.basis),
            source_code_from: change.source_code_from.or(&old.source_code_from),
            source_code_to: change.source_code_to.or(&old.source_code_to),
            source_dimension: source.unwrap_or_else(|| old.source_dimension_id.map(Reference::Id)),
            source_value: value.unwrap_or_else(|| old.source_value_id.map(Reference::Id)),
            target_dimension: target.unwrap_or_else(|| old.target_dimension_id.map(Reference::Id)),
            targets: match &change.targets.0 {
                Some(given) => targets(given),
                None => old.targets.iter().map(kept).collect(),
            },
            basis_code_from: change.basis_code_from.or(&old.basis_code_from),
            basis_code_to: change.basis_code_to.or(&old.basis_code_to),
            measure: change.measure.or(&old.measure),
            journal: journal.unwrap_or_else(|| old.journal_id.map(Reference::Id)),
            monthly: change.monthly.or(&old.monthly),
            active: change.active.or(&old.active),
        }
    }

    /// Looks up what the key names and reports everything that does not fit together.
    pub async fn resolve(
        self,
        id: DistributionKeyId,
        version: i64,
        check: &mut Check<'_>,
    ) -> AppResult<Option<DistributionKey>> {
        let source_dimension = dimension(check, &self.source_dimension, "/sourceDimension").await?;
        let target_dimension = dimension(check, &self.target_dimension, "/targetDimension").await?;
        let source_value = match (&self.source_value, source_dimension) {
            (Some(value), Some(dimension)) => {
                resolve_value(check.uow, dimension, value, "/sourceValue", &mut check.violations).await?
            }
            _ => None,
        };
        let targets = self.targets(check, target_dimension).await?;
        let journal_id = journal_named(self.journal.as_ref(), check).await?;
        let key = DistributionKey {
            id,
            code: self.code,
            name: self.name,
            basis: self.basis,
            source_code_from: self.source_code_from,
            source_code_to: self.source_code_to,
            source_dimension_id: source_dimension,
            source_value_id: source_value,
            target_dimension_id: target_dimension,
            targets,
            basis_code_from: self.basis_code_from,
            basis_code_to: self.basis_code_to,
            measure: self.measure,
            journal_id,
            monthly: self.monthly,
            active: self.active,
            version,
        };
        if check.violations.is_empty() || key.targets.len() == self.targets.len() {
            check.violations.extend(key.check().into_vec());
        }
        Ok(Some(key))
    }

    async fn targets(
        &self,
        check: &mut Check<'_>,
        dimension: Option<DimensionId>,
    ) -> AppResult<Vec<DistributionTarget>> {
        let mut targets = Vec::with_capacity(self.targets.len());
        for (index, target) in self.targets.iter().enumerate() {
            let at = format!("/targets/{index}");
            let id = match (&target.value, &target.account, dimension) {
                (Some(value), None, Some(dimension)) => {
                    let at = format!("{at}/value");
                    let found =
                        resolve_value(check.uow, dimension, value, &at, &mut check.violations).await?;
                    found.map(|id| id.uuid())
                }
                (None, Some(account), None) if self.target_dimension.is_none() => {
                    self.account(check, account, &at).await?
                }
                // The dimension itself is unknown, which is said already.
                (Some(_), None, None) if self.target_dimension.is_some() => None,
                _ => {
                    check.refuse(Violation::new(&DISTRIBUTION_TARGET_KIND).at(at));
                    None
                }
            };
            targets.extend(id.map(|id| DistributionTarget { id, share: target.share }));
        }
        Ok(targets)
    }

    async fn account(
        &self,
        check: &mut Check<'_>,
        account: &Reference<AccountId>,
        at: &str,
    ) -> AppResult<Option<Uuid>> {
        let (found, unknown) = match account {
            Reference::Id(id) => {
                let ids = BTreeSet::from([*id]);
                let unknown = Violation::new(&ACCOUNT_UNKNOWN).at(format!("{at}/accountId"));
                (check.uow.ledger().accounts(AccountKeys::Ids(&ids)).await?, unknown)
            }
            Reference::Code(code) => {
                let codes = BTreeSet::from([code.clone()]);
                let unknown = Violation::new(&ACCOUNT_CODE_UNKNOWN).at(format!("{at}/accountCode"));
                (check.uow.ledger().accounts(AccountKeys::Codes(&codes)).await?, unknown.with("code", code))
            }
        };
        let found = found.first().map(|(facts, _)| facts.id.uuid());
        if found.is_none() {
            check.refuse(unknown);
        }
        Ok(found)
    }
}

async fn dimension(
    check: &mut Check<'_>,
    reference: &Option<Reference<DimensionId>>,
    at: &str,
) -> AppResult<Option<DimensionId>> {
    match reference {
        Some(reference) => resolve_dimension(check.uow, reference, at, &mut check.violations).await,
        None => Ok(None),
    }
}

fn targets(targets: &Targets) -> Vec<TargetInput> {
    let target = |target: &DistributionTargetBody| TargetInput {
        value: by_id_or_code(target.value_id, target.value_code.clone()),
        account: by_id_or_code(target.account_id, target.account_code.clone()),
        share: target.share.unwrap_or_default(),
    };
    targets.0.iter().map(target).collect()
}
