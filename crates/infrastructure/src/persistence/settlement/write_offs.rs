//! [`WriteOffRepository`] and [`WriteOffQueries`] in SQL.

use application::error::AppResult;
use application::paging::{ListQuery, Page};
use application::ports::storage_error::{StorageError, StorageResult};
use application::settlement::write_offs::ports::{
    StoredWriteOff, WRITE_OFF_LIST, WriteOffQueries, WriteOffRepository,
};
use application::settlement::write_offs::views::WriteOffView;
use async_trait::async_trait;
use domain::accounting::account::ControlKind;
use domain::ids::TenantId;
use domain::settlement::write_off::{WriteOffId, WriteOffKind};

use crate::persistence::SqlUnitOfWork;
use crate::persistence::accounting::company_money::CompanyMoney;
use crate::persistence::parties::aliases::with_merged;
use crate::persistence::table::optional;
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::value::{Columns, Value};
use crate::statements;

macro_rules! write_off {
    () => {
        "SELECT w.id, w.kind, w.status, w.number, w.control, w.party, w.account_id, w.write_off_date, w.currency, w.amount, \
         w.company_amount, w.entry_id, w.reversal_entry_id, w.reason, w.vat_relief, w.items, w.created_by, w.created_at, w.version \
         FROM write_off w"
    };
}

statements! {
    FIND = "settlement.write_off.find":
        concat!(write_off!(), " WHERE w.tenant_id = ?1 AND w.id = ?2");
    INSERT = "settlement.write_off.insert":
        "INSERT INTO write_off (tenant_id, id, kind, status, number, control, party, account_id, write_off_date, currency, \
         amount, company_amount, entry_id, reason, items, created_by, created_at, version) \
         VALUES (?1, ?2, ?3, 'posted', ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";
    RELIEVE = "settlement.write_off.relieve_vat":
        "UPDATE write_off SET vat_relief = ?4, version = ?3 \
         WHERE tenant_id = ?1 AND id = ?2 AND version = ?3 - 1 AND status = 'posted'";
    REVERSE = "settlement.write_off.reverse":
        "UPDATE write_off SET status = 'reversed', reversal_entry_id = ?4, vat_relief = ?5, version = ?3 \
         WHERE tenant_id = ?1 AND id = ?2 AND version = ?3 - 1 AND status = 'posted'";
}

pub(super) static LIST: ListSql = ListSql {
    spec: &WRITE_OFF_LIST,
    select: write_off!(),
    tenant: "w.tenant_id",
    key: &["w.id"],
    columns: &[
        ("id", "w.id"),
        ("kind", "w.kind"),
        ("status", "w.status"),
        ("party", "w.party"),
        ("date", "w.write_off_date"),
        ("entryId", "w.entry_id"),
    ],
    sorted_as: &[],
};

#[async_trait]
impl WriteOffRepository for SqlUnitOfWork {
    async fn find_write_off(&mut self, id: WriteOffId) -> StorageResult<Option<StoredWriteOff>> {
        let row = self.tx.find(&FIND, &[self.tenant.into(), id.into()]).await?;
        row.map(|row| read(&mut row.columns("write_off"))).transpose()
    }

    async fn insert_write_off(&mut self, write_off: &StoredWriteOff) -> StorageResult<()> {
        let items = serde_json::to_string(&write_off.items)
            .map_err(|error| StorageError::Internal(format!("items of a write-off: {error}")))?;
        let params = [
            self.tenant.into(),
            write_off.id.into(),
            write_off.kind.as_str().into(),
            write_off.number.as_str().into(),
            write_off.control.as_str().into(),
            write_off.party.as_str().into(),
            write_off.account.into(),
            write_off.date.into(),
            write_off.currency.into(),
            write_off.amount.into(),
            write_off.company_amount.into(),
            write_off.entry.into(),
            write_off.reason.as_str().into(),
            items.as_str().into(),
            write_off.created_by.into(),
            write_off.created_at.into(),
            write_off.version.into(),
        ];
        self.tx.execute_one(&INSERT, &params).await
    }

    async fn save_relief(&mut self, write_off: &StoredWriteOff) -> StorageResult<bool> {
        let params = [self.tenant.into(), write_off.id.into(), write_off.version.into(), relief(write_off)?];
        Ok(self.tx.execute(&RELIEVE, &params).await? == 1)
    }

    async fn save_reversed(&mut self, write_off: &StoredWriteOff) -> StorageResult<bool> {
        let params = [
            self.tenant.into(),
            write_off.id.into(),
            write_off.version.into(),
            write_off.reversal_entry.into(),
            relief(write_off)?,
        ];
        Ok(self.tx.execute(&REVERSE, &params).await? == 1)
    }
}

#[async_trait]
impl WriteOffQueries for Db {
    async fn write_off(&self, tenant: TenantId, id: WriteOffId) -> AppResult<Option<WriteOffView>> {
        let money = CompanyMoney::read(self, tenant).await?;
        let row = self.find(&FIND, &[tenant.into(), id.into()]).await?;
        Ok(row.map(|row| shown(&mut row.columns("write_off"), &money)).transpose()?)
    }

    async fn write_offs(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<WriteOffView>> {
        let money = CompanyMoney::read(self, tenant).await?;
        let query = &*with_merged(self, tenant, query, (Some("party"), None)).await?;
        LIST.page(self, tenant, query, None, |columns| shown(columns, &money)).await
    }
}

/// How VAT was taken back, as a document.
fn relief(write_off: &StoredWriteOff) -> StorageResult<Value> {
    let document = write_off.vat_relief.as_ref().map(serde_json::to_string).transpose();
    let document = document.map_err(|error| StorageError::Internal(format!("a relief of VAT: {error}")))?;
    Ok(document.into())
}

fn shown(columns: &mut Columns, money: &CompanyMoney) -> StorageResult<WriteOffView> {
    let write_off = read(columns)?;
    Ok(write_off.view(money.scale(write_off.currency), money.company.scale))
}

fn read(columns: &mut Columns) -> StorageResult<StoredWriteOff> {
    Ok(StoredWriteOff {
        id: columns.get("id")?,
        kind: columns.parse("kind", |text| WriteOffKind::parse(text).ok())?,
        reversed: columns.get::<String>("status")? == "reversed",
        number: columns.get("number")?,
        control: columns.parse("control", |text| ControlKind::parse(text).ok())?,
        party: columns.get("party")?,
        account: columns.get("account_id")?,
        date: columns.get("write_off_date")?,
        currency: columns.get("currency")?,
        amount: columns.get("amount")?,
        company_amount: columns.get("company_amount")?,
        entry: columns.get("entry_id")?,
        reversal_entry: columns.get("reversal_entry_id")?,
        reason: columns.get("reason")?,
        vat_relief: optional(columns, "vat_relief", |text| serde_json::from_str(text).ok())?,
        items: columns.parse("items", |text| serde_json::from_str(text).ok())?,
        created_by: columns.get("created_by")?,
        created_at: columns.get("created_at")?,
        version: columns.get("version")?,
    })
}
