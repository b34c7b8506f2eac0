//! A rule as a caller writes it, turned into one that posting understands.

use domain::accounting::dimension::{
    AccountSelector, COMBINATION_VALUES_MIN, Dimension, DimensionCombination, DimensionRuleKind,
    DimensionRuleRecord,
};
use domain::error::{ErrorDef, Violation, Violations};
use domain::ids::{AccountId, DimensionId, DimensionValueId};
use domain::text::Code;

use super::{Combination, DimensionRuleChange, NewDimensionRule};
use crate::accounting::dimensions::{DIMENSION, resolve_value};
use crate::accounting::error::{
    COMBINATION_TOO_SMALL, DIMENSION_RULE_MEMBER_MISSING, DIMENSION_RULE_MEMBER_UNUSED,
    DIMENSION_RULE_ONE_SELECTOR,
};
use crate::changes::unknown_reference;
use crate::error::AppResult;
use crate::master_data::Records;
use crate::reference::{Reference, by_id_or_code, patched};
use crate::unit_of_work::UnitOfWork;
use crate::wire::{Patch, REQUIRED};

domain::choices! {
    /// The requirement of a rule.
    pub enum RuleWord {
        Mandatory = "mandatory",
        Fixed = "fixed",
        Forbidden = "forbidden",
        Optional = "optional",
        BlockedCombination = "blocked_combination",
        AllowedCombination = "allowed_combination",
    }
}

impl RuleWord {
    fn of(kind: &DimensionRuleKind) -> Self {
        match kind {
            DimensionRuleKind::Mandatory { .. } => Self::Mandatory,
            DimensionRuleKind::Fixed { .. } => Self::Fixed,
            DimensionRuleKind::Forbidden { .. } => Self::Forbidden,
            DimensionRuleKind::Optional { .. } => Self::Optional,
            DimensionRuleKind::BlockedCombination { .. } => Self::BlockedCombination,
            DimensionRuleKind::AllowedCombination { .. } => Self::AllowedCombination,
        }
    }
}

/// A value of a dimension, both by id or by code.
pub type PairInput = (Reference<DimensionId>, Reference<DimensionValueId>);

/// All members of a rule.
#[derive(Debug, Clone)]
pub struct RuleInput {
    pub kind: RuleWord,
    pub account: Option<Reference<AccountId>>,
    pub account_code_prefix: Option<String>,
    pub dimension: Option<Reference<DimensionId>>,
    pub value: Option<Reference<DimensionValueId>>,
    pub combination: Vec<PairInput>,
    pub active: bool,
}

impl RuleInput {
    pub fn new(new: &NewDimensionRule, violations: &mut Violations) -> Self {
        Self {
            kind: new.kind,
            account: by_id_or_code(new.account_id, new.account_code.clone()),
            account_code_prefix: new.account_code_prefix.clone().map(Code::into_string),
            dimension: by_id_or_code(new.dimension_id, new.dimension_code.clone()),
            value: by_id_or_code(new.value_id, new.value_code.clone()),
            combination: new.combination.as_ref().map(|given| pairs(given, violations)).unwrap_or_default(),
            active: new.active,
        }
    }

    /// The rule with what the change names.
    pub fn changed(
        rule: &DimensionRuleRecord,
        change: &DimensionRuleChange,
        violations: &mut Violations,
    ) -> Self {
        let prefix = change.account_code_prefix.clone().map(Code::into_string).into_option();
        let account = patched(change.account_id.clone(), change.account_code.clone());
        let dimension = patched(change.dimension_id.clone(), change.dimension_code.clone());
        let value = patched(change.value_id.clone(), change.value_code.clone());
        Self {
            kind: change.kind.0.unwrap_or(RuleWord::of(&rule.kind)),
            account: account.unwrap_or(rule.account.account().map(Reference::Id)),
            account_code_prefix: prefix.unwrap_or_else(|| rule.account.code_prefix().map(str::to_owned)),
            dimension: dimension.unwrap_or(rule.kind.dimension().map(Reference::Id)),
            value: value.unwrap_or(rule.kind.value().map(Reference::Id)),
            combination: match &change.combination {
                Patch::Absent => rule.kind.values().iter().map(known).collect(),
                Patch::Null => Vec::new(),
                Patch::Value(given) => pairs(given, violations),
            },
            active: change.active.or(&rule.active),
        }
    }

    /// Looks up what the rule names and reports everything that does not fit its kind.
    pub async fn resolve(
        &self,
        uow: &mut dyn UnitOfWork,
        violations: &mut Violations,
    ) -> AppResult<Option<(AccountSelector, DimensionRuleKind)>> {
        self.check_members(violations);
        let account = self.selector(uow, violations).await?;
        let dimension = match &self.dimension {
            Some(dimension) => resolve_dimension(uow, dimension, "/dimension", violations).await?,
            None => None,
        };
        let value = match (&self.value, dimension) {
            (Some(value), Some(dimension)) => {
                resolve_value(uow, dimension, value, "/value", violations).await?
            }
            _ => None,
        };
        let values = self.combination(uow, violations).await?;
        let kind = match (self.kind, dimension, value) {
            (RuleWord::Mandatory, Some(dimension), _) => Some(DimensionRuleKind::Mandatory { dimension }),
            (RuleWord::Forbidden, Some(dimension), _) => Some(DimensionRuleKind::Forbidden { dimension }),
            (RuleWord::Optional, Some(dimension), _) => Some(DimensionRuleKind::Optional { dimension }),
            (RuleWord::Fixed, Some(dimension), Some(value)) => {
                Some(DimensionRuleKind::Fixed { dimension, value })
            }
            (RuleWord::BlockedCombination, _, _) => Some(DimensionRuleKind::BlockedCombination { values }),
            (RuleWord::AllowedCombination, _, _) => Some(DimensionRuleKind::AllowedCombination { values }),
            _ => None,
        };
        Ok(account.zip(kind).filter(|_| violations.is_empty()))
    }

