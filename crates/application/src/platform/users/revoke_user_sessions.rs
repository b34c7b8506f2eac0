//! Signs a person out of the tenant.

use async_trait::async_trait;
use domain::ids::UserId;

use super::member;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::platform::guard::may_overrule;
use crate::platform::sessions::record_ended;
use crate::unit_of_work::UnitOfWork;

/// Ends the sessions in this tenant alone; the person may sign in again at once.
pub struct RevokeUserSessions {
    pub id: UserId,
}

#[async_trait]
impl Command for RevokeUserSessions {
    const NAME: &'static str = "revoke_user_sessions";
    const ACCESS: Access = Access::Permission("platform.user.update");
    type Output = ();

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        member(uow, self.id).await?;
        may_overrule(ctx, uow, self.id).await?;
        let tenant = uow.tenant();
        uow.sessions().revoke_user(self.id, Some(tenant)).await?;
        record_ended(uow, tenant, self.id, "ended_by_administrator")?;
        Ok(Done::new(()))
    }
}
