//! `/integrity`: the books prove themselves.

use std::sync::Arc;

use application::accounting::integrity::Integrity;
use application::accounting::ports::integrity::IntegrityQueries;
use application::accounting::views::integrity::{ChainVerificationView, IntegrityChecksView};
use application::authorize::Access;
use axum::extract::State;

use crate::answer::{self, ApiResult};
use crate::extract::Ctx;
use crate::operation::Operations;

const READ: Access = Access::Permission("accounting.integrity.read");
const TAG: &str = "integrity";

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "Proofs that the books agree with themselves and that no posted entry was altered.");
    ops.get("/integrity/checks", checks)
        .id("get_integrity_checks")
        .tag(TAG)
        .summary("Check the truths that must always hold")
        .description(
            "Trial balance, maintained balances, entries, numbers, chain ends, change feed, reversals; each with the \
             first contradictions.",
        )
        .access(READ)
        .ok::<IntegrityChecksView>()
        .long();
    ops.post("/integrity/verify", verify)
        .id("verify_integrity")
        .tag(TAG)
        .summary("Recompute every hash chain")
        .description("Reads every posted line, journal by journal, and names the first entry that is not as it was posted.")
        .access(READ)
        .ok::<ChainVerificationView>()
        .also_read_only()
        .open_ended();
}

async fn checks(State(queries): State<Arc<dyn IntegrityQueries>>, ctx: Ctx) -> ApiResult {
    answer::json(&Integrity::new(queries).checks(ctx.tenant, ctx.language).await?)
}

async fn verify(State(queries): State<Arc<dyn IntegrityQueries>>, ctx: Ctx) -> ApiResult {
    answer::json(&Integrity::new(queries).verify(ctx.tenant).await?)
}
