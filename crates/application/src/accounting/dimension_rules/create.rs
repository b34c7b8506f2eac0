//! `POST /dimension-rules`: a new rule for one account, a code prefix or all accounts.

use async_trait::async_trait;
use domain::ids::DimensionRuleId;

use super::input::RuleInput;
use super::{DIMENSION_RULE, refuse_contradiction};
use crate::accounting::ports::dimension_rules::RuleRecord;
use crate::accounting::views::dimension::DimensionRuleView;
use crate::authorize::Access;
use crate::changes::record;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::ports::stored::Stored;
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct CreateDimensionRule {
    pub rule: RuleInput,
}

#[async_trait]
impl Command for CreateDimensionRule {
    const NAME: &'static str = "create_dimension_rule";
    const ACCESS: Access = Access::Permission("accounting.dimension_rule.create");
    type Output = DimensionRuleView;

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DimensionRuleView>> {
        let (account, kind) = self.rule.resolve(uow).await?;
        let id = DimensionRuleId::new(uow.new_id());
        let rule = RuleRecord { id, account, kind, active: self.rule.active, version: 1 };
        refuse_contradiction(uow, &rule).await?;
        uow.dimension_rules().insert(&rule).await?;
        let view = DimensionRuleView::from(&Stored { value: rule, updated_at: uow.now() });
        record(uow, DIMENSION_RULE, view.id, "created", None, Some(&view));
        Ok(Done::of(view.id, view.version, view))
    }
}
