use std::sync::Arc;
use std::time::Duration;

use application::command::Application;
use application::error::{AppError, UNAUTHENTICATED};
use application::platform::batch;
use application::platform::identity::Identity;
use axum::Extension;
use axum::extract::State;
use domain::error::Violation;
use http::HeaderMap;

use super::dispatch::Dispatcher;
use super::dto::{BatchBody, BatchOperationBody, BatchResultView, BatchView};
use super::{ATOMIC_BATCH_SECONDS_MAX, BATCH_ANSWERS_BYTES_MAX, BATCH_ROLLED_BACK, BATCH_TIMEOUT};
use crate::answer::{self, ApiResult};
use crate::extract::context::IDEMPOTENCY_KEY;
use crate::extract::{Ctx, Json};
use crate::middleware::{Caller, RequestInfo, Switches};
use crate::operation::ApiRouter;
use crate::problem::Problem;

pub async fn run(
    (State(app), State(switches)): (State<Application>, State<Switches>),
    Extension(router): Extension<ApiRouter>,
    Extension(caller): Extension<Caller>,
    Extension(info): Extension<RequestInfo>,
    ctx: Ctx,
    headers: HeaderMap,
    Json(body): Json<BatchBody>,
) -> ApiResult {
    let identity: Arc<Identity> = caller.identity.ok_or_else(|| AppError::of(&UNAUTHENTICATED))?;
    let key = headers.get(IDEMPOTENCY_KEY).and_then(|value| value.to_str().ok());
    let mut dispatcher =
        Dispatcher { router, identity, info, idempotency_key: key.map(str::to_owned), transaction: None };
    let operations = &body.operations.0;
    if !body.atomic {
        let (results, _) = each(&dispatcher, operations, false).await;
        return answered(false, true, results);
    }
    switches.may_write()?;
    let (open, transaction) = batch::begin(&app, ctx.tenant);
    dispatcher.transaction = Some(open.handle());
    // It runs beside the operations that join it, and ends with them, whatever becomes of this request.
    let transaction = tokio::spawn(transaction);
    let deadline = Duration::from_secs(ATOMIC_BATCH_SECONDS_MAX);
    let timeout = || Violation::new(&BATCH_TIMEOUT).with("seconds", ATOMIC_BATCH_SECONDS_MAX);
    let ran = tokio::time::timeout(deadline, each(&dispatcher, operations, true)).await;
    let (mut results, failed) = ran.map_err(|_| Problem::from(timeout()))?;
    dispatcher.transaction = None;
    if let Some(failed) = failed {
        drop(open);
        undo(&dispatcher, operations, &mut results, failed).await;
        // What was joined is gone before the answer says so.
        let _ = transaction.await;
        return answered(true, false, results);
    }
    let ended = async move {
        transaction.await.unwrap_or_else(|error| Err(AppError::internal(format!("batch: {error}"))))
    };
    open.commit(Box::pin(ended)).await?;
    answered(true, true, results)
}

/// Runs the operations in order; with `stop`, only up to the first that fails, whose place is answered.
async fn each(
    dispatcher: &Dispatcher,
    operations: &[BatchOperationBody],
    stop: bool,
) -> (Vec<BatchResultView>, Option<usize>) {
    let mut bytes_left = BATCH_ANSWERS_BYTES_MAX;
    let mut results = Vec::with_capacity(operations.len());
    for (index, operation) in operations.iter().enumerate() {
        let result = dispatcher.run(index, operation, &mut bytes_left).await;
        let failed = !result.succeeded();
        results.push(result);
        if failed && stop {
            return (results, Some(index));
        }
    }
    (results, None)
}

/// Every other operation answers that it was undone, or never done, with the one that failed.
async fn undo(
    dispatcher: &Dispatcher,
    operations: &[BatchOperationBody],
    results: &mut Vec<BatchResultView>,
    failed: usize,
) {
    for (index, operation) in operations.iter().enumerate() {
        if index == failed {
            continue;
        }
        let violation = Violation::new(&BATCH_ROLLED_BACK).with("index", failed);
        let result = dispatcher.problem(violation.into(), operation).await;
        match results.get_mut(index) {
            Some(known) => *known = result,
            None => results.push(result),
        }
    }
}

fn answered(atomic: bool, committed: bool, results: Vec<BatchResultView>) -> ApiResult {
    let succeeded = results.iter().filter(|result| result.succeeded()).count();
    let failed = results.len() - succeeded;
    answer::json(&BatchView { atomic, committed, succeeded, failed, results })
}
