//! `/journal-entries`: drafts, posting, reversal.

mod copy;
mod create;
mod delete;
pub mod dto;
mod get;
mod list;
mod post;
mod reverse;
mod submit;
mod update;

use application::accounting::approvals::submit::SubmitJournalEntry;
use application::accounting::approvals::views::ApprovalView;
use application::accounting::copy_journal_entry::CopyJournalEntry;
use application::accounting::create_journal_entry::CreateJournalEntry;
use application::accounting::delete_journal_entry::DeleteJournalEntry;
use application::accounting::error::{
    ACCOUNT_CODE_UNKNOWN, DIMENSION_VALUE_UNKNOWN, ENTRY_FIELD_FIXED, ENTRY_NOT_DRAFT, ENTRY_NOT_POSTED,
    JOURNAL_UNKNOWN,
};
use application::accounting::ports::journal_entries::JOURNAL_ENTRY_LIST;
use application::accounting::post_journal_entry::PostJournalEntry;
use application::accounting::reverse_journal_entry::ReverseJournalEntry;
use application::accounting::update_journal_entry::UpdateJournalEntry;
use application::accounting::views::journal_entry::JournalEntryView;
use application::authorize::Access;
use domain::accounting::approval::{APPROVAL_NOT_REQUIRED, APPROVAL_REQUIRED, ENTRY_AWAITS_APPROVAL};
use domain::accounting::journal_entry::{
    ENTRY_ALREADY_REVERSED, ENTRY_BELONGS_TO_DOCUMENT, ENTRY_HAS_ALLOCATIONS, ENTRY_IS_REVERSAL,
    FISCAL_PERIOD_CLOSED, REVERSAL_NOT_COPIED, REVERSE_ON_NOT_LATER, UNBALANCED_ENTRY,
};
use domain::accounting::line_match::ENTRY_HAS_LINE_MATCHES;

use crate::operation::Operations;

pub(super) const READ: Access = Access::Permission("accounting.journal_entry.read");
const PATH: &str = "/journal-entries";
const TAG: &str = "journal entries";

pub fn operations(ops: &mut Operations) {
    ops.tag(
        TAG,
        "Journal entries: drafts, which can change; posted entries, which cannot; and their reversals.",
    );
    ops.get(PATH, list::list)
        .id("list_journal_entries")
        .tag(TAG)
        .summary("List journal entries")
        .description(
            "`text` looks in number, reference, description and notes; letter case and Arabic letter variants do not matter. \
             `accountCode`, `party`, `dimension` (`cost-centre:ADMIN`) and `lineAmount`, in the company currency, find posted \
             entries with such a line. `dimension` means exactly that value.",
        )
        .access(READ)
        .list::<JournalEntryView>(&JOURNAL_ENTRY_LIST);
    ops.post(PATH, create::create)
        .id("create_journal_entry")
        .tag(TAG)
        .summary("Create a journal entry")
        .description(
            "A draft, or with `post: true` an entry that is in the ledger at once, with its legal number. An entry that an \
             approval policy matches is not posted at once: create the draft and submit it.",
        )
        .command::<CreateJournalEntry>()
        .body::<dto::CreateJournalEntryBody>()
        .created::<JournalEntryView>()
        .large()
        .errors(&[
            &UNBALANCED_ENTRY,
            &ACCOUNT_CODE_UNKNOWN,
            &DIMENSION_VALUE_UNKNOWN,
            &JOURNAL_UNKNOWN,
            &REVERSE_ON_NOT_LATER,
            &APPROVAL_REQUIRED,
        ]);
    ops.get("/journal-entries/{id}", get::get)
        .id("get_journal_entry")
        .tag(TAG)
        .summary("Get a journal entry with its lines")
        .access(READ)
        .view::<JournalEntryView>();
    ops.patch("/journal-entries/{id}", update::update)
        .id("update_journal_entry")
        .tag(TAG)
        .summary("Change a draft")
        .description(
            "`lines` replaces all lines. Of a posted entry only `reference` and `notes` can be changed. An entry that waits \
             for approval does not change until it is recalled or rejected.",
        )
        .command::<UpdateJournalEntry>()
        .if_match()
        .body::<dto::UpdateJournalEntryBody>()
        .ok::<JournalEntryView>()
        .large()
        .errors(&[&ENTRY_FIELD_FIXED, &ENTRY_AWAITS_APPROVAL, &REVERSE_ON_NOT_LATER]);
    ops.delete("/journal-entries/{id}", delete::delete)
        .id("delete_journal_entry")
        .tag(TAG)
        .summary("Delete a draft")
        .command::<DeleteJournalEntry>()
        .if_match()
        .no_content()
        .errors(&[&ENTRY_NOT_DRAFT, &ENTRY_AWAITS_APPROVAL]);
    actions(ops);
}

