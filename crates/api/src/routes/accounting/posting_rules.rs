//! `/posting-rules`: which account a document posts to.

use std::sync::Arc;

use application::accounting::ports::posting_rules::PostingRuleQueries;
use application::accounting::posting_rules::resolve::{
    PostingAccountView, PostingAccounts, ResolvePostingRuleBody,
};
use application::authorize::Access;
use application::error::UNKNOWN_REFERENCE;
use application::master_data::Described;
use axum::extract::State;
use domain::accounting::posting_rule::{POSTING_RULE_MISSING, PostingRule};

use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Json};
use crate::operation::Operations;
use crate::routes::master_data;

pub fn operations(ops: &mut Operations) {
    master_data::operations::<PostingRule>(ops);
    ops.post("/posting-rules/resolve", resolve)
        .id("resolve_posting_rule")
        .tag(PostingRule::RESOURCE.tag)
        .summary("Find the account of a slot")
        .description(
            "Answers the account to which a document with these keys would post, and the rule that names it, without keeping \
             anything. Name every key that the document has: one that is left out fits no rule that has it.",
        )
        .access(Access::Permission("accounting.posting_rule.read"))
        .body::<ResolvePostingRuleBody>()
        .ok::<PostingAccountView>()
        .errors(&[&UNKNOWN_REFERENCE, &POSTING_RULE_MISSING])
        .also_read_only();
}

async fn resolve(
    State(queries): State<Arc<dyn PostingRuleQueries>>,
    ctx: Ctx,
    Json(body): Json<ResolvePostingRuleBody>,
) -> ApiResult {
    answer::json(&PostingAccounts { queries }.run(ctx.tenant, &body).await?)
}
