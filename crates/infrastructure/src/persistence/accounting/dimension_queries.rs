//! [`DimensionQueries`]: dimensions and their values as views, straight from SQL.

use application::accounting::ports::dimensions::DimensionQueries;
use application::accounting::views::dimension::{DimensionValueView, DimensionView};
use application::error::AppResult;
use application::paging::{ListQuery, Page};
use async_trait::async_trait;
use domain::ids::{DimensionId, DimensionValueId, TenantId};

use super::dimensions::{FIND, FIND_VALUE, dimension_columns, read_dimension, read_value, value_columns};
use crate::sql::db::Db;
use crate::sql::list::ListSql;

pub static LIST: ListSql = ListSql {
    spec: &application::accounting::ports::dimensions::DIMENSION_LIST,
    select: dimension_columns!(),
    tenant: "d.tenant_id",
    key: &["d.id"],
    columns: &[("id", "d.id"), ("code", "d.code"), ("active", "d.active"), ("updatedAt", "d.updated_at")],
    sorted_as: &[],
};

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
    async fn dimension(&self, tenant: TenantId, id: DimensionId) -> AppResult<Option<DimensionView>> {
        let Some(row) = self.find(&FIND, &[tenant.into(), id.into()]).await? else { return Ok(None) };
        Ok(Some(DimensionView::from(&read_dimension(&mut row.columns("dimension"))?)))
    }

    async fn dimensions(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<DimensionView>> {
        LIST.page(self, tenant, query, None, |columns| Ok(DimensionView::from(&read_dimension(columns)?)))
            .await
    }

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
