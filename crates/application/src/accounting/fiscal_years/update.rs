//! `PATCH /fiscal-years/{id}`: its name changes, its dates never do.

use async_trait::async_trait;
use domain::accounting::fiscal_year::FiscalYear;
use domain::ids::FiscalYearId;
use domain::text::LocalizedName;

use super::{find, record, save_year};
use crate::accounting::views::fiscal_year::FiscalYearView;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// `None` leaves the name as it is, an inner `None` removes it.
#[derive(Debug, Clone)]
pub struct UpdateFiscalYear {
    pub id: FiscalYearId,
    pub name: Option<Option<LocalizedName>>,
}

#[async_trait]
impl Command for UpdateFiscalYear {
    const NAME: &'static str = "update_fiscal_year";
    const ACCESS: Access = Access::Permission("accounting.fiscal_year.update");
    type Output = FiscalYearView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<FiscalYearView>> {
        let (before, _) = find(uow, self.id).await?;
        check_version(ctx, before.version)?;
        let name = self.name.clone().unwrap_or_else(|| before.name.clone());
        let after = FiscalYear { name, version: before.version + 1, ..before.clone() };
        save_year(uow, &after).await?;
        record(uow, "updated", Some(&before), Some(&after), None);
        Ok(Done::of(after.id.uuid(), after.version, FiscalYearView::from(&after)))
    }
}
