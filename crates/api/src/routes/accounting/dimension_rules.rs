//! `/dimension-rules`: what accounts ask of the dimensions on their lines.

use std::sync::Arc;

use application::accounting::dimension_rules::DIMENSION_RULE;
use application::accounting::dimension_rules::create::CreateDimensionRule;
use application::accounting::dimension_rules::delete::DeleteDimensionRule;
use application::accounting::dimension_rules::input::{PairInput, RuleInput, RuleWord};
use application::accounting::dimension_rules::update::UpdateDimensionRule;
use application::accounting::error::{
    DIMENSION_RULE_MEMBER_MISSING, DIMENSION_RULE_MEMBER_UNUSED, DIMENSION_RULE_ONE_SELECTOR,
    DIMENSION_VALUE_ELSEWHERE,
};
use application::accounting::ports::dimension_rules::{DIMENSION_RULE_LIST, DimensionRuleQueries};
use application::accounting::views::dimension::DimensionRuleView;
use application::authorize::Access;
use application::command::{Application, execute};
use application::error::{AppError, AppResult, UNKNOWN_REFERENCE};
use application::paging::ListSpec;
use axum::extract::State;
use domain::accounting::dimension::{DIMENSION_RULES_CONTRADICT, DIMENSIONS_PER_LINE_MAX};
use domain::error::{Violation, Violations};
use domain::ids::{AccountId, DimensionId, DimensionRuleId, DimensionValueId};
use domain::text::Code;
use http::HeaderMap;

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, Json, ListParams, ListSpecSource};
use crate::operation::Operations;
use crate::request;
use crate::wire::{List, Optional, Patch, REQUIRED};
use application::reference::{by_id_or_code, patched};

const READ: Access = Access::Permission("accounting.dimension_rule.read");
const PATH: &str = "/dimension-rules";
const TAG: &str = "dimension rules";

type Combination = List<DimensionPairBody, DIMENSIONS_PER_LINE_MAX>;

impl ListSpecSource for DimensionRuleView {
    const SPEC: &'static ListSpec = &DIMENSION_RULE_LIST;
}

request! {
    /// A new rule. Without account and prefix it is for all accounts.
    pub struct CreateDimensionRuleBody {
        /// What it asks.
        kind: RuleWord = "mandatory",
        /// The account it is for, by id.
        account_id: Option<AccountId>,
        /// The account by code.
        account_code: Option<Code>,
        /// Instead: every account whose code begins so.
        account_code_prefix: Option<Code> = "6",
        /// The dimension it is about, by id; not of a combination.
        dimension_id: Option<DimensionId>,
        /// The dimension by code.
        dimension_code: Option<Code> = "cost-centre",
        /// The value of a fixed dimension, by id; those below it are taken, too.
        value_id: Option<DimensionValueId>,
        /// The same by code.
        value_code: Option<Code>,
        /// The values that may not (`blocked_combination`) or may (`allowed_combination`) stand together on one line, and
        /// those below them.
        combination: Option<Combination>,
        /// Is checked.
        active: bool => true,
    }

    /// A value of a dimension, each by id or by code.
    pub struct DimensionPairBody {
        /// The dimension by id.
        dimension_id: Option<DimensionId>,
        /// The dimension by code.
        dimension_code: Option<Code> = "branch",
        /// The value by id.
        value_id: Option<DimensionValueId>,
        /// The value by code.
        value_code: Option<Code> = "RUH",
    }

    /// Changes to a rule (JSON Merge Patch): left out stays, null empties.
    pub struct UpdateDimensionRuleBody {
        /// What it asks.
        kind: Optional<RuleWord>,
        /// The account it is for, by id.
        account_id: Patch<AccountId>,
        /// The account by code.
        account_code: Patch<Code>,
        /// Every account whose code begins so.
        account_code_prefix: Patch<Code>,
        /// The dimension it is about, by id.
        dimension_id: Patch<DimensionId>,
        /// The dimension by code.
        dimension_code: Patch<Code>,
        /// The value of a fixed dimension, by id; those below it are taken, too.
        value_id: Patch<DimensionValueId>,
        /// The same by code.
        value_code: Patch<Code>,
        /// The values that may not or may stand together on one line, and those below them.
        combination: Patch<Combination>,
        /// Is checked.
        active: Optional<bool>,
    }
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "What accounts ask of the dimensions on their lines, checked whenever an entry is posted. Of the rules for one dimension \
         those with the most specific selector decide: an account before a code prefix, a longer prefix before a shorter one, a \
         prefix before all accounts; `optional` is the exception that asks nothing. Blocked combinations add up; an \
         `allowed_combination` of the same dimensions lifts one whose selector is less specific, or the same with values \
         above its own. A value in a rule stands for the values below it, too. Broken rules are reported in the order in \
         which the rules were made.");
    ops.get(PATH, list)
        .id("list_dimension_rules")
        .tag(TAG)
        .summary("List dimension rules")
        .access(READ)
        .list::<DimensionRuleView>(&DIMENSION_RULE_LIST);
    ops.post(PATH, create)
        .id("create_dimension_rule")
        .tag(TAG)
        .summary("Create a dimension rule")
        .command::<CreateDimensionRule>()
        .body::<CreateDimensionRuleBody>()
        .created::<DimensionRuleView>()
        .errors(&[
            &UNKNOWN_REFERENCE,
            &DIMENSION_RULE_MEMBER_MISSING,
            &DIMENSION_RULE_MEMBER_UNUSED,
            &DIMENSION_RULE_ONE_SELECTOR,
            &DIMENSION_VALUE_ELSEWHERE,
            &DIMENSION_RULES_CONTRADICT,
        ]);
    ops.get("/dimension-rules/{id}", get)
        .id("get_dimension_rule")
        .tag(TAG)
        .summary("Get a dimension rule")
        .access(READ)
        .view::<DimensionRuleView>();
    ops.patch("/dimension-rules/{id}", update)
        .id("update_dimension_rule")
        .tag(TAG)
        .summary("Change a dimension rule")
        .command::<UpdateDimensionRule>()
        .if_match()
        .body::<UpdateDimensionRuleBody>()
        .ok::<DimensionRuleView>()
        .errors(&[
            &DIMENSION_RULE_MEMBER_MISSING,
            &DIMENSION_RULE_MEMBER_UNUSED,
            &DIMENSION_RULES_CONTRADICT,
        ]);
    ops.delete("/dimension-rules/{id}", delete)
        .id("delete_dimension_rule")
        .tag(TAG)
        .summary("Delete a dimension rule")
        .command::<DeleteDimensionRule>()
        .if_match()
        .no_content();
}

