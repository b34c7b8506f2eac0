//! Telling the other processes once more what has changed lately, for when they may have missed it.

use async_trait::async_trait;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::authorize::{self, Access};
use crate::command::{Application, Command, Done, Executed, execute};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::ports::cache::RecentChanges;
use crate::ports::change::Change;
use crate::unit_of_work::UnitOfWork;

/// The resource, as in events and messages.
pub const OUTBOX: &str = "outbox";
/// How far back changes can be told again, in minutes: a day.
pub const REPLAY_MINUTES_MAX: i64 = 24 * 60;

/// The changes that other processes were told of again, or with `dryRun` would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OutboxReplayView {
    /// How many minutes back the repeated changes go.
    pub minutes: i64,
    /// Whether this was a dry run: changes were counted, and no process was told.
    pub dry_run: bool,
    /// The number of tenants with changes.
    pub tenants: usize,
    /// The number of kinds of records that have changed, counted for each tenant.
    pub entities: usize,
}

/// The record of a replay that has happened; what it does itself is nothing.
pub struct RecordOutboxReplay {
    replayed: OutboxReplayView,
}

#[async_trait]
impl Command for RecordOutboxReplay {
    const NAME: &'static str = "replay_outbox";
    const ACCESS: Access = Access::PlatformAdmin;
    type Output = OutboxReplayView;

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<OutboxReplayView>> {
        let OutboxReplayView { minutes, tenants, entities, .. } = &self.replayed;
        let after = Some(json!({ "minutes": minutes, "tenants": tenants, "entities": entities }));
        let tenant = uow.tenant();
        // There is one outbox, and it has no id.
        let entity_id = Uuid::nil();
        uow.record(Change { tenant, entity: OUTBOX, entity_id, action: "replayed", before: None, after });
        Ok(Done::new(self.replayed.clone()))
    }
}

/// Tells every process, this one among them, what the change feed says has changed in the last minutes: caches forget it, and
/// event streams look again. Telling twice does no harm.
pub async fn replay(
    app: &Application,
    recent: &dyn RecentChanges,
    ctx: &RequestContext,
    minutes: i64,
) -> AppResult<Executed> {
    authorize::require(ctx, RecordOutboxReplay::ACCESS)?;
    let changes = recent.changed_since(app.clock.now().plus_seconds(-60 * minutes)).await?;
    let replayed = OutboxReplayView {
        minutes,
        dry_run: ctx.dry_run,
        tenants: changes.len(),
        entities: changes.iter().map(|(_, entities)| entities.len()).sum(),
    };
    if !ctx.dry_run {
        for (tenant, entities) in changes {
            app.cache.invalidate(tenant, &entities).await;
        }
    }
    execute(app, ctx, RecordOutboxReplay { replayed }).await
}
