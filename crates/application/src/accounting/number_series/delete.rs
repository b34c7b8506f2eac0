//! `DELETE /number-series/{id}`: only a series that no journal uses and that gave no number disappears.

use async_trait::async_trait;
use domain::ids::NumberSeriesId;

use super::NUMBER_SERIES;
use crate::accounting::views::journal::NumberSeriesView;
use crate::authorize::Access;
use crate::changes::{record, refuse_used, stale};
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct DeleteNumberSeries {
    pub id: NumberSeriesId,
}

#[async_trait]
impl Command for DeleteNumberSeries {
    const NAME: &'static str = "delete_number_series";
    const ACCESS: Access = Access::Permission("accounting.number_series.delete");
    type Output = ();

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        let stored = uow.number_series().find(self.id).await?;
        let stored = stored.ok_or_else(|| AppError::not_found(NUMBER_SERIES))?;
        let version = stored.series.version;
        check_version(ctx, version)?;
        let mut users = uow.number_series().users(self.id).await?;
        if uow.number_series().has_numbers(self.id).await? {
            users.push("journal-entries");
        }
        refuse_used(&users)?;
        if !uow.number_series().delete(self.id, version).await? {
            return Err(stale(version));
        }
        let before = NumberSeriesView::from(&stored);
        record(uow, NUMBER_SERIES, before.id, "deleted", Some(&before), None);
        Ok(Done::new(()))
    }
}
