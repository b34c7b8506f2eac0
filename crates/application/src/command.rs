//! The one way to change something. [`execute`] is the only place that authorises, begins, replays, audits and commits.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use domain::error::Violation;
use domain::ids::TenantId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use crate::authorize::{self, Access};
use crate::context::{IfMatch, RequestContext};
use crate::error::{AppError, AppResult, IDEMPOTENCY_KEY_REUSED, MISSING_IF_MATCH, STALE_VERSION};
use crate::ports::bookkeeping::Replay;
use crate::ports::cache::Cache;
use crate::ports::clock::{Clock, Ids};
use crate::ports::database::{Database, Outcome, Work};
use crate::unit_of_work::UnitOfWork;

/// A write as a value. `run` holds the whole use case and may be repeated after a transient failure.
#[async_trait]
pub trait Command: Send + Sync + 'static {
    /// Snake case, verb first: `post_journal_entry`.
    const NAME: &'static str;
    const ACCESS: Access;
    /// The view that is answered (and kept for a replay).
    type Output: Serialize + Send;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<Self::Output>>;
}

/// The result of a command: the answer, and which version of which thing it is.
#[derive(Debug)]
pub struct Done<T> {
    pub output: T,
    /// The id of the created thing, for `Location`.
    pub id: Option<Uuid>,
    /// The version, for `ETag`.
    pub version: Option<i64>,
}

impl<T> Done<T> {
    pub fn new(output: T) -> Self {
        Self { output, id: None, version: None }
    }
    pub fn of(id: Uuid, version: i64, output: T) -> Self {
        Self { output, id: Some(id), version: Some(version) }
    }
}

/// The answer of a command, already as JSON: what a replay of the same request will be given too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Executed {
    pub body: Bytes,
    pub id: Option<Uuid>,
    pub version: Option<i64>,
    /// An earlier request with this idempotency key did it.
    pub replayed: bool,
}

impl Executed {
    /// The answer as data, for callers in the process.
    pub fn read<T: DeserializeOwned>(&self) -> AppResult<T> {
        let read = serde_json::from_slice(&self.body);
        read.map_err(|error| AppError::internal(format!("the answer of a command: {error}")))
    }

    /// The answer with what is never stored with it.
    pub fn with(self, change: impl FnOnce(Value) -> Value) -> AppResult<Self> {
        let answer = change(self.read()?);
        Ok(Self { body: answer.to_string().into(), ..self })
    }
}

/// The parts that commands need. The database lets the cache forget what its works [touched](Work::touched).
#[derive(Clone)]
pub struct Application {
    pub database: Arc<dyn Database>,
    pub cache: Arc<dyn Cache>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
}

/// Authorise, then in one transaction: replay or run, audit, events, idempotency row. Answers after the commit, when the
/// database has let every cache forget what was changed.
pub async fn execute<C: Command>(app: &Application, ctx: &RequestContext, command: C) -> AppResult<Executed> {
    authorize::require(ctx, C::ACCESS)?;
    carry_out(app, ctx, Box::new(command)).await
}

async fn carry_out(
    app: &Application,
    ctx: &RequestContext,
    command: Box<dyn AnyCommand>,
) -> AppResult<Executed> {
    let work = Arc::new(CommandWork { ctx: ctx.clone(), command, state: Mutex::default() });
    match &ctx.batch {
        Some(batch) => batch.0.join(work.clone()).await?,
        None => app.database.write(work.clone()).await?,
    }
    let executed = work.state.lock().unwrap_or_else(PoisonError::into_inner).executed.take();
    executed.ok_or_else(|| AppError::internal(format!("{} committed without an answer", work.command.name())))
}

/// A command whose answer is text already, so that all that surrounds it is compiled once and not for each command.
#[async_trait]
trait AnyCommand: Send + Sync {
    fn name(&self) -> &'static str;
    async fn run_to_json(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<String>>;
}

#[async_trait]
impl<C: Command> AnyCommand for C {
    fn name(&self) -> &'static str {
        C::NAME
    }

    async fn run_to_json(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<String>> {
        let done = self.run(ctx, uow).await?;
        let output = serde_json::to_string(&done.output)
            .map_err(|error| AppError::internal(format!("{} answer: {error}", C::NAME)))?;
        Ok(Done { output, id: done.id, version: done.version })
    }
}

#[derive(Default)]
struct WorkState {
    executed: Option<Executed>,
    touched: Vec<(TenantId, Vec<&'static str>)>,
}

struct CommandWork {
    ctx: RequestContext,
    command: Box<dyn AnyCommand>,
    state: Mutex<WorkState>,
}

impl CommandWork {
    fn finish(&self, executed: Executed, touched: Vec<(TenantId, Vec<&'static str>)>) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) =
            WorkState { executed: Some(executed), touched };
    }
}

#[async_trait]
impl Work for CommandWork {
    fn tenant(&self) -> TenantId {
        self.ctx.tenant
    }

    fn replay_key(&self) -> Option<(Uuid, String)> {
        self.ctx
            .idempotency
            .as_ref()
            .map(|idempotency| (self.ctx.cause().key_owner(), idempotency.key.clone()))
    }

    fn touched(&self) -> Vec<(TenantId, Vec<&'static str>)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).touched.clone()
    }

    async fn run(&self, uow: &mut dyn UnitOfWork) -> AppResult<Outcome> {
        if let Some(executed) = replay(&self.ctx, uow).await? {
            self.finish(executed, Vec::new());
            return Ok(Outcome::Rollback);
        }
        let Done { output: body, id, version } = self.command.run_to_json(&self.ctx, uow).await?;
        if self.ctx.dry_run {
            self.finish(Executed { body: body.into(), id, version, replayed: false }, Vec::new());
            return Ok(Outcome::Rollback);
        }
        let touched = uow.bookkeeping().write_changes(&self.ctx.cause()).await?;
        if let Some(idempotency) = &self.ctx.idempotency {
            let row = Replay { request_hash: idempotency.request_hash, body: body.clone(), id, version };
            uow.bookkeeping().save_replay(&self.ctx.cause(), &idempotency.key, row).await?;
        }
        self.finish(Executed { body: body.into(), id, version, replayed: false }, touched);
        Ok(Outcome::Commit)
    }
}

/// The earlier answer of this idempotency key, if there is one; another request under the same key is an error.
async fn replay(ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Option<Executed>> {
    let Some(idempotency) = &ctx.idempotency else { return Ok(None) };
    let Some(earlier) = uow.bookkeeping().find_replay(&ctx.cause(), &idempotency.key).await? else {
        return Ok(None);
    };
    if earlier.request_hash != idempotency.request_hash {
        return Err(AppError::of(&IDEMPOTENCY_KEY_REUSED));
    }
    Ok(Some(Executed { body: earlier.body.into(), id: earlier.id, version: earlier.version, replayed: true }))
}

/// Checks `If-Match` against the stored version: missing is 428, another version 412.
pub fn check_version(ctx: &RequestContext, current: i64) -> AppResult<()> {
    match ctx.if_match {
        _ if ctx.actor == crate::context::Actor::System => Ok(()),
        Some(IfMatch::Any) => Ok(()),
        Some(IfMatch::Version(version)) if version == current => Ok(()),
        Some(IfMatch::Version(_)) => {
            Err(AppError::new(Violation::new(&STALE_VERSION).with("current", current)))
        }
        None => Err(AppError::of(&MISSING_IF_MATCH)),
    }
}
