//! `/feature-flags`: what is switched on for the caller.

use std::sync::Arc;

use application::authorize::Access;
use application::command::Application;
use application::platform::feature_flags::{FeatureFlagView, FeatureFlags, feature_flags};
use application::platform::ports::PlatformQueries;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::{self, ApiResult};
use crate::extract::Ctx;
use crate::operation::Operations;

const TAG: &str = "feature flags";

/// Every feature flag for the caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeatureFlagsView {
    pub items: Vec<FeatureFlagView>,
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "Feature flags, which operators turn on and off for some users or for all.");
    ops.get("/feature-flags", list)
        .id("list_feature_flags")
        .tag(TAG)
        .summary("List the feature flags")
        .description(
            "Evaluates every flag for the caller: the user by e-mail address, in the groups of the tenant's \
             code and of the user's role codes. A flag with a percentage filter may answer differently each \
             time.",
        )
        .access(Access::SignedIn)
        .ok::<FeatureFlagsView>();
}

async fn list(
    ctx: Ctx,
    State(flags): State<FeatureFlags>,
    State(app): State<Application>,
    State(queries): State<Arc<dyn PlatformQueries>>,
) -> ApiResult {
    answer::json(&FeatureFlagsView { items: feature_flags(&flags, &app, &*queries, &ctx).await? })
}
