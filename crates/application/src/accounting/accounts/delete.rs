//! `DELETE /accounts/{id}`: only an account that nothing refers to disappears.

use async_trait::async_trait;
use domain::ids::AccountId;

use super::ACCOUNT;
use crate::accounting::views::account::AccountView;
use crate::authorize::Access;
use crate::changes::{record, refuse_used, stale};
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct DeleteAccount {
    pub id: AccountId,
}

#[async_trait]
impl Command for DeleteAccount {
    const NAME: &'static str = "delete_account";
    const ACCESS: Access = Access::Permission("accounting.account.delete");
    type Output = ();

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        let stored = uow.accounts().find(self.id).await?.ok_or_else(|| AppError::not_found(ACCOUNT))?;
        let version = stored.value.version();
        check_version(ctx, version)?;
        refuse_used(&uow.accounts().users(self.id).await?)?;
        if !uow.accounts().delete(self.id, version).await? {
            return Err(stale(version));
        }
        let before = AccountView::from(&stored);
        record(uow, ACCOUNT, before.id, "deleted", Some(&before), None);
        Ok(Done::new(()))
    }
}
