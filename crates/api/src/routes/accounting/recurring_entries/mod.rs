//! `/recurring-entries`: templates that become entries when they fall due.

mod actions;
pub mod dto;
mod read;
mod schedule;
mod write;

use application::accounting::error::{JOURNAL_UNKNOWN, POST_PERMISSION_NEEDED};
use application::accounting::ports::recurring_entries::RECURRING_ENTRY_LIST;
use application::accounting::recurring_entries::{
    CreateRecurringEntry, DeleteRecurringEntry, RunRecurringEntry, UpdateRecurringEntry,
};
use application::accounting::views::recurring_entry::{
    RecurringEntryView, RecurringRunView, UpcomingEntriesView,
};
use application::authorize::Access;
use application::error::{ALREADY_EXISTS, IN_USE};
use domain::accounting::journal_entry::UNBALANCED_ENTRY;
use domain::accounting::recurrence::RECURRENCE_END_BEFORE_START;
use domain::accounting::recurring_entry::{RECURRING_ENTRY_INACTIVE, RECURRING_ENTRY_NEVER_DUE};

use crate::operation::Operations;

const READ: Access = Access::Permission("accounting.recurring_entry.read");
const PATH: &str = "/recurring-entries";
const TAG: &str = "recurring entries";

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "Templates that become drafts or posted entries on their dates, each exactly once.");
    ops.get(PATH, read::list)
        .id("list_recurring_entries")
        .tag(TAG)
        .summary("List recurring entries")
        .access(READ)
        .list::<RecurringEntryView>(&RECURRING_ENTRY_LIST);
    ops.post(PATH, write::create)
        .id("create_recurring_entry")
        .tag(TAG)
        .summary("Create a recurring entry")
        .description(
            "In descriptions and references `{date}`, `{month}` and `{year}` stand for the posting date, its two-digit \
             month and its year.",
        )
        .command::<CreateRecurringEntry>()
        .body::<dto::CreateRecurringEntryBody>()
        .created::<RecurringEntryView>()
        .errors(&[
            &ALREADY_EXISTS,
            &JOURNAL_UNKNOWN,
            &RECURRENCE_END_BEFORE_START,
            &RECURRING_ENTRY_NEVER_DUE,
            &UNBALANCED_ENTRY,
        ]);
    ops.get("/recurring-entries/{id}", read::get)
        .id("get_recurring_entry")
        .tag(TAG)
        .summary("Get a recurring entry with its lines")
        .access(READ)
        .view::<RecurringEntryView>();
    ops.patch("/recurring-entries/{id}", write::update)
        .id("update_recurring_entry")
        .tag(TAG)
        .summary("Change a recurring entry")
        .description(
            "Lines given replace all lines. Another schedule goes on where the old one stands. What fell due while it was \
             inactive is skipped when it becomes active again.",
        )
        .command::<UpdateRecurringEntry>()
        .if_match()
        .body::<dto::UpdateRecurringEntryBody>()
        .ok::<RecurringEntryView>()
        .errors(&[&ALREADY_EXISTS, &RECURRENCE_END_BEFORE_START, &RECURRING_ENTRY_NEVER_DUE]);
    ops.delete("/recurring-entries/{id}", write::delete)
        .id("delete_recurring_entry")
        .tag(TAG)
        .summary("Delete a recurring entry")
        .description("While no entry was made from it; afterwards set `active` to false.")
        .command::<DeleteRecurringEntry>()
        .if_match()
        .no_content()
        .errors(&[&IN_USE]);
    occurrences(ops);
}

fn occurrences(ops: &mut Operations) {
    ops.get("/recurring-entries/{id}/preview", read::preview)
        .id("preview_recurring_entry")
        .tag(TAG)
        .summary("See the next entries")
        .access(READ)
        .query::<dto::PreviewQuery>()
        .ok::<UpcomingEntriesView>();
    ops.post("/recurring-entries/{id}/run", actions::run)
        .id("run_recurring_entry")
        .tag(TAG)
        .summary("Make what is due")
        .description(
            "Everything that falls due by `date`, at most 100 entries at once: drafts, or posted entries when `autoPost` is \
             set. The background does the same once a day.",
        )
        .command::<RunRecurringEntry>()
        .if_match()
        .body::<dto::RunRecurringEntryBody>()
        .ok::<RecurringRunView>()
        .errors(&[&RECURRING_ENTRY_INACTIVE, &POST_PERMISSION_NEEDED]);
}
