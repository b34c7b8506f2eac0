//! `DELETE /dimensions/{id}`: only a dimension without values and rules disappears.

use async_trait::async_trait;
use domain::ids::DimensionId;

use super::DIMENSION;
use crate::accounting::changes::{record, refuse_used, stale};
use crate::accounting::views::dimension::DimensionView;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::ports::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct DeleteDimension {
    pub id: DimensionId,
}

#[async_trait]
impl Command for DeleteDimension {
    const NAME: &'static str = "delete_dimension";
    const ACCESS: Access = Access::Permission("accounting.dimension.delete");
    type Output = ();

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        let stored = uow.dimensions().find(self.id).await?.ok_or_else(|| AppError::not_found(DIMENSION))?;
        let version = stored.value.version;
        check_version(ctx, version)?;
        refuse_used(&uow.dimensions().users(self.id).await?)?;
        if !uow.dimensions().delete(self.id, version).await? {
            return Err(stale(version));
        }
        let before = DimensionView::from(&stored);
        record(uow, DIMENSION, before.id, "deleted", Some(&before), None);
        Ok(Done::new(()))
    }
}
