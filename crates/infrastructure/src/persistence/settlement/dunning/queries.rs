//! [`DunningQueries`] in SQL.

use application::error::AppResult;
use application::paging::{ListQuery, Page};
use application::ports::storage_error::StorageResult;
use application::settlement::dunning::ports::{DUNNING_NOTICE_LIST, DUNNING_RUN_LIST, DunningQueries};
use application::settlement::dunning::views::{DunningNoticeView, DunningRunView};
use async_trait::async_trait;
use domain::ids::TenantId;
use domain::settlement::dunning::{DunningNoticeId, DunningRunId};

use super::rows::{notice_columns, read_notice, read_run, run_columns};
use crate::persistence::accounting::company_money::CompanyMoney;
use crate::persistence::parties::aliases::with_merged;
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::value::Columns;
use crate::statements;

statements! {
    RUN = "settlement.dunning_run.view":
        concat!(run_columns!(), " WHERE r.tenant_id = ?1 AND r.id = ?2");
    OF_RUN = "settlement.dunning_notice.view_of_run":
        concat!(notice_columns!(), " WHERE n.tenant_id = ?1 AND n.run_id = ?2 ORDER BY n.id");
    NOTICE = "settlement.dunning_notice.view":
        concat!(notice_columns!(), " WHERE n.tenant_id = ?1 AND n.id = ?2");
}

pub(super) static RUNS: ListSql = ListSql {
    spec: &DUNNING_RUN_LIST,
    select: run_columns!(),
    tenant: "r.tenant_id",
    key: &["r.id"],
    columns: &[("id", "r.id"), ("date", "r.run_date"), ("status", "r.status")],
    sorted_as: &[],
};

pub(super) static NOTICES: ListSql = ListSql {
    spec: &DUNNING_NOTICE_LIST,
    select: notice_columns!(),
    tenant: "n.tenant_id",
    key: &["n.id"],
    columns: &[
        ("id", "n.id"),
        ("runId", "n.run_id"),
        ("partyId", "n.party_id"),
        ("party", "n.party"),
        ("level", "n.level"),
        ("status", "n.status"),
        ("date", "n.notice_date"),
        ("feeInvoiceId", "n.fee_invoice_id"),
    ],
    sorted_as: &[],
};

#[async_trait]
impl DunningQueries for Db {
    async fn dunning_run(&self, tenant: TenantId, id: DunningRunId) -> AppResult<Option<DunningRunView>> {
        let Some(row) = self.find(&RUN, &[tenant.into(), id.into()]).await? else { return Ok(None) };
        let run = read_run(&mut row.columns("dunning_run"))?;
        let money = CompanyMoney::read(self, tenant).await?;
        let rows = self.query(&OF_RUN, &[tenant.into(), id.into()]).await?;
        let notices = rows.into_iter().map(|row| shown(&mut row.columns("dunning_notice"), &money));
        let notices = notices.collect::<StorageResult<Vec<_>>>()?;
        Ok(Some(DunningRunView { notices: Some(notices), ..run.view() }))
    }

    async fn dunning_runs(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<DunningRunView>> {
        RUNS.page(self, tenant, query, None, |columns| Ok(read_run(columns)?.view())).await
    }

    async fn dunning_notice(
        &self,
        tenant: TenantId,
        id: DunningNoticeId,
    ) -> AppResult<Option<DunningNoticeView>> {
        let money = CompanyMoney::read(self, tenant).await?;
        let row = self.find(&NOTICE, &[tenant.into(), id.into()]).await?;
        Ok(row.map(|row| shown(&mut row.columns("dunning_notice"), &money)).transpose()?)
    }

    async fn dunning_notices(
        &self,
        tenant: TenantId,
        query: &ListQuery,
    ) -> AppResult<Page<DunningNoticeView>> {
        let money = CompanyMoney::read(self, tenant).await?;
        let query = &*with_merged(self, tenant, query, (Some("party"), Some("partyId"))).await?;
        NOTICES.page(self, tenant, query, None, |columns| shown(columns, &money)).await
    }
}

fn shown(columns: &mut Columns, money: &CompanyMoney) -> StorageResult<DunningNoticeView> {
    let notice = read_notice(columns)?;
    Ok(notice.view(money.scale(notice.currency), money.company.scale))
}
