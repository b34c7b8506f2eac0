//! A wrong password is counted, and one too many locks the account.

use async_trait::async_trait;
use domain::ids::{TenantId, UserId};

use crate::authorize::Access;
use crate::command::{Application, Command, Done, execute};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::platform::guard::record_person;
use crate::platform::ports::Caller;
use crate::platform::records::Member;
use crate::platform::sign_in::SignInPolicy;
use crate::ports::unit_of_work::UnitOfWork;

/// Counts one failure. While a lock lasts the account's count stays, so that it ends when it said it would.
///
/// Whatever the reason of a refusal, it costs one write: the time of an answer tells nobody which addresses exist.
pub struct RecordFailure {
    /// `None` when no account is to blame: an unknown address, or a right password that lets nobody in.
    user: Option<UserId>,
    failures_max: u32,
    lock_seconds: i64,
}

impl RecordFailure {
    pub async fn run(
        app: &Application,
        policy: &SignInPolicy,
        tenant: TenantId,
        user: Option<UserId>,
        caller: &Caller,
    ) -> AppResult<()> {
        let command =
            Self { user, failures_max: policy.failures_max, lock_seconds: i64::from(policy.lock_seconds) };
        // Whoever typed the password, it was not the account's owner as far as anyone knows.
        execute(app, &RequestContext::system(tenant, &caller.request_id), command).await.map(|_| ())
    }
}

#[async_trait]
impl Command for RecordFailure {
    const NAME: &'static str = "record_sign_in_failure";
    const ACCESS: Access = Access::Public;
    type Output = ();

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        let now = uow.now();
        let user = match self.user {
            Some(user) => uow.users().find(user).await?,
            None => None,
        };
        let Some(before) = user.filter(|user| !user.is_locked(now)) else {
            uow.sessions().count_refusal().await?;
            return Ok(Done::new(()));
        };
        let mut after = before.clone();
        after.failed_attempts += 1;
        let lock = after.failed_attempts >= self.failures_max;
        if lock {
            after.failed_attempts = 0;
            after.locked_until = Some(now.plus_seconds(self.lock_seconds));
        }
        uow.users().update(&after).await?;
        if lock {
            let member = |user| Member { user, active: true };
            record_person(uow, "locked", Some(&member(before)), &member(after)).await?;
        }
        Ok(Done::new(()))
    }
}
