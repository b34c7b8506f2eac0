//! `/lock-exceptions`: for one person, one lock and a while.

use std::sync::Arc;

use application::accounting::lock_exceptions::{
    CreateLockException, LOCK_EXCEPTION_REVOKED, RevokeLockException,
};
use application::accounting::ports::locks::{LOCK_EXCEPTION_LIST, LockQueries};
use application::accounting::views::lock::LockExceptionView;
use application::authorize::Access;
use application::command::{Application, execute};
use application::error::{AppError, UNKNOWN_REFERENCE};
use application::paging::ListSpec;
use axum::extract::State;
use domain::accounting::lock::{
    HARD_LOCK_NO_EXCEPTION, LOCK_EXCEPTION_EXPIRY, LOCK_REASON_LENGTH_MAX, LockKind,
};
use domain::ids::{LockExceptionId, UserId};
use domain::time::Timestamp;
use http::HeaderMap;

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, Json, ListParams, ListSpecSource};
use crate::operation::Operations;
use crate::request;
use crate::wire::RequiredText;

const READ: Access = Access::Permission("accounting.lock_exception.read");
const PATH: &str = "/lock-exceptions";
const TAG: &str = "locks";

request! {
    /// A new exception, in force from now on.
    pub struct CreateLockExceptionBody {
        /// The kind of lock that the exception lifts; the hard lock has no exceptions.
        kind: LockKind = "fiscal",
        /// The user who gets the exception.
        user_id: UserId,
        /// The moment at which the exception ends.
        expires_at: Timestamp = "2026-11-22T18:00:00Z",
        /// The reason, which stays on record.
        reason: RequiredText<LOCK_REASON_LENGTH_MAX> = "Late supplier invoice",
    }
}

impl ListSpecSource for LockExceptionView {
    const SPEC: &'static ListSpec = &LOCK_EXCEPTION_LIST;
}

pub fn operations(ops: &mut Operations) {
    ops.get(PATH, list)
        .id("list_lock_exceptions")
        .tag(TAG)
        .summary("List exceptions to locks")
        .description("Every exception that was ever granted, including expired and revoked ones.")
        .access(READ)
        .list::<LockExceptionView>(&LOCK_EXCEPTION_LIST);
    ops.post(PATH, create)
        .id("create_lock_exception")
        .tag(TAG)
        .summary("Grant an exception from a lock")
        .command::<CreateLockException>()
        .body::<CreateLockExceptionBody>()
        .created::<LockExceptionView>()
        .errors(&[&HARD_LOCK_NO_EXCEPTION, &LOCK_EXCEPTION_EXPIRY, &UNKNOWN_REFERENCE]);
    ops.get("/lock-exceptions/{id}", get)
        .id("get_lock_exception")
        .tag(TAG)
        .summary("Get an exception to a lock")
        .access(READ)
        .view::<LockExceptionView>();
    ops.delete("/lock-exceptions/{id}", delete)
        .id("delete_lock_exception")
        .tag(TAG)
        .summary("Revoke an exception to a lock")
        .description("The exception lifts nothing from now on. The record of it stays.")
        .command::<RevokeLockException>()
        .if_match()
        .no_content()
        .errors(&[&LOCK_EXCEPTION_REVOKED]);
}

async fn list(
    State(queries): State<Arc<dyn LockQueries>>,
    ctx: Ctx,
    params: ListParams<LockExceptionView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    answer::list_from(queries, move |from, query| from.lock_exceptions(tenant, query), params, accept).await
}

async fn create(
    State(app): State<Application>,
    ctx: Ctx,
    Json(body): Json<CreateLockExceptionBody>,
) -> ApiResult {
    let command = CreateLockException {
        kind: body.kind,
        user_id: body.user_id,
        expires_at: body.expires_at,
        reason: body.reason.into(),
    };
    answer::created(PATH, execute(&app, &ctx, command).await?)
}

async fn get(
    State(queries): State<Arc<dyn LockQueries>>,
    ctx: Ctx,
    Id(id): Id<LockExceptionId>,
    headers: HeaderMap,
) -> ApiResult {
    let view = queries.lock_exception(ctx.tenant, id).await?;
    let view = view.ok_or_else(|| AppError::not_found("lock_exception"))?;
    answer::view(&view, Some(view.version), &headers)
}

async fn delete(State(app): State<Application>, ctx: Ctx, Id(id): Id<LockExceptionId>) -> ApiResult {
    answer::no_content(execute(&app, &ctx, RevokeLockException { id }).await?)
}
