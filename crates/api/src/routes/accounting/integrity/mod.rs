//! `/integrity`: the books prove themselves.

mod dto;

use std::sync::Arc;

use application::accounting::integrity::{HEAD_OF_ANOTHER_TENANT, Integrity};
use application::accounting::ports::integrity::IntegrityQueries;
use application::accounting::views::integrity::{
    ChainVerificationView, IntegrityChecksView, IntegrityHeadView,
};
use application::authorize::Access;
use application::command::Application;
use axum::extract::State;

use self::dto::VerifyIntegrityBody;
use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, OptionalJson};
use crate::operation::Operations;

const READ: Access = Access::Permission("accounting.integrity.read");
const TAG: &str = "integrity";

pub fn operations(ops: &mut Operations) {
    ops.tag(
        TAG,
        "Integrity: proofs that the books agree with themselves and that nothing posted or audited was \
         altered.",
    );
    ops.get("/integrity/checks", checks)
        .id("get_integrity_checks")
        .tag(TAG)
        .summary("Run the integrity checks")
        .description(
            "Checks the trial balance, maintained balances, entries, numbers, chain ends, change feed, \
             reversals, dimension sets and audit log, and whether periods and locks are in the state that \
             was audited. Each check has the first contradictions it found.",
        )
        .access(READ)
        .ok::<IntegrityChecksView>()
        .long();
    ops.get("/integrity/head", head)
        .id("get_integrity_head")
        .tag(TAG)
        .summary("Read the ends of all hash chains")
        .description(
            "The position and the hash of the last entry of each journal and of the last row of the audit \
             log, with one digest over all of them. Keep the answer outside the database: sent to `POST \
             /integrity/verify` later, it shows whether the end of a chain has been removed or rewritten \
             since.",
        )
        .access(READ)
        .ok::<IntegrityHeadView>();
    ops.post("/integrity/verify", verify)
        .id("verify_integrity")
        .tag(TAG)
        .summary("Recompute every hash chain")
        .description(
            "Reads every posted line and every audit row, and names the first one in each chain that \
             differs from what was written. With an earlier head in the body, it also names the chains \
             whose end is no longer there.",
        )
        .access(READ)
        .optional_body::<VerifyIntegrityBody>()
        .ok::<ChainVerificationView>()
        .errors(&[&HEAD_OF_ANOTHER_TENANT])
        .also_read_only()
        .open_ended();
}

async fn checks(State(queries): State<Arc<dyn IntegrityQueries>>, ctx: Ctx) -> ApiResult {
    answer::json(&Integrity::new(queries).checks(ctx.tenant, ctx.language).await?)
}

async fn head(
    State(queries): State<Arc<dyn IntegrityQueries>>,
    State(app): State<Application>,
    ctx: Ctx,
) -> ApiResult {
    answer::json(&Integrity::new(queries).head(ctx.tenant, app.clock.now()).await?)
}

async fn verify(
    State(queries): State<Arc<dyn IntegrityQueries>>,
    ctx: Ctx,
    OptionalJson(body): OptionalJson<VerifyIntegrityBody>,
) -> ApiResult {
    let head = body.and_then(|body| body.head).map(|head| head.into_input()).transpose()?;
    answer::json(&Integrity::new(queries).verify(ctx.tenant, head.as_ref()).await?)
}
