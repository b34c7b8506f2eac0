//! `/locks`: dates that are finished with.

use std::sync::Arc;

use application::accounting::locks::SetLock;
use application::accounting::ports::locks::LockQueries;
use application::accounting::views::lock::{LockView, LocksView};
use application::authorize::Access;
use application::command::{Application, execute};
use application::error::AppError;
use axum::extract::{Path, State};
use chrono::NaiveDate;
use domain::accounting::lock::{
    HARD_LOCK_IN_FUTURE, HARD_LOCK_MOVES_BACK, LOCK_REASON_LENGTH_MAX, LOCK_REASON_REQUIRED, LOCK_TOO_FAR,
    LockKind,
};
use domain::error::Violations;
use http::HeaderMap;
use serde_json::Value;

use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Json};
use crate::operation::Operations;
use crate::request;
use crate::wire::{Pointer, RequiredText, Schemas, WireType, nullable};

const READ: Access = Access::Permission("accounting.lock.read");
const TAG: &str = "locks";

request! {
    /// The date of a lock.
    pub struct LockBody {
        /// The last day to lock; null removes the lock, unless it is the hard lock.
        locked_through: LockDate = "2026-03-31",
        /// The reason, which is needed when locked days become free again. It is kept in the audit log.
        reason: Option<RequiredText<LOCK_REASON_LENGTH_MAX>>,
    }
}

/// A date or null, but never left out: an empty body must not remove a lock.
#[derive(Debug)]
pub struct LockDate(Option<NaiveDate>);

impl WireType for LockDate {
    fn schema(schemas: &mut Schemas) -> Value {
        nullable(NaiveDate::schema(schemas))
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        if value.is_null() {
            return Some(Self(None));
        }
        <NaiveDate as WireType>::parse(value, at, errors).map(|date| Self(Some(date)))
    }
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "Dates through which nothing more can be posted, and the exceptions granted to users.");
    ops.get("/locks", list)
        .id("list_locks")
        .tag(TAG)
        .summary("List the locks")
        .description("Lists every kind of lock, including those that lock nothing.")
        .access(READ)
        .ok::<LocksView>();
    ops.get("/locks/{kind}", get)
        .id("get_lock")
        .tag(TAG)
        .summary("Get a lock")
        .path_parameter::<LockKind>("kind", "The kind of lock.")
        .access(READ)
        .view::<LockView>();
    ops.put("/locks/{kind}", set)
        .id("set_lock")
        .tag(TAG)
        .summary("Move a lock")
        .description(
            "The hard lock never moves back, has no exceptions, and reaches today at the latest. The other \
             locks reach at most 366 days beyond today; moving one back needs a reason.",
        )
        .path_parameter::<LockKind>("kind", "The kind of lock.")
        .command::<SetLock>()
        .if_match()
        .body::<LockBody>()
        .ok::<LockView>()
        .errors(&[&HARD_LOCK_MOVES_BACK, &HARD_LOCK_IN_FUTURE, &LOCK_TOO_FAR, &LOCK_REASON_REQUIRED]);
    ops.patch("/locks/{kind}", set)
        .id("update_lock")
        .tag(TAG)
        .summary("Move a lock (merge patch)")
        .description("The same as PUT, because a lock has no other member than its date.")
        .path_parameter::<LockKind>("kind", "The kind of lock.")
        .command::<SetLock>()
        .if_match()
        .body::<LockBody>()
        .ok::<LockView>()
        .errors(&[&HARD_LOCK_MOVES_BACK, &HARD_LOCK_IN_FUTURE, &LOCK_TOO_FAR, &LOCK_REASON_REQUIRED]);
}

fn kind(word: &str) -> Result<LockKind, AppError> {
    LockKind::parse(word).map_err(|_| AppError::not_found("lock"))
}

async fn list(State(queries): State<Arc<dyn LockQueries>>, ctx: Ctx) -> ApiResult {
    answer::json(&LocksView { items: queries.locks(ctx.tenant).await? })
}

async fn get(
    State(queries): State<Arc<dyn LockQueries>>,
    ctx: Ctx,
    Path(word): Path<String>,
    headers: HeaderMap,
) -> ApiResult {
    let kind = kind(&word)?.as_str();
    let lock = queries.locks(ctx.tenant).await?.into_iter().find(|lock| lock.kind == kind);
    let lock = lock.ok_or_else(|| AppError::not_found("lock"))?;
    answer::view(&lock, Some(lock.version), &headers)
}

async fn set(
    State(app): State<Application>,
    ctx: Ctx,
    Path(word): Path<String>,
    Json(body): Json<LockBody>,
) -> ApiResult {
    let command = SetLock {
        kind: kind(&word)?,
        locked_through: body.locked_through.0,
        reason: body.reason.map(Into::into),
    };
    answer::ok(execute(&app, &ctx, command).await?)
}
