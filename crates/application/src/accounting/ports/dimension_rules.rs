//! Dimension rules in storage.

use async_trait::async_trait;
use domain::accounting::dimension::{AccountSelector, DimensionRule, DimensionRuleKind, RULE_KINDS};
use domain::ids::{DimensionRuleId, TenantId};

use crate::accounting::views::dimension::{DimensionPairView, DimensionRuleView};
use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use crate::ports::storage_error::StorageResult;
use crate::ports::stored::Stored;

/// A rule as stored; posting reads it with its label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleRecord {
    pub id: DimensionRuleId,
    pub account: AccountSelector,
    pub kind: DimensionRuleKind,
    pub active: bool,
    pub version: i64,
}

impl From<&Stored<RuleRecord>> for DimensionRuleView {
    fn from(stored: &Stored<RuleRecord>) -> Self {
        let rule = &stored.value;
        let (account_id, account_code_prefix) = match &rule.account {
            AccountSelector::Account(id) => (Some(id.uuid()), None),
            AccountSelector::CodePrefix(prefix) => (None, Some(prefix.clone())),
            AccountSelector::All => (None, None),
        };
        let (dimension_id, value_id, combination) = match &rule.kind {
            DimensionRuleKind::Mandatory { dimension }
            | DimensionRuleKind::Forbidden { dimension }
            | DimensionRuleKind::Optional { dimension } => (Some(dimension.uuid()), None, Vec::new()),
            DimensionRuleKind::Fixed { dimension, value } => {
                (Some(dimension.uuid()), Some(value.uuid()), Vec::new())
            }
            DimensionRuleKind::BlockedCombination { values }
            | DimensionRuleKind::AllowedCombination { values } => {
                let pair =
                    |(dimension, value): &(domain::ids::DimensionId, domain::ids::DimensionValueId)| {
                        DimensionPairView { dimension_id: dimension.uuid(), value_id: value.uuid() }
                    };
                (None, None, values.iter().map(pair).collect())
            }
        };
        Self {
            id: rule.id.uuid(),
            kind: rule.kind.as_str(),
            account_id,
            account_code_prefix,
            dimension_id,
            value_id,
            combination,
            active: rule.active,
            updated_at: stored.updated_at.to_string(),
            version: rule.version,
        }
    }
}

#[async_trait]
pub trait DimensionRuleRepository: Send {
    async fn find(&mut self, id: DimensionRuleId) -> StorageResult<Option<Stored<RuleRecord>>>;
    async fn insert(&mut self, rule: &RuleRecord) -> StorageResult<()>;
    /// Replaces the rule stored at `rule.version - 1`. MUST answer `false` when it is at another.
    async fn update(&mut self, rule: &RuleRecord) -> StorageResult<bool>;
    /// The rules that posting keeps, in the order in which they were made.
    async fn active_rules(&mut self) -> StorageResult<Vec<DimensionRule>>;
    /// MUST answer `false` when there is no rule with this id and version.
    async fn delete(&mut self, id: DimensionRuleId, version: i64) -> StorageResult<bool>;
}

/// What `GET /dimension-rules` filters and sorts by.
pub static DIMENSION_RULE_LIST: ListSpec = ListSpec {
    resource: "dimension_rule",
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("kind", FieldKind::Word(&RULE_KINDS)),
        FieldSpec::new("accountId", FieldKind::Id).nullable(),
        FieldSpec::new("dimensionId", FieldKind::Id).nullable(),
        FieldSpec::new("active", FieldKind::Boolean),
        FieldSpec::new("updatedAt", FieldKind::Timestamp),
    ],
    default_sort: &[("id", Direction::Ascending)],
    expand: &[],
};

#[async_trait]
pub trait DimensionRuleQueries: Send + Sync {
    async fn dimension_rule(
        &self,
        tenant: TenantId,
        id: DimensionRuleId,
    ) -> AppResult<Option<DimensionRuleView>>;
    async fn dimension_rules(
        &self,
        tenant: TenantId,
        query: &ListQuery,
    ) -> AppResult<Page<DimensionRuleView>>;
}
