//! Recurring entries: templates that become entries when they fall due, exactly once each.

mod create;
mod template;
mod update;

pub use create::CreateRecurringEntry;
pub use update::UpdateRecurringEntry;

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::journal_entry::{DraftEntry, EntryStatus};
use domain::accounting::recurring_entry::{EntryTemplate, RecurringEntry, TEMPLATE_LINES_MAX};
use domain::ids::JournalEntryId;
use domain::money::{Currency, CurrencyCode};
use uuid::Uuid;

use super::approvals::submit::post_or_submit;
use super::create_journal_entry::{POST, insert_draft};
use super::error::POST_PERMISSION_NEEDED;
use super::ports::books::Books;
use super::ports::journal_entries::EntryMeta;
use super::ports::recurring::RecurringRepository;
use super::ports::recurring_entries::StoredRecurringEntry;
use super::recurring::{Ran, RecurringNames, Recurs, recurring_names};
use super::views::journal_entry::JournalEntryView;
use super::views::journal_entry_build::draft_lines;
use super::views::recurring_entry::{RecurringEntryView, RecurringRunView, RecurringSkipView};
use crate::authorize::Permission;
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

const CREATE: &str = <EntryTemplate as Recurs>::NAMES.can_create;
const UPDATE: &str = <EntryTemplate as Recurs>::NAMES.can_update;

/// A user who orders that entries be posted must be allowed to post them.
fn may_post(ctx: &RequestContext, auto_post: bool) -> AppResult<()> {
    if auto_post && !ctx.permissions.allows(POST) {
        return Err(AppError::of(&POST_PERMISSION_NEEDED));
    }
    Ok(())
}

#[async_trait]
impl Recurs for EntryTemplate {
    const NAMES: RecurringNames = recurring_names!(
        "accounting",
        "recurring_entry",
        "recurring_entries",
        "recurring_occurrence",
        "recurring-entries",
        RecurringEntry,
        ["journal entries"]
    );
    type Made = JournalEntryView;
    type Run = RecurringRunView;
    type Skip = RecurringSkipView;
    type Scope = Books;

    fn records(uow: &mut dyn UnitOfWork) -> &mut dyn RecurringRepository<Self> {
        uow.recurring_entries()
    }

    async fn open(ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Books> {
        Books::open(ctx, uow).await
    }

    fn known(books: &Books) -> &HashMap<CurrencyCode, Currency> {
        &books.currencies
    }

    fn needed_to_make(entry: &RecurringEntry) -> &'static [Permission] {
        if entry.auto_post { &[POST] } else { &[CREATE, UPDATE] }
    }

    fn may_order(ctx: &RequestContext, _: &Self, auto_post: bool) -> AppResult<()> {
        may_post(ctx, auto_post)
    }

    async fn check_postable(
        _: &RequestContext,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        entry: &mut RecurringEntry,
    ) -> AppResult<()> {
        template::check_postable(uow, books, entry).await
    }

    async fn make(
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        entry: &RecurringEntry,
        date: NaiveDate,
    ) -> AppResult<(Uuid, JournalEntryView)> {
        let id = JournalEntryId::new(uow.new_id());
        let draft = DraftEntry::new(entry.entry_on(date, id), TEMPLATE_LINES_MAX)?;
        let new = EntryMeta::new(ctx.actor.user_id(), uow.now());
        let mut meta = EntryMeta { recurring_entry_id: Some(entry.id), ..new };
        // Templates of before name nobody; whoever saved them last ordered what they make.
        if entry.template.changed_by.is_empty() {
            meta.note_maker(entry.ordered_by.map(|orderer| orderer.user));
        }
        entry.template.changed_by.iter().for_each(|maker| meta.note_maker(Some(*maker)));
        let mut books = Books::open(ctx, uow).await?;
        let view = match entry.auto_post {
            true => post_or_submit(ctx, uow, books, (draft, meta)).await?,
            false => insert_draft(uow, &mut books, draft, meta).await?,
        };
        Ok((view.id, JournalEntryView { lines: None, ..view }))
    }

    fn is_posted(made: &JournalEntryView) -> bool {
        made.status == EntryStatus::Posted.as_str()
    }

    /// The view with the lines of its template.
    async fn view(
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        stored: &StoredRecurringEntry,
    ) -> AppResult<RecurringEntryView> {
        let template = &stored.entry.template;
        let lines = draft_lines(uow, books, template.lines.clone(), template.currency).await?;
        Ok(RecurringEntryView::new(stored, Some(lines)))
    }

    fn ran(Ran { made, failed, view }: Ran<Self>) -> RecurringRunView {
        RecurringRunView { entries: made, failed, recurring_entry: view }
    }

    fn skipped(date: NaiveDate, view: RecurringEntryView) -> RecurringSkipView {
        RecurringSkipView { date, recurring_entry: view }
    }
}
