use std::sync::Arc;

use application::command::Application;
use application::platform::feature_flags::FeatureFlags;
use application::platform::outbox::{REPLAY_MINUTES_MAX, replay};
use application::ports::cache::RecentChanges;
use application::ports::slow_statements::SlowStatement;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::{configuration, feature_flags};
use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Json, Media};
use crate::operating::Operating;
use crate::ops_page::{self, Shown};
use crate::request;
use crate::wire::Int;

/// The slow statements of the process that answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct SlowStatementsView {
    /// The statements, those with the longest total time first.
    pub items: Vec<SlowStatement>,
}

request! {
    /// The changes to tell other processes of again.
    pub struct ReplayOutboxBody {
        /// How many minutes back to go.
        minutes: Int<1, REPLAY_MINUTES_MAX> => 60,
    }
}

pub async fn overview(
    State(operating): State<Operating>,
    State(app): State<Application>,
    State(flags): State<FeatureFlags>,
    ctx: Ctx,
    accept: Accept,
) -> ApiResult {
    let overview = operating.overview(app.clock.now(), ctx.language).await;
    if accept != Media::Html {
        return answer::json(&overview);
    }
    let shown = Shown {
        overview,
        configuration: configuration::configuration(&operating),
        flags: feature_flags::flags(&flags),
    };
    Ok(ops_page::content(&shown, ctx.language))
}

pub async fn slow_statements(State(operating): State<Operating>) -> ApiResult {
    answer::json(&SlowStatementsView { items: operating.slow.slow_statements() })
}

pub async fn replay_outbox(
    State(app): State<Application>,
    State(recent): State<Arc<dyn RecentChanges>>,
    ctx: Ctx,
    Json(body): Json<ReplayOutboxBody>,
) -> ApiResult {
    answer::ok(replay(&app, &*recent, &ctx, body.minutes.0).await?)
}
