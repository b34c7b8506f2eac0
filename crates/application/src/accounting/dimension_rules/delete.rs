//! `DELETE /dimension-rules/{id}`.

use async_trait::async_trait;
use domain::ids::DimensionRuleId;

use super::DIMENSION_RULE;
use crate::accounting::views::dimension::DimensionRuleView;
use crate::authorize::Access;
use crate::changes::{record, stale};
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct DeleteDimensionRule {
    pub id: DimensionRuleId,
}

#[async_trait]
impl Command for DeleteDimensionRule {
    const NAME: &'static str = "delete_dimension_rule";
    const ACCESS: Access = Access::Permission("accounting.dimension_rule.delete");
    type Output = ();

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        let stored = uow.dimension_rules().find(self.id).await?;
        let stored = stored.ok_or_else(|| AppError::not_found(DIMENSION_RULE))?;
        let version = stored.value.version;
        check_version(ctx, version)?;
        if !uow.dimension_rules().delete(self.id, version).await? {
            return Err(stale(version));
        }
        let before = DimensionRuleView::from(&stored);
        record(uow, DIMENSION_RULE, before.id, "deleted", Some(&before), None);
        Ok(Done::new(()))
    }
}
