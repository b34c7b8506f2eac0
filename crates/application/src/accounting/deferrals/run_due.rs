//! Called by the background worker: every line of a deferral that is due in a tenant.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::deferral::DeferralStatus;
use domain::error::Category;
use domain::ids::TenantId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ports::DeferralId;
use super::posting::{Due, Outcome};
use super::run::{find, save};
use super::{CREATE, RUN, note};
use crate::accounting::ports::books::Books;
use crate::accounting::recurring::RecurringRun;
use crate::authorize::Access;
use crate::command::{Application, Command, Done, execute};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::platform::on_behalf::on_behalf_of;
use crate::unit_of_work::UnitOfWork;

/// The cause that the background work states.
pub const CAUSE: &str = "deferrals";
/// Deferrals read at once.
const DUE_PAGE_MAX: u32 = 100;

/// Posts every line that is due by `today` in a tenant, and tries again what failed on an earlier day.
///
/// The lines of one deferral are posted in one transaction with its new state, so a line is posted exactly once, also after a
/// crash, in the name of whoever created the deferral. A refused line is noted as failed and left alone until the next day.
/// Fails only when storage is away.
pub async fn run_due_deferrals(
    app: &Application,
    tenant: TenantId,
    today: NaiveDate,
) -> AppResult<RecurringRun> {
    let ctx = RequestContext::system(tenant, CAUSE);
    // Nothing of a look is kept.
    let looking = RequestContext { dry_run: true, ..ctx.clone() };
    let (mut run, mut after) = (RecurringRun::default(), Uuid::nil());
    loop {
        let found: Vec<Uuid> = execute(app, &looking, FindDue { today, after }).await?.read()?;
        for id in &found {
            match execute(app, &ctx, PostDue { id: DeferralId::new(*id), today }).await {
                Ok(executed) => {
                    let done: Ran = executed.read()?;
                    run.posted += done.posted;
                    run.failed += done.failed;
                }
                Err(error) if error.category() == Category::Unavailable => return Err(error),
                Err(error) => {
                    run.failed += 1;
                    tracing::warn!(tenant = %tenant, %id, %error, "a deferral was refused");
                }
            }
        }
        match found.last() {
            Some(last) if found.len() >= DUE_PAGE_MAX as usize => after = *last,
            _ => return Ok(run),
        }
    }
}

struct FindDue {
    today: NaiveDate,
    after: Uuid,
}

#[async_trait]
impl Command for FindDue {
    const NAME: &'static str = "find_due_deferrals";
    const ACCESS: Access = Access::Permission(RUN);
    type Output = Vec<Uuid>;

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<Vec<Uuid>>> {
        Ok(Done::new(uow.deferrals().deferrals_to_try(self.today, self.after, DUE_PAGE_MAX).await?))
    }
}

struct PostDue {
    id: DeferralId,
    today: NaiveDate,
}

#[derive(Serialize, Deserialize)]
struct Ran {
    posted: usize,
    failed: usize,
}

#[async_trait]
impl Command for PostDue {
    const NAME: &'static str = "post_due_deferral";
    const ACCESS: Access = Access::Permission(RUN);
    type Output = Ran;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<Ran>> {
        let mut deferral = find(uow, self.id).await?;
        if deferral.status != DeferralStatus::Active {
            return Ok(Done::new(Ran { posted: 0, failed: 0 }));
        }
        let before = deferral.clone();
        let due = Due { through: self.today, posting_date: None, today: self.today, retry_today: false };
        let ordered_by = deferral.ordered_by.map(|by| (by.user, by.key));
        let outcome = match on_behalf_of(ctx, uow, ordered_by, &[CREATE]).await {
            Ok(orderer) => deferral.post_due(&orderer, uow, due).await?,
            Err(error) if error.is_refusal() => deferral.fail_due(due, &error),
            Err(error) => return Err(error),
        };
        let Outcome { posted, failed, .. } = outcome;
        if outcome.lines() > 0 {
            save(uow, &mut deferral).await?;
            let mut books = Books::open(ctx, uow).await?;
            let legend = deferral.legend(uow, &mut books).await?;
            let action = if failed > 0 { "failed" } else { "ran" };
            note(uow, action, Some(&before.full_view(&legend)), &deferral.full_view(&legend));
        }
        Ok(Done::new(Ran { posted, failed }))
    }
}
