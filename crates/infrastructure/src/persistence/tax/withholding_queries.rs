//! [`WithholdingQueries`] in SQL.

use application::error::AppResult;
use application::paging::{ListQuery, Page};
use application::ports::storage_error::StorageResult;
use application::tax::withholding::ports::{
    WITHHOLDING_ENTRY_LIST, WITHHOLDING_RETURN_LIST, WithholdingQueries,
};
use application::tax::withholding::views::{
    WithholdingEntryView, WithholdingReturnView, withholding_entry_view,
};
use async_trait::async_trait;
use domain::ids::TenantId;
use domain::tax::withholding::{WithholdingReturnId, WithholdingReturnStatus};

use super::withholding::{FIND, entry_columns, read_entry, read_return, return_columns};
use crate::persistence::accounting::company_money::CompanyMoney;
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::value::Columns;

static RETURNS: ListSql = ListSql {
    spec: &WITHHOLDING_RETURN_LIST,
    select: concat!("SELECT ", return_columns!(), " FROM withholding_return r"),
    tenant: "r.tenant_id",
    key: &["r.id"],
    columns: &[("id", "r.id"), ("from", "r.from_date"), ("status", "r.status"), ("reference", "r.reference")],
    sorted_as: &[],
};
static ENTRIES: ListSql = ListSql {
    spec: &WITHHOLDING_ENTRY_LIST,
    select: concat!(
        "SELECT ",
        entry_columns!(),
        ", f.return_id FROM withholding_entry e LEFT JOIN withholding_return_entry f ON f.tenant_id = e.tenant_id \
         AND f.withholding_entry_id = e.id"
    ),
    tenant: "e.tenant_id",
    key: &["e.id"],
    columns: &[
        ("id", "e.id"),
        ("paymentId", "e.payment_id"),
        ("documentNumber", "e.document_number"),
        ("entryId", "e.entry_id"),
        ("party", "e.party"),
        ("taxCode", "e.tax_code"),
        ("paymentDate", "e.payment_date"),
        ("returnId", "f.return_id"),
    ],
    sorted_as: &[],
};
pub(super) static LISTS: &[&ListSql] = &[&RETURNS, &ENTRIES];

#[async_trait]
impl WithholdingQueries for Db {
    async fn withholding_return(
        &self,
        tenant: TenantId,
        id: WithholdingReturnId,
    ) -> AppResult<Option<WithholdingReturnView>> {
        let money = CompanyMoney::read(self, tenant).await?;
        let row = self.find(&FIND, &[tenant.into(), id.into()]).await?;
        let found = row.map(|row| read_return(&mut row.columns("withholding_return"))).transpose()?;
        Ok(found.map(|stored| stored.view(money.company.scale)))
    }

    async fn withholding_returns(
        &self,
        tenant: TenantId,
        query: &ListQuery,
    ) -> AppResult<Page<WithholdingReturnView>> {
        let money = CompanyMoney::read(self, tenant).await?;
        let read = |columns: &mut Columns| Ok(read_return(columns)?.head(money.company.scale));
        RETURNS.page(self, tenant, query, None, read).await
    }

    async fn withholding_entries(
        &self,
        tenant: TenantId,
        query: &ListQuery,
    ) -> AppResult<Page<WithholdingEntryView>> {
        let money = CompanyMoney::read(self, tenant).await?;
        ENTRIES.page(self, tenant, query, None, |columns| shown(columns, &money)).await
    }

    async fn entries_of_withholding_return(
        &self,
        tenant: TenantId,
        id: WithholdingReturnId,
        query: &ListQuery,
    ) -> AppResult<Option<Page<WithholdingEntryView>>> {
        let Some(row) = self.find(&FIND, &[tenant.into(), id.into()]).await? else { return Ok(None) };
        let stored = read_return(&mut row.columns("withholding_return"))?;
        let money = CompanyMoney::read(self, tenant).await?;
        let extra = match stored.status {
            WithholdingReturnStatus::Filed => ("f.return_id = ?2".into(), vec![id.into()]),
            WithholdingReturnStatus::Draft => {
                ("f.return_id IS NULL AND e.payment_date <= ?2".into(), vec![stored.month.last().into()])
            }
        };
        Ok(Some(ENTRIES.page(self, tenant, query, Some(extra), |columns| shown(columns, &money)).await?))
    }
}

fn shown(columns: &mut Columns, money: &CompanyMoney) -> StorageResult<WithholdingEntryView> {
    let entry = read_entry(columns)?;
    let in_return = columns.get("return_id")?;
    Ok(withholding_entry_view(&entry, in_return, (money.scale(entry.currency), money.company.scale)))
}
