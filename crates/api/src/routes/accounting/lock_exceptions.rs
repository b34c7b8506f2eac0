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
    /// A new exception, from now on.
    pub struct CreateLockExceptionBody {
        /// The lock it lifts; there is none for the hard lock.
        kind: LockKind = "fiscal",
        /// For whom.
        user_id: UserId,
        /// When it ends by itself.
        expires_at: Timestamp = "2026-11-22T18:00:00Z",
        /// Why; it stays in the trail.
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
        .description("All there ever were: expired and revoked ones stay.")
        .access(READ)
        .list::<LockExceptionView>(&LOCK_EXCEPTION_LIST);
    ops.post(PATH, create)
        .id("create_lock_exception")
        .tag(TAG)
        .summary("Except a person from a lock")
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
        .description("It lifts nothing from now on; its trail stays.")
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
    let page = move |query| {
        let queries = queries.clone();
        async move { queries.lock_exceptions(tenant, &query).await }
    };
    answer::list(page, params.into_inner(), accept).await
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
