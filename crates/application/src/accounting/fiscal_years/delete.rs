//! `DELETE /fiscal-years/{id}`: the first or the last year disappears while nothing is dated in it.

use async_trait::async_trait;
use domain::error::Violation;
use domain::ids::FiscalYearId;

use super::{find, record, stale};
use crate::accounting::fiscal_periods::record_period;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult, IN_USE};
use crate::nouns::nouns;
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct DeleteFiscalYear {
    pub id: FiscalYearId,
}

#[async_trait]
impl Command for DeleteFiscalYear {
    const NAME: &'static str = "delete_fiscal_year";
    /// A user who may make years may remove an unused one.
    const ACCESS: Access = Access::Permission(super::CREATE);
    type Output = ();

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        let (year, years) = find(uow, self.id).await?;
        check_version(ctx, year.version)?;
        year.check_delete(&years)?;
        if uow.fiscal_years().has_entries_between(year.start, year.end).await? {
            return Err(AppError::new(
                Violation::new(&IN_USE).with_phrase("users", nouns(&["journal entries"])),
            ));
        }
        let periods = uow.fiscal_years().fiscal_periods(year.id).await?;
        if !uow.fiscal_years().delete_fiscal_year(year.id, year.version).await? {
            return Err(stale(year.version));
        }
        for period in &periods {
            record_period(uow, "deleted", Some(period), None, None);
        }
        record(uow, "deleted", Some(&year), None, None);
        Ok(Done::new(()))
    }
}
