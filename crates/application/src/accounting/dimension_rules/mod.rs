//! Dimension rules (R9): what accounts ask of the dimensions on their lines.

pub mod create;
pub mod delete;
pub mod input;
pub mod update;

use std::collections::BTreeSet;

use domain::accounting::dimension::{
    AccountSelector, DIMENSION_RULES_CONTRADICT, DimensionRule, DimensionRuleKind, contradiction,
};
use domain::error::Violation;
use domain::ids::DimensionValueId;

use super::ports::dimension_rules::RuleRecord;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// Entity name in audit log, change feed and cache.
pub const DIMENSION_RULE: &str = "dimension_rule";

/// Refuses a rule that no line could keep together with the ones that are in force.
async fn refuse_contradiction(uow: &mut dyn UnitOfWork, rule: &RuleRecord) -> AppResult<()> {
    if !rule.active {
        return Ok(());
    }
    let mut others = uow.dimension_rules().active_rules().await?;
    others.retain(|other| other.id != rule.id);
    let new = DimensionRule {
        id: rule.id,
        account: rule.account.clone(),
        kind: rule.kind.clone(),
        label: String::new(),
    };
    let all = || others.iter().chain([&new]);
    let values: BTreeSet<DimensionValueId> = all().flat_map(|rule| named_values(&rule.kind)).collect();
    let accounts: BTreeSet<_> = all()
        .filter_map(|rule| match &rule.account {
            AccountSelector::Account(id) => Some(*id),
            _ => None,
        })
        .collect();
    let tree = uow.dimensions().value_tree(&values).await?;
    let names = uow.ledger().account_names(&accounts).await?;
    let code_of = |id| names.get(&id).map(|name| name.code.clone());
    match contradiction(&new, &others, &tree, &code_of) {
        None => Ok(()),
        Some(other) => Err(Violation::new(&DIMENSION_RULES_CONTRADICT)
            .at("/kind")
            .with("rule", other.id)
            .with("kind", other.kind.as_str())
            .with("dimension", &other.label)
            .into()),
    }
}

fn named_values(kind: &DimensionRuleKind) -> Vec<DimensionValueId> {
    match kind {
        DimensionRuleKind::Fixed { value, .. } => vec![*value],
        _ => kind.values().iter().map(|(_, value)| *value).collect(),
    }
}
