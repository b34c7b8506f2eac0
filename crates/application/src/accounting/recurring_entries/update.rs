//! `PATCH /recurring-entries/{id}`

use async_trait::async_trait;
use domain::accounting::recurring_entry::EntryTemplate;
use domain::error::Violations;
use domain::ids::{JournalId, RecurringEntryId, UserId};
use domain::money::CurrencyCode;

use super::template;
use crate::accounting::entry_input::{LineInput, resolve_known_lines};
use crate::accounting::ports::books::Books;
use crate::accounting::recurring::{PatchOf, Recurs, Saved, change, find, patch, record};
use crate::accounting::views::recurring_entry::RecurringEntryView;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

/// `None` leaves a field as it is, an inner `None` empties it.
#[derive(Debug, Clone)]
pub struct UpdateRecurringEntry {
    pub id: RecurringEntryId,
    pub of: PatchOf,
    pub journal: Option<Reference<JournalId>>,
    pub currency: Option<CurrencyCode>,
    pub description: Option<Option<String>>,
    pub reference: Option<Option<String>>,
    pub control_reason: Option<Option<String>>,
    /// All lines; they replace the ones before.
    pub lines: Option<Vec<LineInput>>,
}

#[async_trait]
impl Command for UpdateRecurringEntry {
    const NAME: &'static str = "update_recurring_entry";
    const ACCESS: Access = Access::Permission(super::UPDATE);
    type Output = RecurringEntryView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<RecurringEntryView>> {
        let stored = find::<EntryTemplate>(uow, self.id).await?;
        check_version(ctx, stored.entry.version)?;
        let mut books = Books::open(ctx, uow).await?;
        let before = EntryTemplate::view(uow, &mut books, &stored).await?;
        let mut violations = Violations::new();
        let template = self.template(uow, &mut books, &stored.entry.template, &mut violations).await?;
        let template = written_by(template, &stored.entry.template, ctx.actor.user_id());
        books.learn_currencies(uow, &template.currencies()).await?;
        let patch = patch(uow, &stored.entry, &self.of, Some(template), violations).await?;
        let Saved { stored, dropped } = change(ctx, uow, &mut books, stored, patch).await?;
        let mut after = EntryTemplate::view(uow, &mut books, &stored).await?;
        after.dropped = self.of.drop_overdue.then_some(dropped);
        record::<EntryTemplate>(uow, self.id, "updated", Some(&before), Some(&after));
        Ok(Done::of(after.id, after.version, after))
    }
}

impl UpdateRecurringEntry {
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
            changed_by: old.changed_by.clone(),
        })
    }
}

/// Notes who wrote what is new in a template.
fn written_by(mut template: EntryTemplate, old: &EntryTemplate, writer: Option<UserId>) -> EntryTemplate {
    if template != *old {
        template.changed_by.extend(writer.filter(|writer| !old.changed_by.contains(writer)));
    }
    template
}
