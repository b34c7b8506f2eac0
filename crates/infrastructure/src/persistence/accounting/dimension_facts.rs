//! The facts about dimensions that posting needs: the rules in force, and which values lie below which.

use std::collections::BTreeSet;

use application::ports::storage_error::StorageResult;
use domain::accounting::dimension::{DimensionRule, DimensionTree, VALUE_DEPTH_MAX};
use domain::ids::{DimensionId, DimensionValueId};

use crate::persistence::SqlUnitOfWork;
use crate::persistence::table::Column;
use crate::sql::statement::Lookup;
use crate::sql::value::{Kind, Row};
use crate::statements;

statements! {
    DIMENSION_RULES = "accounting.facts.dimension_rules" as reference:
        "SELECT r.id, r.account_id, r.account_code_prefix, r.kind, r.dimension_id, r.value_id, r.combination, \
         d.code AS dimension_code, v.code AS value_code \
         FROM dimension_rule r LEFT JOIN dimension d ON d.tenant_id = r.tenant_id AND d.id = r.dimension_id \
         LEFT JOIN dimension_value v ON v.tenant_id = r.tenant_id AND v.id = r.value_id \
         WHERE r.tenant_id = ?1 AND r.active = ?2 ORDER BY r.id";
    VALUE_LABEL = "accounting.facts.dimension_value_label" as reference:
        "SELECT d.code AS dimension_code, v.code FROM dimension_value v \
         INNER JOIN dimension d ON d.tenant_id = v.tenant_id AND d.id = v.dimension_id WHERE v.tenant_id = ?1 AND v.id = ?2";
}

pub static VALUES: Lookup = Lookup::new(
    "accounting.facts.dimension_values",
    "SELECT v.id, v.parent_id, v.postable, d.code AS dimension_code, v.code FROM dimension_value v \
     INNER JOIN dimension d ON d.tenant_id = v.tenant_id AND d.id = v.dimension_id WHERE v.tenant_id = ?1",
    ("v.id", Kind::Id),
)
.reference();
pub static LOOKUPS: &[&Lookup] = &[&VALUES];

impl SqlUnitOfWork {
    pub(crate) async fn read_dimension_rules(&mut self) -> StorageResult<Vec<DimensionRule>> {
        let rows = self.tx.query(&DIMENSION_RULES, &[self.tenant.into(), true.into()]).await?;
        let mut rules: Vec<DimensionRule> =
            rows.into_iter().map(dimension_rule).collect::<StorageResult<_>>()?;
        for rule in &mut rules {
            if !rule.kind.values().is_empty() {
                rule.label = self.combination_label(rule.kind.values()).await?;
            }
        }
        Ok(rules)
    }

    /// The values and what lies above them.
    pub(crate) async fn read_dimension_tree(
        &mut self,
        values: &BTreeSet<DimensionValueId>,
        upwards: bool,
    ) -> StorageResult<DimensionTree> {
        let mut tree = DimensionTree::default();
        self.read_into_tree(&mut tree, values, upwards).await?;
        Ok(tree)
    }

    /// Adds the values, and what lies above them if rules ask for it.
    pub(crate) async fn read_into_tree(
        &mut self,
        tree: &mut DimensionTree,
        values: &BTreeSet<DimensionValueId>,
        upwards: bool,
    ) -> StorageResult<()> {
        let mut level = values.clone();
        for _ in 0..VALUE_DEPTH_MAX {
            if level.is_empty() {
                break;
            }
            let ids = level.iter().map(|id| (*id).into());
            let rows = self.tx.lookup(&VALUES, self.tenant, ids).await?;
            level.clear();
            for row in rows {
                let parent = add_to_tree(tree, row)?;
                level.extend(parent.filter(|parent| upwards && tree.parent(*parent).is_none()));
            }
        }
        Ok(())
    }

    /// `BRANCH=RUH, PROJECT=P1`
    async fn combination_label(
        &mut self,
        values: &[(DimensionId, DimensionValueId)],
    ) -> StorageResult<String> {
        let mut labels = Vec::with_capacity(values.len());
        for (_, value) in values {
            if let Some(row) = self.tx.find(&VALUE_LABEL, &[self.tenant.into(), (*value).into()]).await? {
                let mut columns = row.columns("dimension_value");
                let (dimension, value): (String, String) =
                    (columns.get("dimension_code")?, columns.get("code")?);
                labels.push(format!("{dimension}={value}"));
            }
        }
        Ok(labels.join(", "))
    }
}

/// `id, parent_id, postable`, dimension code, `code`; answers the parent
fn add_to_tree(tree: &mut DimensionTree, row: Row) -> StorageResult<Option<DimensionValueId>> {
    let mut columns = row.columns("dimension_value");
    let (id, parent): (DimensionValueId, Option<DimensionValueId>) =
        (columns.get("id")?, columns.get("parent_id")?);
    let postable: bool = columns.get("postable")?;
    let (dimension, code): (String, String) = (columns.get("dimension_code")?, columns.get("code")?);
    tree.add(id, parent);
    if !postable {
        tree.add_heading(id, format!("{dimension}={code}"));
    }
    Ok(parent)
}

/// `id`, the columns of selector and kind, dimension code, value code
fn dimension_rule(row: Row) -> StorageResult<DimensionRule> {
    let mut columns = row.columns("dimension_rule");
    let id = columns.get("id")?;
    let (account, kind) = (Column::take(&mut columns, &[])?, Column::take(&mut columns, &[])?);
    let (dimension, value): (Option<String>, Option<String>) =
        (columns.get("dimension_code")?, columns.get("value_code")?);
    let label = match (dimension, value) {
        (Some(dimension), Some(value)) => format!("{dimension}={value}"),
        (dimension, _) => dimension.unwrap_or_default(),
    };
    Ok(DimensionRule { id, account, kind, label })
}
