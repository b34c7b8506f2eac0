//! [`VatReturnRepository`] and [`VatReturnQueries`] in SQL.

use application::error::AppResult;
use application::paging::{ListQuery, Page};
use application::ports::storage_error::{StorageError, StorageResult};
use application::tax::vat_returns::ports::{
    EntryScope, ReturnHead, StoredReturn, VAT_RETURN_LIST, VatReturnQueries, VatReturnRepository,
};
use application::tax::vat_returns::views::{ReturnDocument, VatReturnView};
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::ids::{AccountId, TenantId};
use domain::money::Amount;
use domain::tax::tax_entry::TaxEntry;
use domain::tax::vat_period::VatPeriod;
use domain::tax::vat_return::{BoxSum, VatReturnId, VatReturnStatus};

use crate::persistence::SqlUnitOfWork;
use crate::persistence::accounting::company_money::CompanyMoney;
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::value::{Columns, Row, Value};
use crate::statements;

macro_rules! return_columns {
    () => {
        "r.id, r.from_date, r.to_date, r.amends_id, r.reason, r.status, r.reference, r.opening_credit, r.earlier_declared, (SELECT MIN(b.from_date) AS from_date FROM vat_return b WHERE b.tenant_id = r.tenant_id \
         AND b.earlier_declared = 1 AND b.from_date <= r.from_date) AS declared_from, r.due, r.credit, r.net, \
         r.late_vat, r.entry_count, r.entry_id, r.prepared_at, r.filed_at, r.filed_by, r.created_by, r.created_at, r.version"
    };
}

statements! {
    FIND = "tax.vat_return.find":
        concat!("SELECT ", return_columns!(), ", r.document FROM vat_return r WHERE r.tenant_id = ?1 AND r.id = ?2");
    // Filed ones first: 'filed' is after 'draft'.
    OVERLAPPING = "tax.vat_return.overlapping":
        "SELECT {first} id, from_date, to_date, status FROM vat_return WHERE tenant_id = ?1 AND amends_id IS NULL \
         AND from_date <= ?3 AND to_date >= ?2 ORDER BY status DESC, from_date {only}";
    AMENDMENT = "tax.vat_return.draft_amendment":
        "SELECT id, from_date, to_date, status FROM vat_return WHERE tenant_id = ?1 AND amends_id = ?2 \
         AND amends_id IS NOT NULL AND status = 'draft'";
    LAST_FILED = "tax.vat_return.last_filed":
        "SELECT {first} from_date, to_date FROM vat_return WHERE tenant_id = ?1 AND amends_id IS NULL AND status = 'filed' \
         ORDER BY from_date DESC {only}";
    DRAFT_BEFORE = "tax.vat_return.draft_before":
        "SELECT {first} from_date, to_date FROM vat_return WHERE tenant_id = ?1 AND amends_id IS NULL AND status = 'draft' \
         AND from_date < ?2 ORDER BY from_date {only}";
    DECLARED_FROM = "tax.vat_return.declared_from":
        "SELECT MIN(from_date) AS declared_from FROM vat_return WHERE tenant_id = ?1 AND earlier_declared = 1";
    // The opening credit is part of `credit`, although no return has left it.
    CREDIT_LEFT = "tax.vat_return.credit_left":
        "SELECT CAST(SUM(CASE WHEN net < 0 THEN -net ELSE 0 END - credit + opening_credit) AS DECIMAL(19,4)) AS credit_left \
         FROM vat_return WHERE tenant_id = ?1 AND status = 'filed'";
    INSERT = "tax.vat_return.insert":
        "INSERT INTO vat_return (tenant_id, id, from_date, to_date, amends_id, reason, status, reference, opening_credit, due, \
         credit, net, late_vat, entry_count, entry_id, prepared_at, filed_at, filed_by, created_by, created_at, version, \
         document, earlier_declared) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, \
         ?20, ?21, ?22, ?23)";
    UPDATE = "tax.vat_return.update":
        "UPDATE vat_return SET status = ?3, reference = ?4, due = ?5, credit = ?6, net = ?7, late_vat = ?8, entry_count = ?9, \
         entry_id = ?10, prepared_at = ?11, filed_at = ?12, filed_by = ?13, version = ?14, document = ?15 \
         WHERE tenant_id = ?1 AND id = ?2 AND version = ?14 - 1 AND status = 'draft'";
    DELETE = "tax.vat_return.delete":
        "DELETE FROM vat_return WHERE tenant_id = ?1 AND id = ?2 AND version = ?3 AND status = 'draft'";
}

