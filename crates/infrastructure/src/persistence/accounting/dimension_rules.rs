//! Dimension rules: [`DimensionRuleRepository`] and [`DimensionRuleQueries`] in SQL.

use application::accounting::ports::dimension_rules::{
    DimensionRuleQueries, DimensionRuleRepository, RuleRecord,
};
use application::accounting::views::dimension::DimensionRuleView;
use application::error::AppResult;
use application::paging::{ListQuery, Page};
use application::ports::storage_error::{StorageError, StorageResult};
use application::ports::stored::Stored;
use async_trait::async_trait;
use domain::accounting::dimension::{AccountSelector, DimensionRule, DimensionRuleKind};
use domain::ids::{AccountId, DimensionId, DimensionRuleId, DimensionValueId, TenantId};
use uuid::Uuid;

use crate::persistence::SqlUnitOfWork;
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::value::{Columns, Value};
use crate::statements;

/// The columns in which [`read`] reads a rule.
macro_rules! rule_columns {
    () => {
        "SELECT r.id, r.kind, r.account_id, r.account_code_prefix, r.dimension_id, r.value_id, r.combination, r.active, \
         r.version, r.updated_at FROM dimension_rule r"
    };
}

statements! {
    FIND = "accounting.dimension_rule.find": concat!(rule_columns!(), " WHERE r.tenant_id = ?1 AND r.id = ?2");
    INSERT = "accounting.dimension_rule.insert":
        "INSERT INTO dimension_rule (tenant_id, id, kind, account_id, account_code_prefix, dimension_id, value_id, \
         combination, active, created_at, updated_at, version) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?11)";
    UPDATE = "accounting.dimension_rule.update":
        "UPDATE dimension_rule SET kind = ?3, account_id = ?4, account_code_prefix = ?5, dimension_id = ?6, value_id = ?7, \
         combination = ?8, active = ?9, updated_at = ?10, version = ?11 \
         WHERE tenant_id = ?1 AND id = ?2 AND version = ?11 - 1";
    DELETE = "accounting.dimension_rule.delete":
        "DELETE FROM dimension_rule WHERE tenant_id = ?1 AND id = ?2 AND version = ?3";
}

pub static LIST: ListSql = ListSql {
    spec: &application::accounting::ports::dimension_rules::DIMENSION_RULE_LIST,
    select: rule_columns!(),
    tenant: "r.tenant_id",
    key: &["r.id"],
    columns: &[
        ("id", "r.id"),
        ("kind", "r.kind"),
        ("accountId", "r.account_id"),
        ("dimensionId", "r.dimension_id"),
        ("active", "r.active"),
        ("updatedAt", "r.updated_at"),
    ],
    sorted_as: &[],
};

/// `kind, account_id, account_code_prefix, dimension_id, value_id, combination`: what a rule is about.
pub(super) fn read_rule(columns: &mut Columns) -> StorageResult<(AccountSelector, DimensionRuleKind)> {
    let kind: String = columns.get("kind")?;
    let account: Option<AccountId> = columns.get("account_id")?;
    let prefix: Option<String> = columns.get("account_code_prefix")?;
    let dimension: Option<DimensionId> = columns.get("dimension_id")?;
    let value: Option<DimensionValueId> = columns.get("value_id")?;
    let combination: Option<String> = columns.get("combination")?;
    let corrupt = |column| StorageError::Corrupt { table: "dimension_rule", column, detail: kind.clone() };
    let dimension = dimension.ok_or_else(|| corrupt("dimension_id"));
    let kind = match kind.as_str() {
        "mandatory" => DimensionRuleKind::Mandatory { dimension: dimension? },
        "fixed" => {
            let value = value.ok_or_else(|| corrupt("value_id"))?;
            DimensionRuleKind::Fixed { dimension: dimension?, value }
        }
        "forbidden" => DimensionRuleKind::Forbidden { dimension: dimension? },
        "optional" => DimensionRuleKind::Optional { dimension: dimension? },
        word => {
            let pairs: Vec<(Uuid, Uuid)> =
                serde_json::from_str(&combination.unwrap_or_default()).map_err(|_| corrupt("combination"))?;
            let values = pairs.into_iter().map(|(d, v)| (d.into(), v.into())).collect();
            match word {
                "allowed_combination" => DimensionRuleKind::AllowedCombination { values },
                _ => DimensionRuleKind::BlockedCombination { values },
            }
        }
    };
    let account = match (account, prefix) {
        (Some(account), _) => AccountSelector::Account(account),
        (None, Some(prefix)) => AccountSelector::CodePrefix(prefix),
        (None, None) => AccountSelector::All,
    };
    Ok((account, kind))
}

