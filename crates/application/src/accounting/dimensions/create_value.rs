//! `POST /dimensions/{id}/values`: a new value of a dimension.

use async_trait::async_trait;
use domain::accounting::dimension::{Dimension, DimensionValue};
use domain::error::Violations;
use domain::ids::{DimensionId, DimensionValueId};
use domain::text::{Code, LocalizedName};

use super::{DIMENSION, DIMENSION_VALUE, check_place, resolve_value};
use crate::accounting::views::dimension::DimensionValueView;
use crate::authorize::Access;
use crate::changes::{already_exists, record};
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::master_data::Records;
use crate::ports::codes::Coded;
use crate::ports::stored::Stored;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct CreateDimensionValue {
    pub dimension: DimensionId,
    pub code: Code,
    pub name: LocalizedName,
    pub parent: Option<Reference<DimensionValueId>>,
    pub postable: bool,
    pub active: bool,
}

#[async_trait]
impl Command for CreateDimensionValue {
    const NAME: &'static str = "create_dimension_value";
    const ACCESS: Access = Access::Permission("accounting.dimension.create");
    type Output = DimensionValueView;

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DimensionValueView>> {
        let dimension = Records::<Dimension>::find(uow, self.dimension).await?;
        dimension.ok_or_else(|| AppError::not_found(DIMENSION))?;
        let mut violations = Violations::new();
        if uow.codes().code_taken(Coded::ValueOf(self.dimension), &self.code, None).await? {
            violations.push(already_exists("code", &self.code));
        }
        let parent_id = match &self.parent {
            Some(parent) => resolve_value(uow, self.dimension, parent, "/parent", &mut violations).await?,
            None => None,
        };
        let value = DimensionValue {
            id: DimensionValueId::new(uow.new_id()),
            dimension_id: self.dimension,
            code: self.code.clone(),
            name: self.name.clone(),
            parent_id,
            postable: self.postable,
            active: self.active,
            version: 1,
        };
        check_place(uow, &value, 0, &mut violations).await?;
        let value = violations.into_result(value)?;
        uow.dimensions().insert_value(&value).await?;
        let view = DimensionValueView::from(&Stored { value, updated_at: uow.now() });
        record(uow, DIMENSION_VALUE, view.id, "created", None, Some(&view));
        Ok(Done::of(view.id, view.version, view))
    }
}
