//! Called by the background worker: quotations that nobody has answered while they were valid expire.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::documents::status::Step;
use domain::ids::TenantId;

use super::step::take;
use crate::authorize::Access;
use crate::command::{Application, Command, Done, execute};
use crate::context::RequestContext;
use crate::documents::ports::DocumentStatus;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// Most quotations that expire in one transaction.
const EXPIRED_AT_ONCE_MAX: u32 = 100;

/// Expires the quotations of a tenant whose last day lies before `today`. Answers how many. Only where there are some is
/// anything written.
pub async fn expire_quotations(app: &Application, tenant: TenantId, today: NaiveDate) -> AppResult<u64> {
    let ctx = RequestContext::system(tenant, "quotations");
    let look = RequestContext { dry_run: true, ..ctx.clone() };
    let mut expired = 0;
    while run(app, &look, today).await? > 0 {
        expired += run(app, &ctx, today).await?;
    }
    Ok(expired)
}

async fn run(app: &Application, ctx: &RequestContext, today: NaiveDate) -> AppResult<u64> {
    execute(app, ctx, ExpireQuotations { today }).await?.read()
}

struct ExpireQuotations {
    today: NaiveDate,
}

#[async_trait]
impl Command for ExpireQuotations {
    const NAME: &'static str = "expire_quotations";
    const ACCESS: Access = Access::Permission("sales.quotation.decline");
    type Output = u64;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<u64>> {
        let due = uow.documents().overdue_quotations(self.today, EXPIRED_AT_ONCE_MAX).await?;
        let mut expired = 0;
        for id in due {
            expired += 1;
            if ctx.dry_run {
                continue;
            }
            let quotation = uow.documents().find_document(id).await?;
            if let Some(quotation) = quotation.filter(|found| found.status == DocumentStatus::Sent) {
                take(uow, &quotation, Step::Expire).await?;
            }
        }
        Ok(Done::new(expired))
    }
}
