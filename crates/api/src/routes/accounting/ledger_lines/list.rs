use std::sync::Arc;

use application::accounting::ports::journal_entries::{JournalEntryQueries, LEDGER_LINE_LIST};
use application::accounting::views::journal_entry::LedgerLineView;
use application::paging::ListSpec;
use axum::extract::State;

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, ListParams, ListSpecSource};

impl ListSpecSource for LedgerLineView {
    const SPEC: &'static ListSpec = &LEDGER_LINE_LIST;
}

pub async fn list(
    State(queries): State<Arc<dyn JournalEntryQueries>>,
    ctx: Ctx,
    params: ListParams<LedgerLineView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    answer::list_from(queries, move |from, query| from.ledger_lines(tenant, query), params, accept).await
}
