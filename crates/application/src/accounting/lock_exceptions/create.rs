//! `POST /lock-exceptions`: from now until it expires.

use async_trait::async_trait;
use domain::accounting::lock::{LockException, LockKind};
use domain::error::{Violation, Violations};
use domain::ids::{LockExceptionId, UserId};
use domain::time::Timestamp;

use super::record;
use crate::accounting::ports::locks::StoredLockException;
use crate::accounting::views::lock::LockExceptionView;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppResult, UNKNOWN_REFERENCE};
use crate::nouns::noun;
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct CreateLockException {
    pub kind: LockKind,
    pub user_id: UserId,
    pub expires_at: Timestamp,
    pub reason: String,
}

#[async_trait]
impl Command for CreateLockException {
    const NAME: &'static str = "create_lock_exception";
    const ACCESS: Access = Access::Permission("accounting.lock_exception.create");
    type Output = LockExceptionView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<LockExceptionView>> {
        let id = LockExceptionId::new(uow.new_id());
        let lifetime = (uow.now(), self.expires_at);
        let mut violations = Violations::new();
        let exception = LockException::new(id, self.kind, self.user_id, lifetime, &self.reason);
        let exception = exception.map_err(|refused| violations.extend(refused)).ok();
        if !uow.locks().is_member(self.user_id).await? {
            let unknown = Violation::new(&UNKNOWN_REFERENCE).with_phrase("resource", noun("user"));
            violations.push(unknown.with("value", self.user_id).at("/userId"));
        }
        let Some(exception) = exception.filter(|_| violations.is_empty()) else {
            return Err(violations.into_vec().into());
        };
        let stored =
            StoredLockException { exception, revoked_at: None, created_by: ctx.actor.user_id(), version: 1 };
        uow.locks().insert_lock_exception(&stored).await?;
        record(uow, "created", None, &stored);
        Ok(Done::of(id.uuid(), stored.version, LockExceptionView::from(&stored)))
    }
}
