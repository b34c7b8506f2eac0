use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use application::command::Application;
use application::error::{AppError, TEMPORARILY_UNAVAILABLE, UNAUTHENTICATED};
use application::platform::batch;
use application::platform::identity::Identity;
use axum::Extension;
use axum::extract::State;
use axum::response::IntoResponse;
use domain::error::Violation;
use domain::ids::TenantId;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::HeaderMap;
use tracing::Instrument;

use super::dispatch::Dispatcher;
use super::dto::{BatchBody, BatchOperationBody, BatchResultView, BatchView};
use super::turns::Turns;
use super::{
    ATOMIC_BATCH_ONE_WRITER_SECONDS_MAX, ATOMIC_BATCH_SECONDS_MAX, BATCH_ANSWERS_BYTES_MAX, BATCH_OVER_RATE,
    BATCH_TIMEOUT,
};
use crate::answer::{self, ApiResult};
use crate::change_options::IDEMPOTENCY_KEY;
use crate::extract::{Ctx, Json};
use crate::middleware::rate::{Refused, Standing};
use crate::middleware::{Caller, RequestInfo, Switches};
use crate::operation::ApiRouter;
use crate::problem::{BATCH_ROLLED_BACK, Problem};
use crate::wire::TOO_MANY_ITEMS;

pub async fn run(
    (State(app), State(switches)): (State<Application>, State<Switches>),
    Extension(router): Extension<ApiRouter>,
    Extension(caller): Extension<Caller>,
    Extension(info): Extension<RequestInfo>,
    ctx: Ctx,
    headers: HeaderMap,
    Json(body): Json<BatchBody>,
) -> ApiResult {
    let operations = &body.items.0;
    let (count, max) = (operations.len(), router.operations_max);
    if count > max {
        let violation = Violation::new(&TOO_MANY_ITEMS).with("max", max).with("count", count);
        return Err(violation.at("/items").into());
    }
    let identity: Arc<Identity> = caller.identity.ok_or_else(|| AppError::of(&UNAUTHENTICATED))?;
    let standing = match count_operations(&switches, &identity, count)? {
        Ok(standing) => standing,
        Err(refused) => {
            let mut response = refused.problem().into_response();
            response.extensions_mut().insert(refused.standing);
            return Ok(response);
        }
    };
    let key = headers.get(IDEMPOTENCY_KEY).and_then(|value| value.to_str().ok());
    let dispatcher = Dispatcher {
        router,
        identity,
        info,
        idempotency_key: key.map(str::to_owned),
        bytes_left: AtomicUsize::new(BATCH_ANSWERS_BYTES_MAX),
    };
    let mut response = if body.atomic {
        switches.may_write()?;
        atomic(&app, ctx.tenant, &dispatcher, operations).await?
    } else {
        let mut results = Vec::with_capacity(count);
        for (index, operation) in operations.iter().enumerate() {
            results.push(dispatcher.run(index, operation, None).await);
        }
        answered(false, true, results)?
    };
    if let Some(standing) = standing {
        response.extensions_mut().insert(standing);
    }
    Ok(response)
}

type Counted = Result<Option<Standing>, Refused>;

/// Counts the operations against the rate limits: the request itself was counted as one of them.
fn count_operations(switches: &Switches, identity: &Identity, count: usize) -> Result<Counted, Problem> {
    let rates = switches.rates();
    let Some(more) =
        u32::try_from(count).ok().and_then(|count| count.checked_sub(1)).filter(|more| *more > 0)
    else {
        return Ok(Ok(None));
    };
    if let Some(limit) = rates.burst().filter(|limit| *limit < count as u64) {
        let violation = Violation::new(&BATCH_OVER_RATE).with("count", count).with("limit", limit);
        return Err(violation.at("/items").into());
    }
    let user = identity.actor.user_id().map(domain::ids::UserId::uuid);
    Ok(rates.take_many(identity.tenant.uuid(), user, more))
}

/// All operations in one transaction, or nothing.
async fn atomic(
    app: &Application,
    tenant: TenantId,
    dispatcher: &Dispatcher,
    operations: &[BatchOperationBody],
) -> ApiResult {
    let start = |index: usize, handle| -> BoxFuture<'_, BatchResultView> {
        dispatcher.run(index, &operations[index], Some(handle)).boxed()
    };
    let (mut turns, failed) = Turns::prepare(operations.len(), start).await;
    if let Some(failed) = failed {
        return undone(dispatcher, operations, turns, failed).await;
    }
    let (mut open, transaction) = batch::begin(app, tenant);
    // It runs beside the operations that join it, and ends with them, whatever becomes of this request.
    let transaction = tokio::spawn(transaction.in_current_span());
    let ended = async move {
        transaction.await.unwrap_or_else(|error| Err(AppError::internal(format!("batch: {error}"))))
    };
    if open.begun().await.is_err() {
        drop(open);
        ended.await?;
        return Err(AppError::of(&TEMPORARILY_UNAVAILABLE).into());
    }
    let seconds = if app.database.has_one_writer() {
        ATOMIC_BATCH_ONE_WRITER_SECONDS_MAX
    } else {
        ATOMIC_BATCH_SECONDS_MAX
    };
    let handle = open.handle();
    let ran = tokio::time::timeout(Duration::from_secs(seconds), turns.take(&handle)).await;
    drop(handle);
    let Ok(failed) = ran else {
        return Err(Violation::new(&BATCH_TIMEOUT).with("seconds", seconds).into());
    };
    if let Some(failed) = failed {
        drop(open);
        let answer = undone(dispatcher, operations, turns, failed).await;
        // The joined work is gone before the answer says so.
        let _ = ended.await;
        return answer;
    }
    let results = std::mem::take(&mut turns.results);
    drop(turns);
    open.commit(Box::pin(ended)).await?;
    answered(true, true, results.into_iter().flatten().collect())
}

/// Every other operation answers that it was undone, or never done, with the one that failed.
async fn undone(
    dispatcher: &Dispatcher,
    operations: &[BatchOperationBody],
    mut turns: Turns<'_>,
    failed: usize,
) -> ApiResult {
    let told = turns.results[failed].take();
    drop(turns);
    let mut results = Vec::with_capacity(operations.len());
    for (index, operation) in operations.iter().enumerate() {
        let violation = Violation::new(&BATCH_ROLLED_BACK).with("index", failed);
        if index != failed {
            results.push(dispatcher.problem(violation.into(), operation).await);
        }
    }
    if let Some(told) = told {
        results.insert(failed, told);
    }
    answered(true, false, results)
}

fn answered(atomic: bool, committed: bool, results: Vec<BatchResultView>) -> ApiResult {
    let succeeded = results.iter().filter(|result| result.succeeded()).count();
    let failed = results.len() - succeeded;
    answer::json(&BatchView { atomic, committed, succeeded, failed, results })
}
