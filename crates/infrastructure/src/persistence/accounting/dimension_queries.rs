//! [`DimensionQueries`]: values of dimensions as views, straight from SQL.

use application::accounting::ports::dimensions::DimensionQueries;
use application::accounting::views::dimension::DimensionValueView;
use application::error::AppResult;
use application::paging::{ListQuery, Page};
use async_trait::async_trait;
use domain::ids::{DimensionId, DimensionValueId, TenantId};

use super::dimensions::{FIND_VALUE, read_value, value_columns};
use crate::sql::db::Db;
use crate::sql::list::ListSql;

pub static VALUE_LIST: ListSql = ListSql {
    spec: &application::accounting::ports::dimensions::DIMENSION_VALUE_LIST,
    select: value_columns!(),
    tenant: "v.tenant_id",
    key: &["v.id"],
    columns: &[
        ("id", "v.id"),
        ("code", "v.code"),
        ("name", "v.search"),
        ("parentId", "v.parent_id"),
        ("postable", "v.postable"),
        ("active", "v.active"),
        ("updatedAt", "v.updated_at"),
    ],
    sorted_as: &[],
};

#[async_trait]
impl DimensionQueries for Db {
    async fn dimension_value(
        &self,
        tenant: TenantId,
        dimension: DimensionId,
        id: DimensionValueId,
    ) -> AppResult<Option<DimensionValueView>> {
        let Some(row) = self.find(&FIND_VALUE, &[tenant.into(), id.into()]).await? else { return Ok(None) };
        let stored = read_value(&mut row.columns("dimension_value"))?;
        Ok(Some(DimensionValueView::from(&stored)).filter(|view| view.dimension_id == dimension.uuid()))
    }

    async fn dimension_values(
        &self,
        tenant: TenantId,
        dimension: DimensionId,
        query: &ListQuery,
    ) -> AppResult<Page<DimensionValueView>> {
        let of_dimension = Some(("v.dimension_id = ?2".into(), vec![dimension.into()]));
        let read =
            |columns: &mut crate::sql::value::Columns| Ok(DimensionValueView::from(&read_value(columns)?));
        VALUE_LIST.page(self, tenant, query, of_dimension, read).await
    }
}
