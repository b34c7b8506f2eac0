//! Recurring entries: templates that become entries when they fall due, exactly once each.

mod create;
mod delete;
mod occurrence;
mod run;
mod run_due;
mod skip;
mod template;
mod update;

pub use create::CreateRecurringEntry;
pub use delete::DeleteRecurringEntry;
pub use run::RunRecurringEntry;
pub use run_due::{RecurringRun, run_due_recurring_entries};
pub use skip::SkipRecurringOccurrence;
pub use update::UpdateRecurringEntry;

use domain::accounting::recurring_entry::{Orderer, RecurringEntry};
use domain::error::{Violation, Violations};
use domain::ids::RecurringEntryId;
use domain::text::Code;

use super::create_journal_entry::POST;
use super::error::POST_PERMISSION_NEEDED;
use super::ports::books::Books;
use super::ports::recurring_entries::StoredRecurringEntry;
use super::views::journal_entry_build::draft_lines;
use super::views::recurring_entry::RecurringEntryView;
use crate::authorize::Permission;
use crate::context::{Actor, RequestContext};
use crate::error::{ALREADY_EXISTS, AppError, AppResult, STALE_VERSION};
use crate::ports::change::Change;
use crate::ports::codes::Coded;
use crate::unit_of_work::UnitOfWork;

pub const CREATE: &str = "accounting.recurring_entry.create";
pub const UPDATE: &str = "accounting.recurring_entry.update";
pub const RUN: &str = "accounting.recurring_entry.run";

/// Most occurrences that one request tries; the others stay due.
pub const RUN_OCCURRENCES_MAX: usize = 100;
/// Most entries to come that one request shows.
pub const UPCOMING_MAX: usize = 100;

async fn find(uow: &mut dyn UnitOfWork, id: RecurringEntryId) -> AppResult<StoredRecurringEntry> {
    let stored = uow.recurring_entries().find_recurring_entry(id).await?;
    stored.ok_or_else(|| AppError::not_found("recurring_entry"))
}

/// The permissions of which the orderer must still hold one when the background job makes an occurrence.
fn needed_to_make(entry: &RecurringEntry) -> &'static [Permission] {
    if entry.auto_post { &[POST] } else { &[CREATE, UPDATE] }
}

/// A user who orders that entries be posted must be allowed to post them.
fn may_order(ctx: &RequestContext, auto_post: bool) -> AppResult<()> {
    if auto_post && !ctx.permissions.allows(POST) {
        return Err(AppError::of(&POST_PERMISSION_NEEDED));
    }
    Ok(())
}

/// The user who saves an entry orders it; the product itself orders nothing.
fn orderer(ctx: &RequestContext) -> Option<Orderer> {
    match ctx.actor {
        Actor::User(user) => Some(Orderer { user, key: None }),
        Actor::ApiKey(key, user) => Some(Orderer { user, key: Some(key) }),
        Actor::System => None,
    }
}

/// Whether the code is free, or taken by `own` itself.
async fn check_code(
    uow: &mut dyn UnitOfWork,
    code: &Code,
    own: Option<RecurringEntryId>,
    violations: &mut Violations,
) -> AppResult<()> {
    if uow.codes().code_taken(Coded::RecurringEntry, code, own.map(|own| own.uuid())).await? {
        let violation = Violation::new(&ALREADY_EXISTS).with("field", "code").with("value", code);
        violations.push(violation.at("/code"));
    }
    Ok(())
}

async fn save(uow: &mut dyn UnitOfWork, stored: &StoredRecurringEntry) -> AppResult<()> {
    if uow.recurring_entries().update_recurring_entry(stored).await? {
        return Ok(());
    }
    let current = stored.entry.version - 1;
    Err(AppError::new(Violation::new(&STALE_VERSION).with("current", current)))
}

/// The entry with the lines of its template.
async fn view(
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
    stored: &StoredRecurringEntry,
) -> AppResult<RecurringEntryView> {
    let template = &stored.entry.template;
    let lines = draft_lines(uow, books, template.lines.clone(), template.currency).await?;
    Ok(RecurringEntryView::new(stored, Some(lines)))
}

fn record(
    uow: &mut dyn UnitOfWork,
    action: &'static str,
    before: Option<&RecurringEntryView>,
    after: Option<&RecurringEntryView>,
) {
    let Some(entity_id) = after.or(before).map(|view| view.id) else { return };
    let document = |view: &RecurringEntryView| serde_json::to_value(view).unwrap_or_default();
    let (tenant, before, after) = (uow.tenant(), before.map(document), after.map(document));
    uow.record(Change { tenant, entity: "recurring_entry", entity_id, action, before, after });
}
