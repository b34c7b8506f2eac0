//! Removes from the file store what belongs to nothing: broken uploads, expired ones, files of deleted attachments.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::ids::{AttachmentId, TenantId};
use uuid::Uuid;

use super::expire::ExpireAttachment;
use super::register::ForgetBlob;
use crate::command::{Application, execute};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::ports::blobs::{BlobKey, BlobStore};
use crate::ports::database::{Outcome, Work};
use crate::unit_of_work::UnitOfWork;

/// Rows looked at in one transaction.
const ROWS_MAX: u32 = 100;
/// Blobs removed in one run; what is left waits for the next.
const BLOBS_PER_RUN_MAX: u64 = 10_000;

/// The result of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Announced uploads that were given up.
    pub expired: u64,
    /// Blobs that are gone from the store.
    pub removed: u64,
}

/// Looks for what is due, of every tenant. Stops at the first failure: a store that is away stays so for a while.
pub async fn sweep(app: &Application, store: &dyn BlobStore) -> AppResult<Swept> {
    let mut swept = Swept::default();
    loop {
        let due = look(app).await?;
        let (expired, blobs) = (due.expired.len(), due.blobs.len());
        for (tenant, id) in due.expired {
            execute(app, &RequestContext::system(tenant, "attachments"), ExpireAttachment { id }).await?;
            swept.expired += 1;
        }
        for key in due.blobs {
            store.delete(key).await?;
            app.database.write(Arc::new(ForgetBlob { tenant: key.tenant, id: key.id })).await?;
            swept.removed += 1;
        }
        if expired.max(blobs) < ROWS_MAX as usize || swept.removed >= BLOBS_PER_RUN_MAX {
            return Ok(swept);
        }
    }
}

#[derive(Default)]
struct Due {
    expired: Vec<(TenantId, AttachmentId)>,
    blobs: Vec<BlobKey>,
}

async fn look(app: &Application) -> AppResult<Due> {
    let work = Arc::new(Look::default());
    app.database.write(work.clone()).await?;
    Ok(std::mem::take(&mut *work.0.lock().unwrap_or_else(PoisonError::into_inner)))
}

#[derive(Default)]
struct Look(Mutex<Due>);

#[async_trait]
impl Work for Look {
    fn tenant(&self) -> TenantId {
        TenantId::new(Uuid::nil())
    }

    async fn run(&self, uow: &mut dyn UnitOfWork) -> AppResult<Outcome> {
        let now = uow.now();
        let due = Due {
            expired: uow.attachments().expired(now, ROWS_MAX).await?,
            blobs: uow.stored_blobs().due(now, ROWS_MAX).await?,
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = due;
        Ok(Outcome::Rollback)
    }
}
