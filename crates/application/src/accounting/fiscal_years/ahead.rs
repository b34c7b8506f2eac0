//! Called by the background worker: the next fiscal year is there before the last one ends.

use async_trait::async_trait;
use chrono::Days;
use domain::ids::TenantId;
use domain::time_zone::TimeZone;

use super::{CREATE, ensure_next_year};
use crate::authorize::Access;
use crate::command::{Application, Command, Done, execute};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// So many days before the last fiscal year ends, the next one is made.
pub const NEXT_YEAR_BEFORE_DAYS: u64 = 30;

/// Makes the next fiscal year of a tenant whose last one ends within [`NEXT_YEAR_BEFORE_DAYS`] of the tenant's own today, as
/// the first posting into it would; answers whether it did.
///
/// Books that were left a year ago or longer are left alone: nothing is made for days on which nobody keeps them.
pub async fn make_next_year_ahead(app: &Application, tenant: TenantId, zone: TimeZone) -> AppResult<bool> {
    let ctx = RequestContext::system(tenant, "fiscal-years").in_time_zone(zone);
    execute(app, &ctx, MakeNextYear).await?.read()
}

struct MakeNextYear;

#[async_trait]
impl Command for MakeNextYear {
    const NAME: &'static str = "make_next_fiscal_year";
    const ACCESS: Access = Access::Permission(CREATE);
    type Output = bool;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<bool>> {
        // The first day that nothing would cover when the last year ends that soon.
        let day = ctx.today(uow.now()).checked_add_days(Days::new(NEXT_YEAR_BEFORE_DAYS + 1));
        let made = match day {
            Some(day) => ensure_next_year(ctx, uow, day).await?,
            None => false,
        };
        Ok(Done::new(made))
    }
}
