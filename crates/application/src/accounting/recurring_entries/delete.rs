//! `DELETE /recurring-entries/{id}`: while no entry was made from it; later it is switched off instead.

use async_trait::async_trait;
use domain::error::Violation;
use domain::ids::RecurringEntryId;

use super::{find, record, view};
use crate::accounting::ports::books::Books;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult, IN_USE, STALE_VERSION};
use crate::nouns::nouns;
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct DeleteRecurringEntry {
    pub id: RecurringEntryId,
}

#[async_trait]
impl Command for DeleteRecurringEntry {
    const NAME: &'static str = "delete_recurring_entry";
    const ACCESS: Access = Access::Permission("accounting.recurring_entry.delete");
    type Output = ();

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        let stored = find(uow, self.id).await?;
        let version = stored.entry.version;
        check_version(ctx, version)?;
        if uow.recurring_entries().recurring_entry_was_used(self.id).await? {
            return Err(AppError::new(
                Violation::new(&IN_USE).with_phrase("users", nouns(&["journal entries"])),
            ));
        }
        let mut books = Books::open(ctx, uow).await?;
        let before = view(uow, &mut books, &stored).await?;
        if !uow.recurring_entries().delete_recurring_entry(self.id, version).await? {
            return Err(AppError::new(Violation::new(&STALE_VERSION).with("current", version)));
        }
        record(uow, "deleted", Some(&before), None);
        Ok(Done::new(()))
    }
}
