//! `DELETE /dimensions/{id}/values/{valueId}`: only a value that nothing refers to disappears.

use async_trait::async_trait;
use domain::ids::{DimensionId, DimensionValueId};

use super::DIMENSION_VALUE;
use crate::accounting::views::dimension::DimensionValueView;
use crate::authorize::Access;
use crate::changes::{record, refuse_used, stale};
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct DeleteDimensionValue {
    pub dimension: DimensionId,
    pub id: DimensionValueId,
}

#[async_trait]
impl Command for DeleteDimensionValue {
    const NAME: &'static str = "delete_dimension_value";
    const ACCESS: Access = Access::Permission("accounting.dimension.delete");
    type Output = ();

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        let stored = uow.dimensions().find_value(self.id).await?;
        let stored = stored.filter(|stored| stored.value.dimension_id == self.dimension);
        let stored = stored.ok_or_else(|| AppError::not_found(DIMENSION_VALUE))?;
        let version = stored.value.version;
        check_version(ctx, version)?;
        refuse_used(&uow.dimensions().value_users(self.id).await?)?;
        if !uow.dimensions().delete_value(self.id, version).await? {
            return Err(stale(version));
        }
        let before = DimensionValueView::from(&stored);
        record(uow, DIMENSION_VALUE, before.id, "deleted", Some(&before), None);
        Ok(Done::new(()))
    }
}