/// Every pair names both its dimension and its value.
fn pairs(combination: Combination) -> AppResult<Vec<PairInput>> {
    let mut errors = Violations::new();
    let mut pairs = Vec::with_capacity(combination.0.len());
    for (index, pair) in combination.0.into_iter().enumerate() {
        let dimension = by_id_or_code(pair.dimension_id, pair.dimension_code);
        let value = by_id_or_code(pair.value_id, pair.value_code);
        let missing = |member: &str| Violation::new(&REQUIRED).at(format!("/combination/{index}/{member}"));
        match (dimension, value) {
            (Some(dimension), Some(value)) => pairs.push((dimension, value)),
            (dimension, value) => {
                errors.extend(dimension.is_none().then(|| missing("dimensionId")));
                errors.extend(value.is_none().then(|| missing("valueId")));
            }
        }
    }
    Ok(errors.into_result(pairs)?)
}

async fn list(
    State(queries): State<Arc<dyn DimensionRuleQueries>>,
    ctx: Ctx,
    params: ListParams<DimensionRuleView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    let page = move |query| {
        let queries = queries.clone();
        async move { queries.dimension_rules(tenant, &query).await }
    };
    answer::list(page, params.into_inner(), accept).await
}

async fn create(
    State(app): State<Application>,
    ctx: Ctx,
    Json(body): Json<CreateDimensionRuleBody>,
) -> ApiResult {
    let rule = RuleInput {
        kind: body.kind,
        account: by_id_or_code(body.account_id, body.account_code),
        account_code_prefix: body.account_code_prefix.map(Code::into_string),
        dimension: by_id_or_code(body.dimension_id, body.dimension_code),
        value: by_id_or_code(body.value_id, body.value_code),
        combination: body.combination.map(pairs).transpose()?.unwrap_or_default(),
        active: body.active,
    };
    answer::created(PATH, execute(&app, &ctx, CreateDimensionRule { rule }).await?)
}

async fn get(
    State(queries): State<Arc<dyn DimensionRuleQueries>>,
    ctx: Ctx,
    Id(id): Id<DimensionRuleId>,
    headers: HeaderMap,
) -> ApiResult {
    let view = queries.dimension_rule(ctx.tenant, id).await?;
    let view = view.ok_or_else(|| AppError::not_found(DIMENSION_RULE))?;
    answer::view(&view, Some(view.version), &headers)
}

async fn update(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<DimensionRuleId>,
    Json(body): Json<UpdateDimensionRuleBody>,
) -> ApiResult {
    let combination = match body.combination.into_option() {
        None => None,
        Some(None) => Some(Vec::new()),
        Some(Some(combination)) => Some(pairs(combination)?),
    };
    let command = UpdateDimensionRule {
        id,
        kind: body.kind.0,
        account: patched(body.account_id, body.account_code),
        account_code_prefix: body.account_code_prefix.map(Code::into_string).into_option(),
        dimension: patched(body.dimension_id, body.dimension_code),
        value: patched(body.value_id, body.value_code),
        combination,
        active: body.active.0,
    };
    answer::ok(execute(&app, &ctx, command).await?)
}

async fn delete(State(app): State<Application>, ctx: Ctx, Id(id): Id<DimensionRuleId>) -> ApiResult {
    answer::no_content(execute(&app, &ctx, DeleteDimensionRule { id }).await?)
}
