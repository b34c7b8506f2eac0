//! `POST /recurring-entries`

use async_trait::async_trait;
use domain::accounting::recurring_entry::EntryTemplate;
use domain::error::Violations;
use domain::ids::JournalId;
use domain::money::CurrencyCode;

use super::{may_post, template};
use crate::accounting::entry_input::{LineInput, resolve_known_lines};
use crate::accounting::ports::books::Books;
use crate::accounting::recurring::{NewOf, Recurs, create, record};
use crate::accounting::views::recurring_entry::RecurringEntryView;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct CreateRecurringEntry {
    pub of: NewOf,
    /// `None` is the general journal.
    pub journal: Option<Reference<JournalId>>,
    /// `None` is the company currency.
    pub currency: Option<CurrencyCode>,
    pub description: Option<String>,
    pub reference: Option<String>,
    pub control_reason: Option<String>,
    pub lines: Vec<LineInput>,
}

#[async_trait]
impl Command for CreateRecurringEntry {
    const NAME: &'static str = "create_recurring_entry";
    const ACCESS: Access = Access::Permission(super::CREATE);
    type Output = RecurringEntryView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<RecurringEntryView>> {
        may_post(ctx, self.of.auto_post)?;
        let mut violations = Violations::new();
        let mut books = Books::open(ctx, uow).await?;
        let recurrence = self.of.check::<EntryTemplate>(uow, &mut violations).await?;
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
            changed_by: ctx.actor.user_id().into_iter().collect(),
        };
        books.learn_currencies(uow, &template.currencies()).await?;
        let stored = create(ctx, uow, &mut books, &self.of, (recurrence, template)).await?;
        let view = EntryTemplate::view(uow, &mut books, &stored).await?;
        record::<EntryTemplate>(uow, stored.entry.id, "created", None, Some(&view));
        Ok(Done::of(view.id, view.version, view))
    }
}
