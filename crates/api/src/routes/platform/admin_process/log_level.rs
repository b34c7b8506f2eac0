use application::command::{Application, execute};
use application::platform::change_log_levels::{ChangeLogLevels, ResetLogLevels};
use axum::extract::State;

use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Json};
use crate::operating::Operating;
use crate::operating::log_level::{LogLevelBody, LogLevelView, shared};

pub async fn read(State(operating): State<Operating>) -> ApiResult {
    answer::json(&LogLevelView::from(operating.levels.in_force()))
}

pub async fn change(
    State(app): State<Application>,
    State(operating): State<Operating>,
    ctx: Ctx,
    Json(body): Json<LogLevelBody>,
) -> ApiResult {
    let levels = shared(&body.change()?);
    let executed = execute(&app, &ctx, ChangeLogLevels { levels, seconds: body.seconds.0 }).await?;
    operating.levels_changed.notify_one();
    answer::ok(executed)
}

pub async fn reset(
    State(app): State<Application>,
    State(operating): State<Operating>,
    ctx: Ctx,
) -> ApiResult {
    let executed = execute(&app, &ctx, ResetLogLevels).await?;
    operating.levels_changed.notify_one();
    answer::ok(executed)
}
