//! A template as a caller writes it, with accounts, journal and dimensions by id or by code.

use domain::accounting::journal_entry::{
    DraftEntry, EXCHANGE_RATE_MISSING, ROUNDING_ACCOUNT_MISSING, UNBALANCED_ENTRY,
};
use domain::accounting::recurring_entry::{RecurringEntry, TEMPLATE_LINES_MAX};
use domain::error::{Violation, Violations};
use domain::ids::{JournalEntryId, JournalId};

use crate::accounting::entry_input::resolve_known_journal;
use crate::accounting::ports::books::Books;
use crate::error::AppResult;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

/// The journal meant, which must exist.
pub(super) async fn journal(
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
    reference: Option<&Reference<JournalId>>,
    violations: &mut Violations,
) -> AppResult<Option<JournalId>> {
    let resolved = resolve_known_journal(uow, books, reference).await?;
    Ok(violations.check("", resolved))
}

/// Whether entries of the template could ever be posted, as far as that does not depend on the date: the same errors as
/// posting would give, all of them.
pub(super) async fn check_postable(
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
    entry: &RecurringEntry,
) -> AppResult<()> {
    let date = entry.next_date.unwrap_or(entry.recurrence.start());
    let sample = entry.entry_on(date, JournalEntryId::new(entry.id.uuid()));
    let rates_are_known = sample.lines.iter().all(|line| {
        line.rate.is_some()
            || line.company_amount.is_some()
            || line.currency.unwrap_or(sample.currency) == sample.currency
    });
    let draft = DraftEntry::new(sample, TEMPLATE_LINES_MAX)?;
    books.learn(uow, &[draft.content()]).await?;
    books.learn_taxes(uow, std::iter::once(draft.content())).await?;
    let refused = books.check_on_any_date(uow.now(), draft);
    let final_word = |violation: &Violation| {
        // The amounts of a draft are for whoever posts it, and a rate may come before the date does.
        let balance = violation.def == &UNBALANCED_ENTRY || violation.def == &ROUNDING_ACCOUNT_MISSING;
        violation.def != &EXCHANGE_RATE_MISSING && (!balance || (entry.auto_post && rates_are_known))
    };
    let refused: Vec<_> = refused.into_iter().filter(final_word).collect();
    if refused.is_empty() { Ok(()) } else { Err(refused.into()) }
}