fn actions(ops: &mut Operations) {
    ops.post("/journal-entries/{id}/post", post::post)
        .id("post_journal_entry")
        .tag(TAG)
        .summary("Post a draft")
        .description(
            "Assigns the entry's number and writes it into the ledger. This cannot be undone; a posted \
             entry can only be reversed. An entry that an approval policy matches is submitted instead, and posted by its \
             last approval; one that was approved and could not be posted is posted here.",
        )
        .command::<PostJournalEntry>()
        .if_match()
        .ok::<JournalEntryView>()
        .errors(&[
            &UNBALANCED_ENTRY,
            &FISCAL_PERIOD_CLOSED,
            &ENTRY_NOT_DRAFT,
            &APPROVAL_REQUIRED,
            &ENTRY_AWAITS_APPROVAL,
        ]);
    ops.post("/journal-entries/{id}/submit", submit::submit)
        .id("submit_journal_entry")
        .tag(TAG)
        .summary("Submit a draft for approval")
        .description(
            "The draft is checked as if it were posted, and then waits with the steps that its approval policy has now; a policy \
             that changes later changes nothing about it. The answer is the approval.",
        )
        .command::<SubmitJournalEntry>()
        .if_match()
        .created::<ApprovalView>()
        .errors(&[
            &APPROVAL_NOT_REQUIRED,
            &ENTRY_AWAITS_APPROVAL,
            &ENTRY_NOT_DRAFT,
            &UNBALANCED_ENTRY,
            &FISCAL_PERIOD_CLOSED,
        ]);
    ops.post("/journal-entries/{id}/reverse", reverse::reverse)
        .id("reverse_journal_entry")
        .tag(TAG)
        .summary("Reverse a posted entry")
        .description(
            "Posts a new entry with the sides swapped, at the original rates. The two entries are linked \
             both ways. An entry can be reversed only once. A reversal that an approval policy matches is a draft that \
             waits, submitted by the caller (`approvalStatus`); its last approval posts it.",
        )
        .command::<ReverseJournalEntry>()
        .if_match()
        .body::<dto::ReverseJournalEntryBody>()
        .created::<JournalEntryView>()
        .errors(&[
            &ENTRY_ALREADY_REVERSED,
            &ENTRY_IS_REVERSAL,
            &ENTRY_NOT_POSTED,
            &ENTRY_BELONGS_TO_DOCUMENT,
            &ENTRY_HAS_ALLOCATIONS,
            &ENTRY_HAS_LINE_MATCHES,
        ]);
    ops.post("/journal-entries/{id}/copy", copy::copy)
        .id("copy_journal_entry")
        .tag(TAG)
        .summary("Copy an entry into a new draft")
        .description(
            "The copy names its original in `copiedFromId`; the original names its latest copy in \
             `copiedToId`. A reversal cannot be copied: copy the entry that it reverses.",
        )
        .command::<CopyJournalEntry>()
        .body::<dto::CopyJournalEntryBody>()
        .created::<JournalEntryView>()
        .errors(&[&REVERSAL_NOT_COPIED]);
}
