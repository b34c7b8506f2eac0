use std::sync::Arc;

use application::accounting::ports::journal_entries::{JOURNAL_ENTRY_LIST, JournalEntryQueries};
use application::accounting::views::journal_entry::JournalEntryView;
use application::paging::ListSpec;
use axum::extract::State;

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, ListParams, ListSpecSource};

impl ListSpecSource for JournalEntryView {
    const SPEC: &'static ListSpec = &JOURNAL_ENTRY_LIST;
}

pub async fn list(
    State(queries): State<Arc<dyn JournalEntryQueries>>,
    ctx: Ctx,
    params: ListParams<JournalEntryView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    answer::list_from(queries, move |from, query| from.journal_entries(tenant, query), params, accept).await
}
