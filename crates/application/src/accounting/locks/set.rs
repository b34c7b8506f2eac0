//! `PUT /locks/{kind}`: moves a lock; the hard one only forward.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::lock::{LOCK_REASON_LENGTH_MAX, LOCK_REASON_REQUIRED, LockKind, Locks};
use domain::error::{Violation, Violations};
use domain::text::required_text;

use crate::accounting::views::lock::LockView;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult, STALE_VERSION};
use crate::ports::change::Change;
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct SetLock {
    pub kind: LockKind,
    /// `None` removes the lock, unless it is the hard one.
    pub locked_through: Option<NaiveDate>,
    /// Why; needed when days that are locked become free again. Kept in the audit log.
    pub reason: Option<String>,
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
        let mut violations = Violations::new();
        let after = before.set_lock(self.kind, self.locked_through, ctx.today(uow.now()));
        let after = violations.check("", after);
        if after.is_some() && before.moves_back(self.kind, self.locked_through) && self.reason.is_none() {
            violations.push(Violation::new(&LOCK_REASON_REQUIRED).at("/reason"));
        }
        let reason = self.reason.as_deref().map(|reason| required_text(reason, LOCK_REASON_LENGTH_MAX));
        let reason = reason.and_then(|reason| violations.check("/reason", reason));
        let Some(after) = after.filter(|_| violations.is_empty()) else {
            return Err(violations.into_vec().into());
        };
        let is = write(uow, self.kind, (&before, &after), version, reason).await?;
        Ok(Done { id: None, version: Some(is.version), output: is })
    }
}

/// Locks the days of a filed VAT return. The lock is not moved back where it reaches further already.
pub async fn lock_taxes_through(
    uow: &mut dyn UnitOfWork,
    date: NaiveDate,
    today: NaiveDate,
) -> AppResult<()> {
    let kind = LockKind::Tax;
    let version = uow.locks().lock_version(kind).await?;
    let before = uow.locks().locks().await?;
    if before.through(kind).is_some_and(|through| through >= date) {
        return Ok(());
    }
    let after = before.set_lock(kind, Some(date), today)?;
    write(uow, kind, (&before, &after), version, None).await.map(drop)
}

async fn write(
    uow: &mut dyn UnitOfWork,
    kind: LockKind,
    (before, after): (&Locks, &Locks),
    version: i64,
    reason: Option<String>,
) -> AppResult<LockView> {
    if !uow.locks().set_lock(kind, after, version).await? {
        return Err(AppError::new(Violation::new(&STALE_VERSION).with("current", version)));
    }
    let view = |locked_through, version| LockView { kind: kind.as_str(), locked_through, version };
    let was = view(before.through(kind), version);
    let is = view(after.through(kind), version + 1);
    // A lock belongs to the tenant as a whole and has no id of its own.
    let (tenant, entity_id) = (uow.tenant(), uow.tenant().uuid());
    let document = |view: &LockView| serde_json::to_value(view).unwrap_or_default();
    let mut now = document(&is);
    if let (Some(reason), Some(members)) = (reason, now.as_object_mut()) {
        members.insert("reason".to_owned(), reason.into());
    }
    let (before, after) = (Some(document(&was)), Some(now));
    uow.record(Change { tenant, entity: "lock", entity_id, action: "updated", before, after });
    Ok(is)
}