static LIST: ListSql = ListSql {
    spec: &VAT_RETURN_LIST,
    select: concat!("SELECT ", return_columns!(), " FROM vat_return r"),
    tenant: "r.tenant_id",
    key: &["r.id"],
    columns: &[
        ("id", "r.id"),
        ("from", "r.from_date"),
        ("to", "r.to_date"),
        ("status", "r.status"),
        ("amendsId", "r.amends_id"),
        ("reference", "r.reference"),
    ],
    sorted_as: &[],
};
pub(super) static LISTS: &[&ListSql] = &[&LIST];

#[async_trait]
impl VatReturnRepository for SqlUnitOfWork {
    async fn find_return(
        &mut self,
        id: VatReturnId,
    ) -> StorageResult<Option<(StoredReturn, ReturnDocument)>> {
        let row = self.tx.find(&FIND, &[self.tenant.into(), id.into()]).await?;
        row.map(read_whole).transpose()
    }

    async fn overlapping_return(&mut self, period: VatPeriod) -> StorageResult<Option<ReturnHead>> {
        let params = [self.tenant.into(), period.from().into(), period.to().into()];
        self.tx.find(&OVERLAPPING, &params).await?.map(read_head).transpose()
    }

    async fn draft_amendment(&mut self, amends: VatReturnId) -> StorageResult<Option<ReturnHead>> {
        let row = self.tx.find(&AMENDMENT, &[self.tenant.into(), amends.into()]).await?;
        row.map(read_head).transpose()
    }

    async fn last_filed_return(&mut self) -> StorageResult<Option<VatPeriod>> {
        let row = self.tx.find(&LAST_FILED, &[self.tenant.into()]).await?;
        row.map(|row| read_period(&mut row.columns("vat_return"))).transpose()
    }

    async fn draft_before(&mut self, date: NaiveDate) -> StorageResult<Option<VatPeriod>> {
        let row = self.tx.find(&DRAFT_BEFORE, &[self.tenant.into(), date.into()]).await?;
        row.map(|row| read_period(&mut row.columns("vat_return"))).transpose()
    }

    async fn declared_from(&mut self) -> StorageResult<Option<NaiveDate>> {
        let row = self.tx.find(&DECLARED_FROM, &[self.tenant.into()]).await?;
        row.map_or(Ok(None), |row| row.single("vat_return", "declared_from"))
    }

    async fn credit_left(&mut self) -> StorageResult<Amount> {
        let row = self.tx.find(&CREDIT_LEFT, &[self.tenant.into()]).await?;
        row.map_or(Ok(Amount::ZERO), |row| row.single("vat_return", "credit_left"))
    }

    async fn insert_return(&mut self, stored: &StoredReturn, document: &ReturnDocument) -> StorageResult<()> {
        let params = [
            self.tenant.into(),
            stored.id.into(),
            stored.period.from().into(),
            stored.period.to().into(),
            stored.amends.into(),
            stored.reason.clone().into(),
            stored.status.as_str().into(),
            stored.reference.clone().into(),
            stored.opening_credit.into(),
            stored.due.into(),
            stored.credit.into(),
            stored.net.into(),
            stored.late_vat.into(),
            count(stored),
            stored.entry.into(),
            stored.prepared_at.into(),
            stored.filed_at.into(),
            stored.filed_by.into(),
            stored.created_by.into(),
            stored.created_at.into(),
            stored.version.into(),
            written(document)?,
            stored.earlier_declared.into(),
        ];
        self.tx.execute_one(&INSERT, &params).await
    }

    async fn save_return(&mut self, stored: &StoredReturn, document: &ReturnDocument) -> StorageResult<bool> {
        let params = [
            self.tenant.into(),
            stored.id.into(),
            stored.status.as_str().into(),
            stored.reference.clone().into(),
            stored.due.into(),
            stored.credit.into(),
            stored.net.into(),
            stored.late_vat.into(),
            count(stored),
            stored.entry.into(),
            stored.prepared_at.into(),
            stored.filed_at.into(),
            stored.filed_by.into(),
            stored.version.into(),
            written(document)?,
        ];
        Ok(self.tx.execute(&UPDATE, &params).await? == 1)
    }

