//! Dimension rules (R9): what accounts ask of the dimensions on their lines.

pub mod input;

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::accounting::dimension::{
    DIMENSION_RULES_CONTRADICT, DIMENSIONS_PER_LINE_MAX, DimensionRule, DimensionRuleKind,
    DimensionRuleRecord, contradiction,
};
use domain::error::Violation;
use domain::ids::{AccountId, DimensionId, DimensionRuleId, DimensionValueId};
use domain::text::Code;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use self::input::{RuleInput, RuleWord};
use super::error::{
    DIMENSION_RULE_MEMBER_MISSING, DIMENSION_RULE_MEMBER_UNUSED, DIMENSION_RULE_ONE_SELECTOR,
    DIMENSION_VALUE_ELSEWHERE,
};
use crate::error::{AppResult, UNKNOWN_REFERENCE};
use crate::master_data::{Check, MasterData};
use crate::paging::FieldKind;
use crate::unit_of_work::UnitOfWork;
use crate::wire::{List, Optional, Patch};
use crate::{request, resource, view};

type Combination = List<DimensionPair, DIMENSIONS_PER_LINE_MAX>;

request! {
    /// A new rule. Without account and prefix it is for all accounts.
    pub struct NewDimensionRule as CreateDimensionRuleBody {
        /// The kind of the rule: what it demands or forbids.
        kind: RuleWord = "mandatory",
        /// The account it is for, by id.
        account_id: Option<AccountId>,
        /// The account by code.
        account_code: Option<Code>,
        /// Instead: every account whose code begins so.
        account_code_prefix: Option<Code> = "6",
        /// The dimension it is about, by id; not of a combination.
        dimension_id: Option<DimensionId>,
        /// The dimension by code.
        dimension_code: Option<Code> = "cost-centre",
        /// The value of a fixed dimension, by id; those below it are taken, too.
        value_id: Option<DimensionValueId>,
        /// The value by code.
        value_code: Option<Code>,
        /// The values that may not (`blocked_combination`) or may (`allowed_combination`) stand together on one line, and
        /// those below them.
        combination: Option<Combination>,
        /// Is checked.
        active: bool => true,
    }

    /// A value of a dimension, each by id or by code.
    pub struct DimensionPair as DimensionPairBody {
        /// The dimension by id.
        dimension_id: Option<DimensionId>,
        /// The dimension by code.
        dimension_code: Option<Code> = "branch",
        /// The value by id.
        value_id: Option<DimensionValueId>,
        /// The value by code.
        value_code: Option<Code> = "RUH",
    }

    /// Changes to a rule (JSON Merge Patch): left out stays, null empties.
    pub struct DimensionRuleChange as UpdateDimensionRuleBody {
        /// The kind of the rule: what it demands or forbids.
        kind: Optional<RuleWord>,
        /// The account it is for, by id.
        account_id: Patch<AccountId>,
        /// The account by code.
        account_code: Patch<Code>,
        /// Every account whose code begins so.
        account_code_prefix: Patch<Code>,
        /// The dimension it is about, by id.
        dimension_id: Patch<DimensionId>,
        /// The dimension by code.
        dimension_code: Patch<Code>,
        /// The value of a fixed dimension, by id; those below it are taken, too.
        value_id: Patch<DimensionValueId>,
        /// The value by code.
        value_code: Patch<Code>,
        /// The values that may not or may stand together on one line, and those below them.
        combination: Patch<Combination>,
        /// Is checked.
        active: Optional<bool>,
    }
}

view! {
    /// A rule that accounts have for the dimensions on their lines.
    pub struct DimensionRuleView of DimensionRuleRecord {
        id: Uuid,
        /// `mandatory`, `fixed`, `forbidden`, `optional`, `blocked_combination` or `allowed_combination`.
        kind: &'static str = |rule| rule.kind.as_str(),
        /// The account it is for; null with a prefix, or for all accounts.
        account_id: Option<Uuid> = |rule| rule.account.account().map(|id| id.uuid()),
        account_code_prefix: Option<String> = |rule| rule.account.code_prefix().map(str::to_owned),
        /// Null for a combination.
        dimension_id: Option<Uuid> = |rule| rule.kind.dimension().map(|id| id.uuid()),
        /// The value that a rule of kind `fixed` demands; the values below it are taken, too.
        value_id: Option<Uuid> = |rule| rule.kind.value().map(|id| id.uuid()),
        /// The values that may not, or may, stand together on one line; the values below them are meant, too.
        combination: Vec<DimensionPairView> = |rule| rule.kind.values().iter().map(pair).collect(),
        active: bool,
    }
}

