//! `PATCH /dimensions/{id}/values/{valueId}`.

use async_trait::async_trait;
use domain::accounting::dimension::DimensionValue;
use domain::error::Violations;
use domain::ids::{DimensionId, DimensionValueId};
use domain::text::{Code, LocalizedName};

use super::{DIMENSION_VALUE, check_place, resolve_value};
use crate::accounting::views::dimension::DimensionValueView;
use crate::authorize::Access;
use crate::changes::{already_exists, record, stale};
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::ports::codes::Coded;
use crate::ports::stored::Stored;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

/// `None` leaves a field as it is, an inner `None` empties it.
#[derive(Debug, Clone)]
pub struct UpdateDimensionValue {
    pub dimension: DimensionId,
    pub id: DimensionValueId,
    pub code: Option<Code>,
    pub name: Option<LocalizedName>,
    pub parent: Option<Option<Reference<DimensionValueId>>>,
    pub postable: Option<bool>,
    pub active: Option<bool>,
}

#[async_trait]
impl Command for UpdateDimensionValue {
    const NAME: &'static str = "update_dimension_value";
    const ACCESS: Access = Access::Permission("accounting.dimension.update");
    type Output = DimensionValueView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<DimensionValueView>> {
        let stored = uow.dimensions().find_value(self.id).await?;
        let stored = stored.filter(|stored| stored.value.dimension_id == self.dimension);
        let stored = stored.ok_or_else(|| AppError::not_found(DIMENSION_VALUE))?;
        let before = DimensionValueView::from(&stored);
        let old = stored.value;
        check_version(ctx, old.version)?;
        let mut violations = Violations::new();
        if let Some(code) = self.code.as_ref().filter(|code| **code != old.code)
            && uow.codes().code_taken(Coded::ValueOf(self.dimension), code, Some(old.id.uuid())).await?
        {
            violations.push(already_exists("code", code));
        }
        let parent_id = match &self.parent {
            None => old.parent_id,
            Some(None) => None,
            Some(Some(parent)) => {
                resolve_value(uow, self.dimension, parent, "/parent", &mut violations).await?
            }
        };
        let (current, moved) = (old.version, parent_id != old.parent_id);
        let value = DimensionValue {
            id: old.id,
            dimension_id: old.dimension_id,
            code: self.code.clone().unwrap_or(old.code),
            name: self.name.clone().unwrap_or(old.name),
            parent_id,
            postable: self.postable.unwrap_or(old.postable),
            active: self.active.unwrap_or(old.active),
            version: current + 1,
        };
        if moved {
            let levels = uow.dimensions().value_levels_below(self.id).await?;
            check_place(uow, &value, levels, &mut violations).await?;
        }
        let value = violations.into_result(value)?;
        if !uow.dimensions().update_value(&value).await? {
            return Err(stale(current));
        }
        let view = DimensionValueView::from(&Stored { value, updated_at: uow.now() });
        record(uow, DIMENSION_VALUE, view.id, "updated", Some(&before), Some(&view));
        Ok(Done::of(view.id, view.version, view))
    }
}
