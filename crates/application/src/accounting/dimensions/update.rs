//! `PATCH /dimensions/{id}`.

use async_trait::async_trait;
use domain::accounting::dimension::Dimension;
use domain::ids::DimensionId;
use domain::text::{Code, LocalizedName};

use super::DIMENSION;
use crate::accounting::changes::{already_exists, record, stale};
use crate::accounting::ports::codes::Coded;
use crate::accounting::ports::stored::Stored;
use crate::accounting::views::dimension::DimensionView;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::ports::unit_of_work::UnitOfWork;

/// `None` leaves a field as it is.
#[derive(Debug, Clone)]
pub struct UpdateDimension {
    pub id: DimensionId,
    pub code: Option<Code>,
    pub name: Option<LocalizedName>,
    pub active: Option<bool>,
}

#[async_trait]
impl Command for UpdateDimension {
    const NAME: &'static str = "update_dimension";
    const ACCESS: Access = Access::Permission("accounting.dimension.update");
    type Output = DimensionView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DimensionView>> {
        let stored = uow.dimensions().find(self.id).await?.ok_or_else(|| AppError::not_found(DIMENSION))?;
        let before = DimensionView::from(&stored);
        let old = stored.value;
        check_version(ctx, old.version)?;
        if let Some(code) = self.code.as_ref().filter(|code| **code != old.code)
            && uow.codes().code_taken(Coded::Dimension, code, Some(self.id.uuid())).await?
        {
            return Err(AppError::new(already_exists("code", code)));
        }
        let current = old.version;
        let dimension = Dimension {
            id: old.id,
            code: self.code.clone().unwrap_or(old.code),
            name: self.name.clone().unwrap_or(old.name),
            active: self.active.unwrap_or(old.active),
            version: current + 1,
        };
        if !uow.dimensions().update(&dimension).await? {
            return Err(stale(current));
        }
        let view = DimensionView::from(&Stored { value: dimension, updated_at: uow.now() });
        record(uow, DIMENSION, view.id, "updated", Some(&before), Some(&view));
        Ok(Done::of(view.id, view.version, view))
    }
}