/// A dimension with one of its values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DimensionPairView {
    pub dimension_id: Uuid,
    pub value_id: Uuid,
}

fn pair((dimension, value): &(DimensionId, DimensionValueId)) -> DimensionPairView {
    DimensionPairView { dimension_id: dimension.uuid(), value_id: value.uuid() }
}

resource! {
    DimensionRuleRecord by id: DimensionRuleId
        = "accounting", "dimension_rule", "dimension_rules" at "/dimension-rules", "/dimension-rules/{id}";
    en: "a", "dimension rule", "dimension rules"; ar: "قواعد الأبعاد";
    about: "What accounts ask of the dimensions on their lines, checked whenever an entry is posted. Of the rules for one dimension \
         those with the most specific selector decide: an account before a code prefix, a longer prefix before a shorter one, a \
         prefix before all accounts; `optional` is the exception that asks nothing. Blocked combinations add up; an \
         `allowed_combination` of the same dimensions lifts one whose selector is less specific, or the same with values \
         above its own. A value in a rule stands for the values below it, too. Broken rules are reported in the order in \
         which the rules were made.";
    bodies: NewDimensionRule, DimensionRuleChange => DimensionRuleView;
    remembered by posting;
    list:
        id sortable, kind = FieldKind::Word(RuleWord::WORDS), account_id nullable = FieldKind::Id,
        dimension_id nullable = FieldKind::Id, active;
    order: id;
    refuses:
        create [
            &UNKNOWN_REFERENCE, &DIMENSION_RULE_MEMBER_MISSING, &DIMENSION_RULE_MEMBER_UNUSED,
            &DIMENSION_RULE_ONE_SELECTOR, &DIMENSION_VALUE_ELSEWHERE, &DIMENSION_RULES_CONTRADICT
        ],
        change [&DIMENSION_RULE_MEMBER_MISSING, &DIMENSION_RULE_MEMBER_UNUSED, &DIMENSION_RULES_CONTRADICT],
        delete [];
}

#[async_trait]
impl MasterData for DimensionRuleRecord {
    async fn create(
        new: &NewDimensionRule,
        id: DimensionRuleId,
        check: &mut Check<'_>,
    ) -> AppResult<Option<Self>> {
        let input = RuleInput::new(new, &mut check.violations);
        checked(id, 1, &input, check).await
    }

    /// Entries posted before keep what they have.
    async fn change(&self, change: &DimensionRuleChange, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        let input = RuleInput::changed(self, change, &mut check.violations);
        checked(self.id, self.version, &input, check).await
    }
}

/// The rule that is meant, if it can be kept.
async fn checked(
    id: DimensionRuleId,
    version: i64,
    input: &RuleInput,
    check: &mut Check<'_>,
) -> AppResult<Option<DimensionRuleRecord>> {
    // A pair that lacks a part would be missed as if nobody had given it.
    if !check.violations.is_empty() {
        return Ok(None);
    }
    let Some((account, kind)) = input.resolve(check.uow, &mut check.violations).await? else {
        return Ok(None);
    };
    let rule = DimensionRuleRecord { id, account, kind, active: input.active, version };
    let found = contradicts(check.uow, &rule).await?;
    check.violations.extend(found);
    Ok(Some(rule))
}

/// A rule that no line could keep together with the ones that are in force.
async fn contradicts(uow: &mut dyn UnitOfWork, rule: &DimensionRuleRecord) -> AppResult<Option<Violation>> {
    if !rule.active {
        return Ok(None);
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
    let accounts: BTreeSet<_> = all().filter_map(|rule| rule.account.account()).collect();
    let tree = uow.dimensions().value_tree(&values).await?;
    let names = uow.ledger().account_names(&accounts).await?;
    let code_of = |id| names.get(&id).map(|name| name.code.clone());
    let found = contradiction(&new, &others, &tree, &code_of);
    Ok(found.map(|other| {
        Violation::new(&DIMENSION_RULES_CONTRADICT)
            .at("/kind")
            .with("rule", other.id)
            .with("kind", other.kind.as_str())
            .with("dimension", &other.label)
    }))
}

fn named_values(kind: &DimensionRuleKind) -> Vec<DimensionValueId> {
    kind.value().into_iter().chain(kind.values().iter().map(|(_, value)| *value)).collect()
}
