//! `/recurring-entries`: templates that become entries when they fall due.

pub mod dto;
mod write;

use application::accounting::error::{JOURNAL_UNKNOWN, POST_PERMISSION_NEEDED};
use application::accounting::ports::recurring_entries::{OCCURRENCE_LIST, RECURRING_ENTRY_LIST};
use application::accounting::recurring::{DeleteRecurring, RunRecurring, SkipOccurrence};
use application::accounting::recurring_entries::{CreateRecurringEntry, UpdateRecurringEntry};
use application::accounting::views::recurring::RecurringOccurrenceView;
use application::accounting::views::recurring_entry::{
    RecurringEntryView, RecurringRunView, RecurringSkipView, UpcomingEntriesView,
};
use application::authorize::Access;
use application::error::{ALREADY_EXISTS, IN_USE};
use application::paging::ListSpec;
use domain::accounting::journal_entry::{CONTROL_REASON_REQUIRED, UNBALANCED_ENTRY};
use domain::accounting::recurrence::RECURRENCE_END_BEFORE_START;
use domain::accounting::recurring::RECURRING_OCCURRENCE_NOT_OPEN;
use domain::accounting::recurring_entry::{
    EntryTemplate, RECURRING_ENTRY_DROPS_OVERDUE, RECURRING_ENTRY_ENDED, RECURRING_ENTRY_INACTIVE,
    RECURRING_ENTRY_NEVER_DUE,
};

use super::recurring::{self, PreviewQuery, RecurringRoutes, RunRecurringBody, SkipOccurrenceBody};
use crate::operation::Operations;

const READ: Access = Access::Permission("accounting.recurring_entry.read");
const PATH: &str = "/recurring-entries";
const TAG: &str = "recurring entries";

impl RecurringRoutes for EntryTemplate {
    const READ: Access = READ;
    const LIST: &'static ListSpec = &RECURRING_ENTRY_LIST;
    const OCCURRENCES: &'static ListSpec = &OCCURRENCE_LIST;

    fn version(view: &RecurringEntryView) -> i64 {
        view.version
    }
}

pub fn operations(ops: &mut Operations) {
    ops.tag(
        TAG,
        "Recurring entries: templates that become drafts or posted entries on their dates, each exactly \
         once.",
    );
    ops.get(PATH, recurring::list::<EntryTemplate>)
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
            "In descriptions and references `{date}`, `{month}` and `{year}` stand for the posting date, \
             its two-digit month and its year. The background job makes the entries in the name of the user \
             who created or last changed the recurring entry, with the rights that user has at that time; \
             `autoPost` needs accounting.journal_entry.post. Lines that could never be posted are refused \
             with the errors of posting.",
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
            &POST_PERMISSION_NEEDED,
            &CONTROL_REASON_REQUIRED,
        ]);
    one(ops);
    occurrences(ops);
}

fn one(ops: &mut Operations) {
    ops.get("/recurring-entries/{id}", recurring::get::<EntryTemplate>)
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
            "`lines` replaces all lines. After a change of schedule, start or end, and after a pause, the \
             next date is the first one of the schedule after the last occurrence that was made, skipped or \
             has failed. Overdue occurrences stay due, including those that fell due during a pause. A \
             change after which an overdue occurrence would never be made is refused, unless `dropOverdue` \
             gives up everything due by today. A user who activates the entry or changes what it makes \
             becomes its orderer, in whose name it runs; with `autoPost` that needs \
             accounting.journal_entry.post.",
        )
        .command::<UpdateRecurringEntry>()
        .if_match()
        .body::<dto::UpdateRecurringEntryBody>()
        .ok::<RecurringEntryView>()
        .errors(&[
            &ALREADY_EXISTS,
            &RECURRENCE_END_BEFORE_START,
            &RECURRING_ENTRY_NEVER_DUE,
            &RECURRING_ENTRY_DROPS_OVERDUE,
            &POST_PERMISSION_NEEDED,
            &CONTROL_REASON_REQUIRED,
        ]);
    ops.delete("/recurring-entries/{id}", recurring::delete::<EntryTemplate>)
        .id("delete_recurring_entry")
        .tag(TAG)
        .summary("Delete a recurring entry")
        .description("Possible while no entry was made from it; afterwards set `active` to false.")
        .command::<DeleteRecurring<EntryTemplate>>()
        .if_match()
        .no_content()
        .errors(&[&IN_USE]);
}

fn occurrences(ops: &mut Operations) {
    ops.get("/recurring-entries/{id}/preview", recurring::preview::<EntryTemplate>)
        .id("preview_recurring_entry")
        .tag(TAG)
        .summary("Preview the next entries")
        .access(READ)
        .query::<PreviewQuery>()
        .ok::<UpcomingEntriesView>();
    ops.post("/recurring-entries/{id}/run", recurring::run::<EntryTemplate>)
        .id("run_recurring_entry")
        .tag(TAG)
        .summary("Make the entries that are due")
        .description(
            "Makes everything that is due by `date` and retries everything that failed before, at most 100 \
             entries at once. It makes drafts, or posted entries if `autoPost` is set. An occurrence that \
             cannot be made is reported in `failed` with its reasons and does not hold up later ones; run \
             again, or skip it. The background job does the same: for new occurrences within a minute of \
             their due time, for failed ones once a day.",
        )
        .command::<RunRecurring<EntryTemplate>>()
        .if_match()
        .body::<RunRecurringBody>()
        .ok::<RecurringRunView>()
        .errors(&[&RECURRING_ENTRY_INACTIVE, &POST_PERMISSION_NEEDED]);
    ops.get("/recurring-entries/{id}/occurrences", recurring::occurrences::<EntryTemplate>)
        .id("list_recurring_occurrences")
        .tag(TAG)
        .summary("List the occurrences that were not made")
        .description(
            "Lists the occurrences that failed, with the reasons, and those that were skipped. Those that \
             were made are the journal entries with this `recurringEntryId`.",
        )
        .access(READ)
        .list::<RecurringOccurrenceView>(&OCCURRENCE_LIST);
    ops.post("/recurring-entries/{id}/skip", recurring::skip::<EntryTemplate>)
        .id("skip_recurring_occurrence")
        .tag(TAG)
        .summary("Skip an occurrence")
        .description(
            "The next occurrence, or one that failed, will not be made. The reason is kept in the audit log.",
        )
        .command::<SkipOccurrence<EntryTemplate>>()
        .if_match()
        .body::<SkipOccurrenceBody>()
        .ok::<RecurringSkipView>()
        .errors(&[&RECURRING_OCCURRENCE_NOT_OPEN, &RECURRING_ENTRY_ENDED]);
}
