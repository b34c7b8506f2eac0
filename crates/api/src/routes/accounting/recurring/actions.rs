use application::accounting::recurring::{DeleteRecurring, Recurs, RunRecurring, SkipOccurrence};
use application::command::{Application, execute};
use axum::extract::State;
use domain::accounting::recurring::Template;

use super::{RunRecurringBody, SkipOccurrenceBody};
use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id, Json};

type IdOf<T> = Id<domain::ids::Id<<T as Template>::Of>>;

pub async fn run<T: Recurs>(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): IdOf<T>,
    Json(body): Json<RunRecurringBody>,
) -> ApiResult {
    answer::ok(execute(&app, &ctx, RunRecurring::<T>::new(id, body.date)).await?)
}

pub async fn skip<T: Recurs>(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): IdOf<T>,
    Json(body): Json<SkipOccurrenceBody>,
) -> ApiResult {
    let command = SkipOccurrence::<T>::new(id, body.date, body.reason.into());
    answer::ok(execute(&app, &ctx, command).await?)
}

pub async fn delete<T: Recurs>(State(app): State<Application>, ctx: Ctx, Id(id): IdOf<T>) -> ApiResult {
    answer::no_content(execute(&app, &ctx, DeleteRecurring::<T>::new(id)).await?)
}
