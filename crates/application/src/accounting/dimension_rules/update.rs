//! `PATCH /dimension-rules/{id}`: a rule changes; entries posted before keep what they have.

use async_trait::async_trait;
use domain::ids::{AccountId, DimensionId, DimensionRuleId, DimensionValueId};

use super::input::{PairInput, RuleInput, RuleWord};
use super::{DIMENSION_RULE, refuse_contradiction};
use crate::accounting::ports::dimension_rules::RuleRecord;
use crate::accounting::views::dimension::DimensionRuleView;
use crate::authorize::Access;
use crate::changes::{record, stale};
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::ports::stored::Stored;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

/// `None` leaves a field as it is, an inner `None` empties it.
#[derive(Debug, Clone)]
pub struct UpdateDimensionRule {
    pub id: DimensionRuleId,
    pub kind: Option<RuleWord>,
    pub account: Option<Option<Reference<AccountId>>>,
    pub account_code_prefix: Option<Option<String>>,
    pub dimension: Option<Option<Reference<DimensionId>>>,
    pub value: Option<Option<Reference<DimensionValueId>>>,
    pub combination: Option<Vec<PairInput>>,
    pub active: Option<bool>,
}

#[async_trait]
impl Command for UpdateDimensionRule {
    const NAME: &'static str = "update_dimension_rule";
    const ACCESS: Access = Access::Permission("accounting.dimension_rule.update");
    type Output = DimensionRuleView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<DimensionRuleView>> {
        let stored = uow.dimension_rules().find(self.id).await?;
        let stored = stored.ok_or_else(|| AppError::not_found(DIMENSION_RULE))?;
        let current = stored.value.version;
        check_version(ctx, current)?;
        let input = self.merge(RuleInput::from(&stored.value));
        let (account, kind) = input.resolve(uow).await?;
        let rule = RuleRecord { id: self.id, account, kind, active: input.active, version: current + 1 };
        refuse_contradiction(uow, &rule).await?;
        if !uow.dimension_rules().update(&rule).await? {
            return Err(stale(current));
        }
        let before = DimensionRuleView::from(&stored);
        let view = DimensionRuleView::from(&Stored { value: rule, updated_at: uow.now() });
        record(uow, DIMENSION_RULE, view.id, "updated", Some(&before), Some(&view));
        Ok(Done::of(view.id, view.version, view))
    }
}

impl UpdateDimensionRule {
    fn merge(&self, old: RuleInput) -> RuleInput {
        RuleInput {
            kind: self.kind.unwrap_or(old.kind),
            account: self.account.clone().unwrap_or(old.account),
            account_code_prefix: self.account_code_prefix.clone().unwrap_or(old.account_code_prefix),
            dimension: self.dimension.clone().unwrap_or(old.dimension),
            value: self.value.clone().unwrap_or(old.value),
            combination: self.combination.clone().unwrap_or(old.combination),
            active: self.active.unwrap_or(old.active),
        }
    }
}
