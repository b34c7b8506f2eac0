//! `PUT /locks/{kind}`: moves a lock; the hard one only forward.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::lock::LockKind;
use domain::error::Violation;

use crate::accounting::views::lock::LockView;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult, STALE_VERSION};
use crate::ports::change::Change;
use crate::ports::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct SetLock {
    pub kind: LockKind,
    /// `None` removes the lock, unless it is the hard one.
    pub locked_through: Option<NaiveDate>,
}

#[async_trait]
impl Command for SetLock {
    const NAME: &'static str = "update_lock";
    const ACCESS: Access = Access::Permission("accounting.lock.update");
    type Output = LockView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<LockView>> {
        let version = uow.locks().lock_version(self.kind).await?;
        check_version(ctx, version)?;
        let before = uow.locks().locks().await?;
        let after = before.set_lock(self.kind, self.locked_through)?;
        if !uow.locks().set_lock(self.kind, &after, version).await? {
            return Err(AppError::new(Violation::new(&STALE_VERSION).with("current", version)));
        }
        let view = |locked_through, version| LockView { kind: self.kind.as_str(), locked_through, version };
        let was = view(before.through(self.kind), version);
        let is = view(after.through(self.kind), version + 1);
        // A lock belongs to the tenant as a whole and has no id of its own.
        let (tenant, entity_id) = (uow.tenant(), uow.tenant().uuid());
        let document = |view: &LockView| serde_json::to_value(view).unwrap_or_default();
        let (before, after) = (Some(document(&was)), Some(document(&is)));
        uow.record(Change { tenant, entity: "lock", entity_id, action: "updated", before, after });
        Ok(Done { id: None, version: Some(is.version), output: is })
    }
}
