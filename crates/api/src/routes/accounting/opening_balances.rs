//! `/opening-balances`: the entries that open a tenant's books.

use std::sync::Arc;

use application::accounting::opening_balances::{
    CreateOpeningBalances, FISCAL_YEARS_MISSING, OPENING_ACCOUNT_MISSING, OPENING_JOURNAL_MISSING,
    OpeningBalancesView,
};
use application::accounting::ports::opening_balances::OpeningBalanceQueries;
use application::accounting::views::journal_entry::JournalEntryView;
use application::authorize::Access;
use application::command::{Application, execute};
use axum::extract::State;
use chrono::NaiveDate;
use domain::accounting::journal_entry::{JOURNAL_LINES_MAX, REFERENCE_LENGTH_MAX};
use domain::accounting::opening::{OPENING_ACCOUNT_IN_LINES, OPENING_BALANCES_EMPTY};
use domain::text::DESCRIPTION_LENGTH_MAX;
use http::HeaderMap;

use super::journal_entries::dto::JournalEntryLineBody;
use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Json};
use crate::operation::Operations;
use crate::request;
use crate::wire::{List, Text};

const READ: Access = Access::Permission("accounting.opening_balance.read");
const PATH: &str = "/opening-balances";
const TAG: &str = "opening balances";

request! {
    /// The balances with which the books begin.
    pub struct CreateOpeningBalancesBody {
        /// The posting date; by default the first day of the first fiscal year.
        posting_date: Option<NaiveDate> = "2026-01-01",
        /// The description of the entry.
        description: Option<Text<DESCRIPTION_LENGTH_MAX>> = "Opening balances",
        /// The number of the underlying document.
        reference: Option<Text<REFERENCE_LENGTH_MAX>>,
        /// The opening balances. Receivable and payable accounts take one line for each open item, with its document
        /// (`reference`), `party` and `dueDate`. Any difference between debits and credits is posted to the opening
        /// account.
        lines: List<JournalEntryLineBody, JOURNAL_LINES_MAX, 1>,
    }
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "The opening balances: entries that are balanced through the opening account.");
    ops.get(PATH, get)
        .id("get_opening_balances")
        .tag(TAG)
        .summary("Get the opening balances")
        .description(
            "The opening entries that are posted and not reversed, and what they leave on the opening account. It comes to \
             zero once all opening balances are there; the close checklist warns of a rest.",
        )
        .access(READ)
        .view::<OpeningBalancesView>();
    ops.post(PATH, create)
        .id("create_opening_balances")
        .tag(TAG)
        .summary("Post opening balances")
        .description(
            "Posts opening balances, all of them or a part: each request makes an entry of its own, which is balanced through \
             the opening account, and which is corrected by reversing it and posting it anew. Reports treat all of them as \
             opening figures. Refused with `approval_required` if an approval policy matches: import them as a draft and \
             submit that.",
        )
        .command::<CreateOpeningBalances>()
        .body::<CreateOpeningBalancesBody>()
        .created::<JournalEntryView>()
        .large()
        .errors(&[
            &OPENING_ACCOUNT_MISSING,
            &OPENING_JOURNAL_MISSING,
            &FISCAL_YEARS_MISSING,
            &OPENING_ACCOUNT_IN_LINES,
            &OPENING_BALANCES_EMPTY,
        ]);
}

async fn get(
    State(queries): State<Arc<dyn OpeningBalanceQueries>>,
    ctx: Ctx,
    headers: HeaderMap,
) -> ApiResult {
    answer::view(&queries.opening_balances(ctx.tenant).await?, None, &headers)
}

async fn create(
    State(app): State<Application>,
    ctx: Ctx,
    Json(body): Json<CreateOpeningBalancesBody>,
) -> ApiResult {
    let command = CreateOpeningBalances {
        posting_date: body.posting_date,
        description: body.description.map(Into::into),
        reference: body.reference.map(Into::into),
        lines: body.lines.0.into_iter().map(Into::into).collect(),
    };
    answer::created("/journal-entries", execute(&app, &ctx, command).await?)
}
