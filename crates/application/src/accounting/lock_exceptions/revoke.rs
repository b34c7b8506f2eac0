//! `DELETE /lock-exceptions/{id}`: lifts nothing from now on; its trail stays.

use async_trait::async_trait;
use domain::ids::LockExceptionId;

use super::{LOCK_EXCEPTION_REVOKED, record};
use crate::accounting::ports::locks::StoredLockException;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct RevokeLockException {
    pub id: LockExceptionId,
}

#[async_trait]
impl Command for RevokeLockException {
    const NAME: &'static str = "delete_lock_exception";
    const ACCESS: Access = Access::Permission("accounting.lock_exception.delete");
    type Output = ();

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        let before = uow.locks().find_lock_exception(self.id).await?;
        let before = before.ok_or_else(|| AppError::not_found("lock_exception"))?;
        check_version(ctx, before.version)?;
        if !uow.locks().revoke_lock_exception(self.id, before.version).await? {
            return Err(AppError::of(&LOCK_EXCEPTION_REVOKED));
        }
        let version = before.version + 1;
        let after = StoredLockException { revoked_at: Some(uow.now()), version, ..before.clone() };
        record(uow, "revoked", Some(&before), &after);
        Ok(Done::new(()))
    }
}