fn read(columns: &mut Columns) -> StorageResult<Stored<RuleRecord>> {
    let id = columns.get("id")?;
    let (account, kind) = read_rule(columns)?;
    let (active, version) = (columns.get("active")?, columns.get("version")?);
    let value = RuleRecord { id, account, kind, active, version };
    Ok(Stored { value, updated_at: columns.get("updated_at")? })
}

#[async_trait]
impl DimensionRuleRepository for SqlUnitOfWork {
    async fn find(&mut self, id: DimensionRuleId) -> StorageResult<Option<Stored<RuleRecord>>> {
        let row = self.tx.find(&FIND, &[self.tenant.into(), id.into()]).await?;
        row.map(|row| read(&mut row.columns("dimension_rule"))).transpose()
    }

    async fn insert(&mut self, rule: &RuleRecord) -> StorageResult<()> {
        let params = self.rule_params(rule)?;
        self.tx.execute_one(&INSERT, &params).await
    }

    async fn update(&mut self, rule: &RuleRecord) -> StorageResult<bool> {
        let params = self.rule_params(rule)?;
        Ok(self.tx.execute(&UPDATE, &params).await? == 1)
    }

    async fn active_rules(&mut self) -> StorageResult<Vec<DimensionRule>> {
        self.read_dimension_rules().await
    }

    async fn delete(&mut self, id: DimensionRuleId, version: i64) -> StorageResult<bool> {
        Ok(self.tx.execute(&DELETE, &[self.tenant.into(), id.into(), version.into()]).await? == 1)
    }
}

impl SqlUnitOfWork {
    fn rule_params(&self, rule: &RuleRecord) -> StorageResult<[Value; 11]> {
        let (account, prefix) = match &rule.account {
            AccountSelector::Account(id) => (Some(*id), None),
            AccountSelector::CodePrefix(prefix) => (None, Some(prefix.as_str())),
            AccountSelector::All => (None, None),
        };
        let (dimension, value, combination) = match &rule.kind {
            DimensionRuleKind::Mandatory { dimension }
            | DimensionRuleKind::Forbidden { dimension }
            | DimensionRuleKind::Optional { dimension } => (Some(*dimension), None, None),
            DimensionRuleKind::Fixed { dimension, value } => (Some(*dimension), Some(*value), None),
            DimensionRuleKind::BlockedCombination { values }
            | DimensionRuleKind::AllowedCombination { values } => {
                let pairs: Vec<(Uuid, Uuid)> = values.iter().map(|(d, v)| (d.uuid(), v.uuid())).collect();
                let json = serde_json::to_string(&pairs)
                    .map_err(|error| StorageError::Internal(format!("combination: {error}")))?;
                (None, None, Some(json))
            }
        };
        Ok([
            self.tenant.into(),
            rule.id.into(),
            rule.kind.as_str().into(),
            account.into(),
            prefix.into(),
            dimension.into(),
            value.into(),
            combination.into(),
            rule.active.into(),
            self.now.into(),
            rule.version.into(),
        ])
    }
}

#[async_trait]
impl DimensionRuleQueries for Db {
    async fn dimension_rule(
        &self,
        tenant: TenantId,
        id: DimensionRuleId,
    ) -> AppResult<Option<DimensionRuleView>> {
        let Some(row) = self.find(&FIND, &[tenant.into(), id.into()]).await? else { return Ok(None) };
        Ok(Some(DimensionRuleView::from(&read(&mut row.columns("dimension_rule"))?)))
    }

    async fn dimension_rules(
        &self,
        tenant: TenantId,
        query: &ListQuery,
    ) -> AppResult<Page<DimensionRuleView>> {
        LIST.page(self, tenant, query, None, |columns| Ok(DimensionRuleView::from(&read(columns)?))).await
    }
}
