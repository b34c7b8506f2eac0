//! A rule as a caller writes it, turned into one that posting understands.

use domain::accounting::dimension::{
    AccountSelector, COMBINATION_VALUES_MIN, Dimension, DimensionCombination, DimensionRuleKind,
};
use domain::error::{ErrorDef, Violation, Violations};
use domain::ids::{AccountId, DimensionId, DimensionValueId};

use crate::accounting::dimensions::{DIMENSION, resolve_value};
use crate::accounting::error::{
    COMBINATION_TOO_SMALL, DIMENSION_RULE_MEMBER_MISSING, DIMENSION_RULE_MEMBER_UNUSED,
    DIMENSION_RULE_ONE_SELECTOR,
};
use crate::accounting::ports::dimension_rules::RuleRecord;
use crate::changes::unknown_reference;
use crate::error::AppResult;
use crate::master_data::Records;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

domain::choices! {
    /// What a rule asks.
    pub enum RuleWord {
        Mandatory = "mandatory",
        Fixed = "fixed",
        Forbidden = "forbidden",
        Optional = "optional",
        BlockedCombination = "blocked_combination",
        AllowedCombination = "allowed_combination",
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

impl From<&RuleRecord> for RuleInput {
    fn from(rule: &RuleRecord) -> Self {
        let (account, account_code_prefix) = match &rule.account {
            AccountSelector::Account(id) => (Some(Reference::Id(*id)), None),
            AccountSelector::CodePrefix(prefix) => (None, Some(prefix.clone())),
            AccountSelector::All => (None, None),
        };
        let (kind, dimension, value, pairs) = match &rule.kind {
            DimensionRuleKind::Mandatory { dimension } => {
                (RuleWord::Mandatory, Some(*dimension), None, &[][..])
            }
            DimensionRuleKind::Fixed { dimension, value } => {
                (RuleWord::Fixed, Some(*dimension), Some(*value), &[][..])
            }
            DimensionRuleKind::Forbidden { dimension } => {
                (RuleWord::Forbidden, Some(*dimension), None, &[][..])
            }
            DimensionRuleKind::Optional { dimension } => {
                (RuleWord::Optional, Some(*dimension), None, &[][..])
            }
            DimensionRuleKind::BlockedCombination { values } => {
                (RuleWord::BlockedCombination, None, None, values.as_slice())
            }
            DimensionRuleKind::AllowedCombination { values } => {
                (RuleWord::AllowedCombination, None, None, values.as_slice())
            }
        };
        Self {
            kind,
            account,
            account_code_prefix,
            dimension: dimension.map(Reference::Id),
            value: value.map(Reference::Id),
            combination: pairs.iter().map(|(d, v)| (Reference::Id(*d), Reference::Id(*v))).collect(),
            active: rule.active,
        }
    }
}

impl RuleInput {
    /// Looks up what the rule names and reports everything that does not fit its kind.
    pub async fn resolve(&self, uow: &mut dyn UnitOfWork) -> AppResult<(AccountSelector, DimensionRuleKind)> {
        let mut violations = Violations::new();
        self.check_members(&mut violations);
        let account = self.selector(uow, &mut violations).await?;
        let dimension = match &self.dimension {
            Some(dimension) => resolve_dimension(uow, dimension, "/dimension", &mut violations).await?,
            None => None,
        };
        let value = match (&self.value, dimension) {
            (Some(value), Some(dimension)) => {
                resolve_value(uow, dimension, value, "/value", &mut violations).await?
            }
            _ => None,
        };
        let values = self.combination(uow, &mut violations).await?;
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
        match (kind, account) {
            (Some(kind), Some(account)) if violations.is_empty() => Ok((account, kind)),
            _ => Err(violations.into_vec().into()),
        }
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
        let account = match (&self.account, &self.account_code_prefix) {
            (Some(_), Some(_)) => {
                violations.push(Violation::new(&DIMENSION_RULE_ONE_SELECTOR).at("/accountCodePrefix"));
                return Ok(None);
            }
            (None, Some(prefix)) => return Ok(Some(AccountSelector::CodePrefix(prefix.clone()))),
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

async fn resolve_dimension(
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
