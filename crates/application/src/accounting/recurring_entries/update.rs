//! `PATCH /recurring-entries/{id}`

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::recurrence::{Frequency, Recurrence};
use domain::accounting::recurring_entry::{Changed, EntryTemplate, RecurringEntry, RecurringEntryPatch};
use domain::error::Violations;
use domain::ids::{JournalId, RecurringEntryId};
use domain::money::CurrencyCode;
use domain::text::{Code, LocalizedName};

use super::{UPDATE, check_code, find, may_order, orderer, record, save, template, view};
use crate::accounting::entry_input::{LineInput, resolve_known_lines};
use crate::accounting::ports::books::Books;
use crate::accounting::ports::recurring_entries::{StoredRecurringEntry, UnmadeOccurrence};
use crate::accounting::views::recurring_entry::RecurringEntryView;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

/// The reason kept with an occurrence that a change gave up.
const DROPPED_REASON: &str = "dropOverdue";

/// `None` leaves a field as it is, an inner `None` empties it.
#[derive(Debug, Clone)]
pub struct UpdateRecurringEntry {
    pub id: RecurringEntryId,
    pub code: Option<Code>,
    pub name: Option<LocalizedName>,
    pub schedule: Option<Frequency>,
    pub start_date: Option<NaiveDate>,
    pub end_date: Option<Option<NaiveDate>>,
    pub journal: Option<Reference<JournalId>>,
    pub currency: Option<CurrencyCode>,
    pub description: Option<Option<String>>,
    pub reference: Option<Option<String>>,
    pub control_reason: Option<Option<String>>,
    /// All lines; they replace the ones before.
    pub lines: Option<Vec<LineInput>>,
    pub auto_post: Option<bool>,
    pub active: Option<bool>,
    /// Give up what is due by today instead of keeping it due.
    pub drop_overdue: bool,
}

#[async_trait]
impl Command for UpdateRecurringEntry {
    const NAME: &'static str = "update_recurring_entry";
    const ACCESS: Access = Access::Permission(UPDATE);
    type Output = RecurringEntryView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<RecurringEntryView>> {
        let stored = find(uow, self.id).await?;
        check_version(ctx, stored.entry.version)?;
        let mut books = Books::open(ctx, uow).await?;
        let before = view(uow, &mut books, &stored).await?;
        let patch = self.patch(uow, &mut books, &stored.entry).await?;
        let today = ctx.today(uow.now());
        let old = stored.entry.clone();
        let posts = old.auto_post || patch.auto_post == Some(true);
        let currencies = patch.template.as_ref().unwrap_or(&old.template).currencies();
        books.learn_currencies(uow, &currencies).await?;
        let Changed { mut entry, dropped } = match stored.entry.update(patch, today, &books.currencies) {
            Ok(changed) => changed,
            // A user who may not order the entry is told so, not asked to correct it.
            Err(refused) => return Err(may_order(ctx, posts).err().unwrap_or_else(|| refused.into())),
        };
        if entry.orders_differently(&old) {
            may_order(ctx, entry.auto_post)?;
            entry.ordered_by = orderer(ctx).or(entry.ordered_by);
        }
        if entry.template != old.template || entry.auto_post != old.auto_post {
            template::check_postable(uow, &mut books, &entry).await?;
        }
        let stored = StoredRecurringEntry { entry, ..stored };
        let (stored, dropped) = match self.drop_overdue {
            true => self.give_up(ctx, uow, stored, dropped).await?,
            false => (stored, dropped),
        };
        save(uow, &stored).await?;
        if stored.failed_count > 0 {
            // The cause of a failure may have been removed; if not, the next attempt says so again.
            uow.recurring_entries().retry_occurrences(self.id).await?;
        }
        let mut after = view(uow, &mut books, &stored).await?;
        after.dropped = self.drop_overdue.then_some(dropped);
        record(uow, "updated", Some(&before), Some(&after));
        Ok(Done::of(after.id, after.version, after))
    }
}

impl UpdateRecurringEntry {
    async fn patch(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        old: &RecurringEntry,
    ) -> AppResult<RecurringEntryPatch> {
        let mut violations = Violations::new();
        if let Some(code) = &self.code {
            check_code(uow, code, Some(self.id), &mut violations).await?;
        }
        let rhythm = old.recurrence;
        let every = self.schedule.unwrap_or(rhythm.every());
        let (start, end) = (self.start_date.unwrap_or(rhythm.start()), self.end_date.unwrap_or(rhythm.end()));
        let recurrence = Recurrence::new(every, start, end);
        let recurrence = recurrence.map_err(|refused| violations.extend(refused)).ok();
        let template = self.template(uow, books, &old.template, &mut violations).await?;
        Ok(violations.into_result(RecurringEntryPatch {
            code: self.code.clone(),
            name: self.name.clone(),
            recurrence,
            template: Some(template),
            auto_post: self.auto_post,
            active: self.active,
            drop_overdue: self.drop_overdue,
        })?)
    }

    /// Notes what is given up as skipped: what was due, and what failed before. Answers all of it, earliest first.
    async fn give_up(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        stored: StoredRecurringEntry,
        due: Vec<NaiveDate>,
    ) -> AppResult<(StoredRecurringEntry, Vec<NaiveDate>)> {
        let (by, reason) = (ctx.actor.user_id(), DROPPED_REASON);
        let failed = uow.recurring_entries().failed_occurrences(self.id).await?;
        let mut dropped: Vec<NaiveDate> = failed.into_iter().map(|failure| failure.date).collect();
        uow.recurring_entries().skip_failed_occurrences(self.id, reason, by).await?;
        let skipped =
            due.iter().map(|date| UnmadeOccurrence::Skipped { date: *date, reason: reason.to_owned(), by });
        uow.recurring_entries().insert_occurrences(self.id, &skipped.collect::<Vec<_>>()).await?;
        dropped.extend(due);
        Ok((StoredRecurringEntry { last_error: None, failed_count: 0, ..stored }, dropped))
    }

    async fn template(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        old: &EntryTemplate,
        violations: &mut Violations,
    ) -> AppResult<EntryTemplate> {
        let journal = match &self.journal {
            Some(reference) => template::journal(uow, books, Some(reference), violations).await?,
            None => None,
        };
        let lines = match &self.lines {
            Some(lines) => resolve_known_lines(uow, books, lines, violations).await?,
            None => old.lines.clone(),
        };
        let text =
            |new: &Option<Option<String>>, old: &Option<String>| new.clone().unwrap_or_else(|| old.clone());
        Ok(EntryTemplate {
            journal_id: journal.unwrap_or(old.journal_id),
            currency: self.currency.unwrap_or(old.currency),
            description: text(&self.description, &old.description),
            reference: text(&self.reference, &old.reference),
            control_reason: text(&self.control_reason, &old.control_reason),
            lines,
        })
    }
}