    fn check_members(&self, violations: &mut Violations) {
        let several = matches!(self.kind, RuleWord::BlockedCombination | RuleWord::AllowedCombination);
        let mut need = |pointer: &str, given: bool, wanted: bool| {
            let def: &'static ErrorDef = match (given, wanted) {
                (false, true) => &DIMENSION_RULE_MEMBER_MISSING,
                (true, false) => &DIMENSION_RULE_MEMBER_UNUSED,
                _ => return,
            };
            violations.push(Violation::new(def).at(pointer).with("kind", self.kind));
        };
        need("/dimensionId", self.dimension.is_some(), !several);
        need("/valueId", self.value.is_some(), self.kind == RuleWord::Fixed);
        need("/combination", !self.combination.is_empty(), several);
        if several && (1..COMBINATION_VALUES_MIN).contains(&self.combination.len()) {
            let small = Violation::new(&COMBINATION_TOO_SMALL).at("/combination");
            violations.push(small.with("min", COMBINATION_VALUES_MIN));
        }
    }

    async fn selector(
        &self,
        uow: &mut dyn UnitOfWork,
        violations: &mut Violations,
    ) -> AppResult<Option<AccountSelector>> {
        let given = (self.account.as_ref(), self.account_code_prefix.as_deref());
        resolve_selector(uow, given, &DIMENSION_RULE_ONE_SELECTOR, violations).await
    }

    async fn combination(
        &self,
        uow: &mut dyn UnitOfWork,
        violations: &mut Violations,
    ) -> AppResult<Vec<(DimensionId, DimensionValueId)>> {
        let mut pairs = Vec::with_capacity(self.combination.len());
        for (index, (dimension, value)) in self.combination.iter().enumerate() {
            let at = format!("/combination/{index}");
            let found = resolve_dimension(uow, dimension, &format!("{at}/dimension"), violations).await?;
            let Some(dimension) = found else { continue };
            if let Some(value) =
                resolve_value(uow, dimension, value, &format!("{at}/value"), violations).await?
            {
                pairs.push((dimension, value));
            }
        }
        let combination = violations.check("/combination", DimensionCombination::new(pairs));
        Ok(combination.map(|combination| combination.pairs().to_vec()).unwrap_or_default())
    }
}

/// The accounts meant by an account or by a code prefix; `both` refuses the two together.
pub(in crate::accounting) async fn resolve_selector(
    uow: &mut dyn UnitOfWork,
    given: (Option<&Reference<AccountId>>, Option<&str>),
    both: &'static ErrorDef,
    violations: &mut Violations,
) -> AppResult<Option<AccountSelector>> {
    let account = match given {
        (Some(_), Some(_)) => {
            violations.push(Violation::new(both).at("/accountCodePrefix"));
            return Ok(None);
        }
        (None, Some(prefix)) => return Ok(Some(AccountSelector::CodePrefix(prefix.to_owned()))),
        (None, None) => return Ok(Some(AccountSelector::All)),
        (Some(account), None) => account,
    };
    let (found, pointer, value) = match account {
        Reference::Id(id) => {
            let stored = uow.accounts().find(*id).await?;
            (stored.map(|stored| stored.value.id()), "/accountId", id.to_string())
        }
        Reference::Code(code) => {
            let found = uow.ledger().accounts_by_code(&[code.clone()].into()).await?.remove(code);
            (found, "/accountCode", code.clone())
        }
    };
    if found.is_none() {
        violations.push(unknown_reference(pointer, "account", value));
    }
    Ok(found.map(AccountSelector::Account))
}

pub(in crate::accounting) async fn resolve_dimension(
    uow: &mut dyn UnitOfWork,
    dimension: &Reference<DimensionId>,
    pointer: &str,
    violations: &mut Violations,
) -> AppResult<Option<DimensionId>> {
    let (found, pointer, value) = match dimension {
        Reference::Id(id) => {
            let stored = Records::<Dimension>::find(uow, *id).await?;
            (stored.map(|stored| stored.value.id), format!("{pointer}Id"), id.to_string())
        }
        Reference::Code(code) => {
            (Records::<Dimension>::by_code(uow, (), code).await?, format!("{pointer}Code"), code.clone())
        }
    };
    if found.is_none() {
        violations.push(unknown_reference(&pointer, DIMENSION, value));
    }
    Ok(found)
}

/// Every pair names both its dimension and its value.
fn pairs(combination: &Combination, violations: &mut Violations) -> Vec<PairInput> {
    let mut pairs = Vec::with_capacity(combination.0.len());
    for (index, pair) in combination.0.iter().enumerate() {
        let dimension = by_id_or_code(pair.dimension_id, pair.dimension_code.clone());
        let value = by_id_or_code(pair.value_id, pair.value_code.clone());
        let missing = |member: &str| Violation::new(&REQUIRED).at(format!("/combination/{index}/{member}"));
        match (dimension, value) {
            (Some(dimension), Some(value)) => pairs.push((dimension, value)),
            (dimension, value) => {
                violations.extend(dimension.is_none().then(|| missing("dimensionId")));
                violations.extend(value.is_none().then(|| missing("valueId")));
            }
        }
    }
    pairs
}

fn known((dimension, value): &(DimensionId, DimensionValueId)) -> PairInput {
    (Reference::Id(*dimension), Reference::Id(*value))
}
