//! Dimensions and their values: [`DimensionRepository`] in SQL.

use std::collections::BTreeSet;

use application::accounting::ports::dimensions::{DimensionRepository, VALUE_DEPTH_MAX};
use application::ports::storage_error::StorageResult;
use application::ports::stored::Stored;
use async_trait::async_trait;
use domain::accounting::dimension::{Dimension, DimensionTree, DimensionValue};
use domain::ids::{DimensionId, DimensionValueId};

use super::columns::{quoted, read_code, read_name, search_column};
use crate::persistence::SqlUnitOfWork;
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
    }
}

statements! {
    FIND_VALUE = "accounting.dimension_value.find": concat!(value_columns!(), " WHERE v.tenant_id = ?1 AND v.id = ?2");
    VALUE_BY_CODE = "accounting.dimension_value.id_by_code":
        "SELECT id FROM dimension_value WHERE tenant_id = ?1 AND dimension_id = ?2 AND code = ?3";
    VALUE_PARENT = "accounting.dimension_value.parent":
        "SELECT parent_id FROM dimension_value WHERE tenant_id = ?1 AND id = ?2 AND parent_id IS NOT NULL";
    HAS_CHILDREN = "accounting.dimension_value.has_children":
        "SELECT {first} 1 FROM dimension_value WHERE tenant_id = ?1 AND parent_id = ?2 {only}";
    IN_SETS = "accounting.dimension_value.in_sets":
        "SELECT {first} 1 FROM dimension_set_value WHERE tenant_id = ?1 AND value_id = ?2 {only}";
    VALUE_IN_RULES = "accounting.dimension_value.in_rules":
        "SELECT {first} 1 FROM dimension_rule WHERE tenant_id = ?1 AND (value_id = ?2 OR combination LIKE ?3 {escape}) {only}";
    UPDATE_VALUE = "accounting.dimension_value.update":
        "UPDATE dimension_value SET code = ?4, name_ar = ?5, name_en = ?6, search = ?7, parent_id = ?8, postable = ?9, \
         active = ?10, updated_at = ?11, version = ?12 \
         WHERE tenant_id = ?1 AND id = ?2 AND dimension_id = ?3 AND version = ?12 - 1";
    DELETE_VALUE = "accounting.dimension_value.delete":
        "DELETE FROM dimension_value WHERE tenant_id = ?1 AND id = ?2 AND version = ?3";
}

pub static VALUE_INSERT: Bulk = Bulk::new(
    "accounting.dimension_value.insert",
    "dimension_value",
    &[
        ("tenant_id", Kind::Id),
        ("id", Kind::Id),
        ("dimension_id", Kind::Id),
        ("code", Kind::Text(50)),
        ("name_ar", Kind::Text(200)),
        ("name_en", Kind::Text(200)),
        ("search", Kind::Text(600)),
        ("parent_id", Kind::Id),
        ("postable", Kind::Bool),
        ("active", Kind::Bool),
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
    let value = DimensionValue {
        id: columns.get("id")?,
        dimension_id: columns.get("dimension_id")?,
        code: read_code(columns)?,
        name: read_name(columns)?,
        parent_id: columns.get("parent_id")?,
        postable: columns.get("postable")?,
        active: columns.get("active")?,
        version: columns.get("version")?,
    };
    Ok(Stored { value, updated_at: columns.get("updated_at")? })
}

#[async_trait]
impl DimensionRepository for SqlUnitOfWork {
    async fn find_value(&mut self, id: DimensionValueId) -> StorageResult<Option<Stored<DimensionValue>>> {
        let row = self.tx.find(&FIND_VALUE, &[self.tenant.into(), id.into()]).await?;
        row.map(|row| read_value(&mut row.columns("dimension_value"))).transpose()
    }

    async fn value_by_code(
        &mut self,
        dimension: DimensionId,
        code: &str,
    ) -> StorageResult<Option<DimensionValueId>> {
        let row = self.tx.find(&VALUE_BY_CODE, &[self.tenant.into(), dimension.into(), code.into()]).await?;
        row.map(|row| row.single("dimension_value", "id")).transpose()
    }

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

    async fn value_users(&mut self, id: DimensionValueId) -> StorageResult<Vec<&'static str>> {
        let mention = quoted(&id.to_string());
        let params = [self.tenant.into(), id.into(), mention];
        let mut users =
            self.users_of(&[(&HAS_CHILDREN, "values"), (&IN_SETS, "journal-entries")], &params[..2]).await?;
        users.extend(self.users_of(&[(&VALUE_IN_RULES, "dimension-rules")], &params).await?);
        self.add_mentions(&id.to_string(), &mut users).await?;
        Ok(users)
    }

    async fn insert_value(&mut self, value: &DimensionValue) -> StorageResult<()> {
        let row = std::iter::once(self.value_row(value));
        self.tx.insert_many(&VALUE_INSERT, row).await
    }

    async fn update_value(&mut self, value: &DimensionValue) -> StorageResult<bool> {
        let mut params = self.value_values(value);
        params.extend([self.now.into(), value.version.into()]);
        Ok(self.tx.execute(&UPDATE_VALUE, &params).await? == 1)
    }

    async fn delete_value(&mut self, id: DimensionValueId, version: i64) -> StorageResult<bool> {
        Ok(self.tx.execute(&DELETE_VALUE, &[self.tenant.into(), id.into(), version.into()]).await? == 1)
    }
}

impl SqlUnitOfWork {
    /// The columns of [`VALUE_INSERT`].
    pub(super) fn value_row(&self, value: &DimensionValue) -> Vec<Value> {
        let mut row = self.value_values(value);
        row.extend([self.now.into(), self.now.into(), value.version.into()]);
        row
    }

    /// What an insert and an update have in common.
    fn value_values(&self, value: &DimensionValue) -> Vec<Value> {
        vec![
            self.tenant.into(),
            value.id.into(),
            value.dimension_id.into(),
            value.code.as_str().into(),
            value.name.ar().into(),
            value.name.en().into(),
            search_column(&value.code, &value.name),
            value.parent_id.into(),
            value.postable.into(),
            value.active.into(),
        ]
    }
}
