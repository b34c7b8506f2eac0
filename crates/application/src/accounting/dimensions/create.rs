//! `POST /dimensions`: a new way to analyse lines.

use async_trait::async_trait;
use domain::accounting::dimension::Dimension;
use domain::ids::DimensionId;
use domain::text::{Code, LocalizedName};

use super::DIMENSION;
use crate::accounting::changes::{already_exists, record};
use crate::accounting::ports::codes::Coded;
use crate::accounting::ports::stored::Stored;
use crate::accounting::views::dimension::DimensionView;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::ports::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct CreateDimension {
    pub code: Code,
    pub name: LocalizedName,
    pub active: bool,
}

#[async_trait]
impl Command for CreateDimension {
    const NAME: &'static str = "create_dimension";
    const ACCESS: Access = Access::Permission("accounting.dimension.create");
    type Output = DimensionView;

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DimensionView>> {
        if uow.codes().code_taken(Coded::Dimension, &self.code, None).await? {
            return Err(AppError::new(already_exists("code", &self.code)));
        }
        let dimension = Dimension {
            id: DimensionId::new(uow.new_id()),
            code: self.code.clone(),
            name: self.name.clone(),
            active: self.active,
            version: 1,
        };
        uow.dimensions().insert(&dimension).await?;
        let view = DimensionView::from(&Stored { value: dimension, updated_at: uow.now() });
        record(uow, DIMENSION, view.id, "created", None, Some(&view));
        Ok(Done::of(view.id, view.version, view))
    }
}
