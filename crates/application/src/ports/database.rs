//! The port through which commands run in transactions.

use std::sync::Arc;

use async_trait::async_trait;
use domain::ids::TenantId;
use uuid::Uuid;

use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// The end of a transaction after a work has run without error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Commit,
    /// Keep nothing: a dry run, or the replay of an idempotent request.
    Rollback,
}

/// One command's part of a transaction, as a value: the engine decides on which thread and in whose company it
/// runs, and may run it again after a transient failure. It MUST do no I/O but through the unit of work.
#[async_trait]
pub trait Work: Send + Sync {
    fn tenant(&self) -> TenantId;
    /// Whose idempotency key it runs under, so that an engine can look for it while it begins.
    fn replay_key(&self) -> Option<(Uuid, String)> {
        None
    }
    /// Whether it has to succeed at its first run, as one that takes its parts from others: then no work of its tenant runs
    /// beside it, where several could.
    fn runs_once(&self) -> bool {
        false
    }
    /// After a run that committed: which entities of which tenant changed, for cache invalidation.
    fn touched(&self) -> Vec<(TenantId, Vec<&'static str>)> {
        Vec::new()
    }
    async fn run(&self, uow: &mut dyn UnitOfWork) -> AppResult<Outcome>;
}

#[async_trait]
pub trait Database: Send + Sync {
    /// Runs `work` in a transaction and answers when its effect is durable, or not at all. Concurrent works may share
    /// one physical commit, each in its own savepoint. MUST NOT report success before the commit succeeded.
    async fn write(&self, work: Arc<dyn Work>) -> AppResult<()>;

    /// Waits until everything of the tenant begun before this call is either committed or gone. After it, what is
    /// recorded up to the clock's present moment cannot change (R10, `knownAt`).
    async fn settle(&self, tenant: TenantId) -> AppResult<()>;

    /// Whether works of all tenants run one after the other, so that one that takes long holds up all of them.
    fn has_one_writer(&self) -> bool {
        false
    }
}
