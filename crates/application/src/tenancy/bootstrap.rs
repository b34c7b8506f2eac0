//! The first start: one tenant and the administrator of the platform.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::ids::TenantId;
use uuid::Uuid;

use super::provision::{NewTenant, provision};
use crate::command::Application;
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::ports::database::{Outcome, Work};
use crate::unit_of_work::UnitOfWork;

/// The request id of what the product does by itself at start.
pub const BOOTSTRAP_REQUEST: &str = "bootstrap";

/// Further steps of the same transaction, run in the new tenant: its accounting template.
#[async_trait]
pub trait AfterProvision: Send + Sync + 'static {
    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork, new: &NewTenant) -> AppResult<()>;
}

/// Creates the tenant with a platform administrator unless the database has any tenant; answers the new one.
pub async fn bootstrap_administrator(
    app: &Application,
    new: NewTenant,
    after: Arc<dyn AfterProvision>,
) -> AppResult<Option<TenantId>> {
    let work = Arc::new(Bootstrap { new, after, created: Mutex::default() });
    app.database.write(work.clone()).await?;
    let created = *work.created.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(created)
}

struct Bootstrap {
    new: NewTenant,
    after: Arc<dyn AfterProvision>,
    created: Mutex<Option<TenantId>>,
}

#[async_trait]
impl Work for Bootstrap {
    fn tenant(&self) -> TenantId {
        TenantId::new(Uuid::nil())
    }

    async fn run(&self, uow: &mut dyn UnitOfWork) -> AppResult<Outcome> {
        if uow.tenants().count().await? > 0 {
            return Ok(Outcome::Rollback);
        }
        let new = self.new.clone();
        let ctx = RequestContext::system(self.tenant(), BOOTSTRAP_REQUEST);
        let id = provision(&ctx, uow, &new).await?.tenant;
        let ctx = RequestContext::system(id, BOOTSTRAP_REQUEST).in_time_zone(new.time_zone());
        self.after.run(&ctx, uow, &new).await?;
        uow.bookkeeping().write_changes(&ctx.cause()).await?;
        *self.created.lock().unwrap_or_else(PoisonError::into_inner) = Some(id);
        Ok(Outcome::Commit)
    }
}