    async fn delete_return(&mut self, id: VatReturnId, version: i64) -> StorageResult<bool> {
        Ok(self.tx.execute(&DELETE, &[self.tenant.into(), id.into(), version.into()]).await? == 1)
    }

    async fn box_sums(&mut self, scope: EntryScope) -> StorageResult<Vec<BoxSum>> {
        self.sums_by_box(scope).await
    }

    async fn owed_by_account(
        &mut self,
        scope: EntryScope,
    ) -> StorageResult<Vec<(Option<AccountId>, Amount)>> {
        self.sums_by_account(scope).await
    }

    async fn late_entries(&mut self, scope: EntryScope, max: i64) -> StorageResult<Vec<TaxEntry>> {
        self.find_late(scope, max).await
    }

    async fn unplaced_entries(&mut self, scope: EntryScope) -> StorageResult<u64> {
        self.count_unplaced(scope).await
    }

    async fn take_entries(&mut self, id: VatReturnId, scope: EntryScope) -> StorageResult<u64> {
        self.take(id, scope).await
    }
}

#[async_trait]
impl VatReturnQueries for Db {
    async fn vat_return(&self, tenant: TenantId, id: VatReturnId) -> AppResult<Option<VatReturnView>> {
        let money = CompanyMoney::read(self, tenant).await?;
        let row = self.find(&FIND, &[tenant.into(), id.into()]).await?;
        let found = row.map(read_whole).transpose()?;
        Ok(found.map(|(stored, document)| stored.view(document, money.company.scale)))
    }

    async fn vat_returns(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<VatReturnView>> {
        let money = CompanyMoney::read(self, tenant).await?;
        let read = |columns: &mut Columns| Ok(read_return(columns)?.head(money.company.scale));
        LIST.page(self, tenant, query, None, read).await
    }
}

fn count(stored: &StoredReturn) -> Value {
    i64::try_from(stored.entry_count).unwrap_or(i64::MAX).into()
}

fn written(document: &ReturnDocument) -> StorageResult<Value> {
    let text = serde_json::to_string(document);
    Ok(text.map_err(|error| StorageError::Internal(format!("boxes of a return: {error}")))?.into())
}

fn read_whole(row: Row) -> StorageResult<(StoredReturn, ReturnDocument)> {
    let mut columns = row.columns("vat_return");
    let stored = read_return(&mut columns)?;
    let document = columns.parse("document", |text| serde_json::from_str(text).ok())?;
    Ok((stored, document))
}

fn read_head(row: Row) -> StorageResult<ReturnHead> {
    let mut columns = row.columns("vat_return");
    let id = columns.get("id")?;
    let period = read_period(&mut columns)?;
    let status = columns.parse("status", |text| VatReturnStatus::parse(text).ok())?;
    Ok(ReturnHead { id, period, status })
}

fn read_period(columns: &mut Columns) -> StorageResult<VatPeriod> {
    Ok(VatPeriod::stored(columns.get("from_date")?, columns.get("to_date")?))
}

/// `return_columns!`
pub(super) fn read_return(columns: &mut Columns) -> StorageResult<StoredReturn> {
    let id = columns.get("id")?;
    Ok(StoredReturn {
        id,
        period: read_period(columns)?,
        amends: columns.get("amends_id")?,
        reason: columns.get("reason")?,
        status: columns.parse("status", |text| VatReturnStatus::parse(text).ok())?,
        reference: columns.get("reference")?,
        opening_credit: columns.get("opening_credit")?,
        earlier_declared: columns.get("earlier_declared")?,
        declared_from: columns.get("declared_from")?,
        due: columns.get("due")?,
        credit: columns.get("credit")?,
        net: columns.get("net")?,
        late_vat: columns.get("late_vat")?,
        entry_count: columns.get("entry_count")?,
        entry: columns.get("entry_id")?,
        prepared_at: columns.get("prepared_at")?,
        filed_at: columns.get("filed_at")?,
        filed_by: columns.get("filed_by")?,
        created_by: columns.get("created_by")?,
        created_at: columns.get("created_at")?,
        version: columns.get("version")?,
    })
}
