//! `DELETE /journals/{id}`: only a journal that nothing refers to disappears.

use async_trait::async_trait;
use domain::ids::JournalId;

use super::JOURNAL;
use crate::accounting::changes::{record, refuse_used, stale};
use crate::accounting::views::journal::JournalView;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::ports::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct DeleteJournal {
    pub id: JournalId,
}

#[async_trait]
impl Command for DeleteJournal {
    const NAME: &'static str = "delete_journal";
    const ACCESS: Access = Access::Permission("accounting.journal.delete");
    type Output = ();

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        let stored = uow.journals().find(self.id).await?.ok_or_else(|| AppError::not_found(JOURNAL))?;
        let version = stored.value.version;
        check_version(ctx, version)?;
        refuse_used(&uow.journals().users(self.id).await?)?;
        if !uow.journals().delete(self.id, version).await? {
            return Err(stale(version));
        }
        let before = JournalView::from(&stored);
        record(uow, JOURNAL, before.id, "deleted", Some(&before), None);
        Ok(Done::new(()))
    }
}
