//! `POST /recurring-entries`

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::recurrence::{Frequency, Recurrence};
use domain::accounting::recurring_entry::{EntryTemplate, NewRecurringEntry, RecurringEntry};
use domain::error::Violations;
use domain::ids::{JournalId, RecurringEntryId};
use domain::money::CurrencyCode;
use domain::text::{Code, LocalizedName};

use super::{CREATE, check_code, may_order, orderer, record, template, view};
use crate::accounting::entry_input::{LineInput, resolve_known_lines};
use crate::accounting::ports::books::Books;
use crate::accounting::ports::recurring_entries::StoredRecurringEntry;
use crate::accounting::views::recurring_entry::RecurringEntryView;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct CreateRecurringEntry {
    pub code: Code,
    pub name: LocalizedName,
    pub schedule: Frequency,
    pub start_date: NaiveDate,
    pub end_date: Option<NaiveDate>,
    /// `None` is the general journal.
    pub journal: Option<Reference<JournalId>>,
    /// `None` is the company currency.
    pub currency: Option<CurrencyCode>,
    pub description: Option<String>,
    pub reference: Option<String>,
    pub control_reason: Option<String>,
    pub lines: Vec<LineInput>,
    pub auto_post: bool,
    pub active: bool,
}

#[async_trait]
impl Command for CreateRecurringEntry {
    const NAME: &'static str = "create_recurring_entry";
    const ACCESS: Access = Access::Permission(CREATE);
    type Output = RecurringEntryView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<RecurringEntryView>> {
        may_order(ctx, self.auto_post)?;
        let mut violations = Violations::new();
        check_code(uow, &self.code, None, &mut violations).await?;
        let mut books = Books::open(ctx, uow).await?;
        let recurrence = Recurrence::new(self.schedule, self.start_date, self.end_date);
        let recurrence = recurrence.map_err(|refused| violations.extend(refused)).ok();
        let journal = template::journal(uow, &mut books, self.journal.as_ref(), &mut violations).await?;
        let lines = resolve_known_lines(uow, &mut books, &self.lines, &mut violations).await?;
        let currency = self.currency.unwrap_or(books.company.code);
        let (Some(recurrence), Some(journal_id), true) = (recurrence, journal, violations.is_empty()) else {
            return Err(violations.into_vec().into());
        };
        let template = EntryTemplate {
            journal_id,
            currency,
            description: self.description.clone(),
            reference: self.reference.clone(),
            control_reason: self.control_reason.clone(),
            lines,
        };
        books.learn_currencies(uow, &template.currencies()).await?;
        let new = NewRecurringEntry {
            id: RecurringEntryId::new(uow.new_id()),
            code: self.code.clone(),
            name: self.name.clone(),
            recurrence,
            template,
            auto_post: self.auto_post,
            active: self.active,
            ordered_by: orderer(ctx),
        };
        let entry = RecurringEntry::new(new, &books.currencies)?;
        template::check_postable(uow, &mut books, &entry).await?;
        uow.recurring_entries().insert_recurring_entry(&entry).await?;
        let stored = StoredRecurringEntry::new(entry);
        let view = view(uow, &mut books, &stored).await?;
        record(uow, "created", None, Some(&view));
        Ok(Done::of(view.id, view.version, view))
    }
}
