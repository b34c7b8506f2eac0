//! Dimensions and their values in SQL.

use std::collections::BTreeSet;

use application::accounting::ports::dimensions::{DimensionRepository, VALUE_DEPTH_MAX};
use application::ports::storage_error::StorageResult;
use application::ports::stored::Stored;
use async_trait::async_trait;
use domain::accounting::dimension::{Dimension, DimensionTree, DimensionValue};
use domain::ids::DimensionValueId;

use crate::persistence::SqlUnitOfWork;
use crate::persistence::table::stored;
use crate::sql::bulk::Bulk;
use crate::sql::statement::Lookup;
use crate::sql::value::{Columns, Kind, Value};
use crate::{statements, table};

/// The columns in which [`read_value`] reads a value.
macro_rules! value_columns {
    () => {
        "SELECT v.id, v.dimension_id, v.code, v.name_ar, v.name_en, v.parent_id, v.postable, v.active, v.version, v.updated_at \
         FROM dimension_value v"
    };
}
pub(crate) use value_columns;

table! {
    Dimension in "accounting", "dimension" by id;
    columns { code, name: [name_ar, name_en], active }
    unique code
    used by {
        "values": "SELECT {first} 1 FROM dimension_value WHERE tenant_id = ?1 AND dimension_id = ?2 {only}",
        "dimension-rules": "SELECT {first} 1 FROM dimension_rule WHERE tenant_id = ?1 AND dimension_id = ?2 {only}",
        "dimension-defaults": "SELECT {first} 1 FROM dimension_default WHERE tenant_id = ?1 AND dimension_id = ?2 {only}",
        "ledger-settings": "SELECT {first} 1 FROM ledger_settings WHERE tenant_id = ?1 AND balancing_dimension_id = ?2 {only}",
        "approval-policies": "SELECT {first} 1 FROM approval_policy WHERE tenant_id = ?1 AND dimension_id = ?2 {only}",
        "distribution-keys": "SELECT {first} 1 FROM distribution_key WHERE tenant_id = ?1 AND (source_dimension_id = ?2 OR target_dimension_id = ?2) {only}",
    }
}

table! {
    DimensionValue in "accounting", "dimension_value" by id, below "dimension" as dimension_id;
    columns { dimension_id, code, name: [name_ar, name_en], parent_id, postable, active }
    search { code, name }
    unique code
    used by {
        "values": "SELECT {first} 1 FROM dimension_value WHERE tenant_id = ?1 AND parent_id = ?2 {only}",
        "journal-entries": "SELECT {first} 1 FROM dimension_set_value WHERE tenant_id = ?1 AND value_id = ?2 {only}",
        "dimension-rules": "SELECT {first} 1 FROM dimension_rule WHERE tenant_id = ?1 AND value_id = ?2 {only}",
        "dimension-defaults": "SELECT {first} 1 FROM dimension_default WHERE tenant_id = ?1 AND value_id = ?2 {only}",
        "approval-policies": "SELECT {first} 1 FROM approval_policy WHERE tenant_id = ?1 AND value_id = ?2 {only}",
        "distribution-keys": "SELECT {first} 1 FROM distribution_key WHERE tenant_id = ?1 AND source_value_id = ?2 {only}",
        "statistical-figures": "SELECT {first} 1 FROM statistical_figure WHERE tenant_id = ?1 AND value_id = ?2 {only}",
    }
    mentioned by {
        "dimension-rules":
            "SELECT {first} 1 FROM dimension_rule WHERE tenant_id = ?1 AND combination LIKE ?2 {escape} {only}",
    }
    mentioned true
}

statements! {
    VALUE_PARENT = "accounting.dimension_value.parent":
        "SELECT parent_id FROM dimension_value WHERE tenant_id = ?1 AND id = ?2 AND parent_id IS NOT NULL";
}

pub static VALUE_INSERT: Bulk = Bulk::new(
    "accounting.dimension_value.insert_many",
    "dimension_value",
    &[
        ("tenant_id", Kind::Id),
        ("id", Kind::Id),
        ("dimension_id", Kind::Id),
        ("code", Kind::Text(50)),
        ("name_ar", Kind::Text(200)),
        ("name_en", Kind::Text(200)),
        ("parent_id", Kind::Id),
        ("postable", Kind::Bool),
        ("active", Kind::Bool),
        ("search", Kind::Text(600)),
        ("created_at", Kind::Time),
        ("updated_at", Kind::Time),
        ("version", Kind::Int),
    ],
);
pub static BULKS: &[&Bulk] = &[&VALUE_INSERT];

pub static VALUE_CHILDREN: Lookup = Lookup::new(
    "accounting.dimension_value.children",
    "SELECT id FROM dimension_value WHERE tenant_id = ?1",
    ("parent_id", Kind::Id),
);
pub static LOOKUPS: &[&Lookup] = &[&VALUE_CHILDREN];

pub(super) fn read_value(columns: &mut Columns) -> StorageResult<Stored<DimensionValue>> {
    stored(columns)
}

#[async_trait]
impl DimensionRepository for SqlUnitOfWork {
    async fn value_ancestors(&mut self, id: DimensionValueId) -> StorageResult<Vec<DimensionValueId>> {
        let mut ancestors = Vec::new();
        let mut at = id;
        while ancestors.len() < VALUE_DEPTH_MAX {
            let Some(row) = self.tx.find(&VALUE_PARENT, &[self.tenant.into(), at.into()]).await? else {
                break;
            };
            at = row.single("dimension_value", "parent_id")?;
            ancestors.push(at);
        }
        Ok(ancestors)
    }

    async fn value_tree(&mut self, values: &BTreeSet<DimensionValueId>) -> StorageResult<DimensionTree> {
        self.read_dimension_tree(values, true).await
    }

    async fn value_levels_below(&mut self, id: DimensionValueId) -> StorageResult<usize> {
        let mut level: BTreeSet<DimensionValueId> = [id].into();
        for depth in 0..VALUE_DEPTH_MAX {
            let rows =
                self.tx.lookup(&VALUE_CHILDREN, self.tenant, level.iter().map(|id| (*id).into())).await?;
            if rows.is_empty() {
                return Ok(depth);
            }
            let ids = rows.into_iter().map(|row| row.single("dimension_value", "id"));
            level = ids.collect::<StorageResult<_>>()?;
        }
        Ok(VALUE_DEPTH_MAX)
    }
}

impl SqlUnitOfWork {
    /// The columns of [`VALUE_INSERT`].
    pub(super) fn value_row(&self, value: &DimensionValue) -> Vec<Value> {
        let mut row = self.row_of(value);
        // Of a new row, both times are now.
        row.insert(row.len() - 1, self.now.into());
        row
    }
}
