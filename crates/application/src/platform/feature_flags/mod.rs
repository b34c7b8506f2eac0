//! Feature flags of this process: read from the configuration, evaluated for whoever asks.

mod parse;
mod read;
mod tree;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use domain::platform::feature_flags::{Caller, FeatureFlag};
use domain::time::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::ports::PlatformQueries;
use super::role_assignments::ROLE_ASSIGNMENT_LIST;
use crate::command::Application;
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::paging::{FilterOp, FilterValue, ListQuery};
use crate::ports::clock::Ids;

pub use read::{FLAGS_MAX, FlagProblem, FlagSet};

/// Roles of one user that count as groups.
const ROLES_MAX: u32 = 50;

/// A feature flag as it is for the caller.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FeatureFlagView {
    pub id: String,
    pub enabled: bool,
    /// The variant for the caller, if the flag has variants.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// The configuration of the variant.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub configuration: Option<Value>,
}

/// The flags in force; clones share them.
#[derive(Clone, Default)]
pub struct FeatureFlags {
    current: Arc<RwLock<Arc<FlagSet>>>,
}

impl FeatureFlags {
    pub fn new(flags: FlagSet) -> Self {
        Self { current: Arc::new(RwLock::new(Arc::new(flags))) }
    }

    /// Other flags from now on; a question in progress is answered by the old ones.
    pub fn replace(&self, flags: FlagSet) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(flags);
    }

    /// Replaces the flags by those of a configuration; see [`FlagSet::read`]. Its errors belong in the log.
    pub fn load<'a>(
        &self,
        sections: impl IntoIterator<Item = (&'a str, &'a str)>,
        schema: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Vec<FlagProblem> {
        let (flags, problems) = FlagSet::read(sections, schema);
        self.replace(flags);
        problems
    }

    pub fn current(&self) -> Arc<FlagSet> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether the flag is on for the caller; a flag that nobody defined is off.
    pub fn is_enabled(&self, id: &str, caller: &Caller, now: Timestamp, ids: &dyn Ids) -> bool {
        self.current().find(id).is_some_and(|flag| flag.evaluate(caller, now, &mut || draw(ids)).enabled)
    }

    /// Every flag for the caller, by id.
    pub fn evaluate(&self, caller: &Caller, now: Timestamp, ids: &dyn Ids) -> Vec<FeatureFlagView> {
        self.current().iter().map(|flag| view(flag, caller, now, ids)).collect()
    }
}

fn view(flag: &FeatureFlag, caller: &Caller, now: Timestamp, ids: &dyn Ids) -> FeatureFlagView {
    let found = flag.evaluate(caller, now, &mut || draw(ids));
    let configuration = found.variant.and_then(|variant| variant.configuration.as_deref());
    FeatureFlagView {
        id: flag.id.clone(),
        enabled: found.enabled,
        variant: found.variant.map(|variant| variant.name.clone()),
        configuration: configuration.and_then(|json| serde_json::from_str(json).ok()),
    }
}

/// From 0 to below 1.
fn draw(ids: &dyn Ids) -> f64 {
    let bytes = ids.secret();
    let number = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    f64::from(number) / (f64::from(u32::MAX) + 1.0)
}

/// The caller as flags see it: the user by e-mail address, in the groups of the tenant's code and of the user's role
/// codes.
pub async fn caller(
    queries: &dyn PlatformQueries,
    ctx: &RequestContext,
    now: Timestamp,
) -> AppResult<Caller> {
    let tenant = queries.tenant(ctx.tenant).await?;
    let mut groups: Vec<String> = tenant.into_iter().map(|tenant| tenant.code).collect();
    let Some(id) = ctx.actor.user_id() else { return Ok(Caller { user: None, groups }) };
    let user = queries.user(ctx.tenant, id).await?.map(|user| user.email);
    let theirs = ListQuery::first(&ROLE_ASSIGNMENT_LIST, ROLES_MAX).filter(
        "userId",
        FilterOp::Eq,
        FilterValue::Id(id.uuid()),
    );
    for assignment in queries.role_assignments(ctx.tenant, &theirs).await?.items {
        if assignment.expires_at.is_none_or(|end| now < end)
            && let Some(role) = queries.role(ctx.tenant, domain::ids::RoleId::new(assignment.role_id)).await?
        {
            groups.push(role.code);
        }
    }
    Ok(Caller { user, groups })
}

/// Every flag for the one who asks.
pub async fn feature_flags(
    flags: &FeatureFlags,
    app: &Application,
    queries: &dyn PlatformQueries,
    ctx: &RequestContext,
) -> AppResult<Vec<FeatureFlagView>> {
    if flags.current().is_empty() {
        return Ok(Vec::new());
    }
    let now = app.clock.now();
    let caller = caller(queries, ctx, now).await?;
    Ok(flags.evaluate(&caller, now, &*app.ids))
}

/// Flags by lower-case id.
type ById = BTreeMap<String, FeatureFlag>;

#[cfg(test)]
mod tests;
