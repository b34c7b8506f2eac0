//! [`TaxEntryRepository`] and [`TaxEntryQueries`] in SQL.

use application::accounting::views::NameView;
use application::error::AppResult;
use application::paging::{ListQuery, Page};
use application::ports::storage_error::StorageResult;
use application::tax::report_ports::{UnpaidBill, UnpaidBillsQuery, VatDetailQuery};
use application::tax::tax_entries::{
    Placed, TAX_ENTRY_LIST, TaxEntryQueries, TaxEntryRepository, TaxEntryView, tax_entry_view,
};

use application::tax::vat_returns::ports::EntryScope;
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::ids::TenantId;
use domain::money::Amount;
use domain::tax::tax_entry::TaxEntry;
use domain::tax::vat_return::{VatReturnId, VatReturnStatus};
use uuid::Uuid;

use super::entry_rows::{entry_columns, read_entry};
use super::return_entries::{due_since, since};
use super::unpaid_bills;
use super::vat_returns::{FIND, read_return};
use crate::persistence::SqlUnitOfWork;
use crate::persistence::accounting::company_money::CompanyMoney;
use crate::sql::bulk::Bulk;
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::value::{Columns, Kind, Row, Value, code_list};
use crate::statements;

statements! {
    FILED = "tax.tax_entry.filed":
        "SELECT {first} 1 AS filed FROM tax_entry e INNER JOIN vat_return_entry f ON f.tenant_id = e.tenant_id \
         AND f.tax_entry_id = e.id WHERE e.tenant_id = ?1 AND e.source_id = ?2 {only}";
    DETAIL = "tax.tax_entry.detail":
        concat!("SELECT {top ?6} ", entry_columns!(), ", p.name_ar, p.name_en, d.branch_code FROM tax_entry e \
         LEFT JOIN party p ON p.tenant_id = e.tenant_id AND p.code = e.party \
         LEFT JOIN document d ON d.tenant_id = e.tenant_id AND d.id = e.source_id \
         WHERE e.tenant_id = ?1 AND e.tax_date >= ?2 AND e.tax_date <= ?3 AND (?4 = '' OR e.return_box = ?4) \
         AND (?5 = '' OR e.side = ?5) AND (?7 = '' OR d.branch_code = ?7) ORDER BY e.tax_date, e.id {limit ?6}");
    OF_SOURCE = "tax.tax_entry.of_source":
        concat!("SELECT ", entry_columns!(), " FROM tax_entry e WHERE e.tenant_id = ?1 AND e.source_id = ?2 ORDER BY e.id");
}

static INSERT: Bulk = Bulk::new(
    "tax.tax_entry.insert",
    "tax_entry",
    &[
        ("tenant_id", Kind::Id),
        ("id", Kind::Id),
        ("source_kind", Kind::Text(30)),
        ("source_id", Kind::Id),
        ("document_number", Kind::Text(100)),
        ("entry_id", Kind::Id),
        ("party", Kind::Text(100)),
        ("tax_code", Kind::Text(50)),
        ("category", Kind::Text(1)),
        ("rate", Kind::Amount),
        ("account_id", Kind::Id),
        ("side", Kind::Text(10)),
        ("return_box", Kind::Text(50)),
        ("currency", Kind::Text(3)),
        ("currency_base", Kind::Amount),
        ("currency_tax", Kind::Amount),
        ("base", Kind::Amount),
        ("tax", Kind::Amount),
        ("tax_date", Kind::Date),
        ("due_date", Kind::Date),
        ("posting_date", Kind::Date),
        ("corrects_id", Kind::Id),
        ("recorded_at", Kind::Time),
    ],
);
pub(super) static BULKS: &[&Bulk] = &[&INSERT];

static LIST: ListSql = ListSql {
    select: concat!(
        "SELECT ",
        entry_columns!(),
        ", f.return_id, f.is_adjustment, f.is_late FROM tax_entry e \
         LEFT JOIN vat_return_entry f ON f.tenant_id = e.tenant_id AND f.tax_entry_id = e.id"
    ),
    ..BASE
};
/// With the end of the return that has what the entry corrects.
static OF_DRAFT: ListSql = ListSql {
    select: concat!(
        "SELECT ",
        entry_columns!(),
        ", (SELECT MIN(v.to_date) AS to_date FROM tax_entry o INNER JOIN vat_return_entry x ON x.tenant_id = o.tenant_id \
         AND x.tax_entry_id = o.id INNER JOIN vat_return v ON v.tenant_id = x.tenant_id AND v.id = x.return_id \
         WHERE o.tenant_id = e.tenant_id AND o.source_id = e.corrects_id) AS declared_through FROM tax_entry e \
         LEFT JOIN vat_return_entry f ON f.tenant_id = e.tenant_id AND f.tax_entry_id = e.id"
    ),
    ..BASE
};
const BASE: ListSql = ListSql {
    spec: &TAX_ENTRY_LIST,
    select: "",
    tenant: "e.tenant_id",
    key: &["e.id"],
    columns: COLUMNS,
    sorted_as: &[],
};
const COLUMNS: &[(&str, &str)] = &[
    ("id", "e.id"),
    ("sourceType", "e.source_kind"),
    ("sourceId", "e.source_id"),
    ("documentNumber", "e.document_number"),
    ("entryId", "e.entry_id"),
    ("party", "e.party"),
    ("taxCode", "e.tax_code"),
    ("category", "e.category"),
    ("side", "e.side"),
    ("box", "e.return_box"),
    ("taxDate", "e.tax_date"),
    ("dueDate", "e.due_date"),
    ("postingDate", "e.posting_date"),
    ("correctsId", "e.corrects_id"),
    ("returnId", "f.return_id"),
];
pub(super) static LISTS: &[&ListSql] = &[&LIST, &OF_DRAFT];

#[async_trait]
impl TaxEntryRepository for SqlUnitOfWork {
    async fn insert_tax_entries(&mut self, entries: &[TaxEntry]) -> StorageResult<()> {
        let (tenant, now): (Value, Value) = (self.tenant.into(), self.now.into());
        let row = |entry: &TaxEntry| {
            vec![
                tenant.clone(),
                entry.id.into(),
                entry.source_kind.as_str().into(),
                entry.source_id.into(),
                entry.document_number.as_str().into(),
                entry.entry.into(),
                entry.party.clone().into(),
                entry.tax_code.as_str().into(),
                entry.category.as_str().into(),
                // As an amount: both are ten-thousandths.
                Amount::from_scaled(entry.rate.scaled()).into(),
                entry.account.into(),
                entry.side.as_str().into(),
                entry.return_box.as_ref().map(|code| code.as_str()).into(),
                entry.currency.into(),
                entry.currency_base.into(),
                entry.currency_tax.into(),
                entry.base.into(),
                entry.tax.into(),
                entry.tax_date.into(),
                entry.due_date.into(),
                entry.posting_date.into(),
                entry.corrects.into(),
                now.clone(),
            ]
        };
        self.tx.insert_many(&INSERT, entries.iter().map(row)).await?;
        entries.iter().try_for_each(|entry| self.pending_balances.tax_days.add(entry))
    }

    async fn is_filed(&mut self, source_id: Uuid) -> StorageResult<bool> {
        Ok(self.tx.find(&FILED, &[self.tenant.into(), source_id.into()]).await?.is_some())
    }

    async fn entries_of(&mut self, source_id: Uuid) -> StorageResult<Vec<TaxEntry>> {
        let rows = self.tx.query(&OF_SOURCE, &[self.tenant.into(), source_id.into()]).await?;
        rows.into_iter().map(|row| read_entry(&mut row.columns("tax_entry"))).collect()
    }
}

#[async_trait]
impl TaxEntryQueries for Db {
    async fn unpaid_bills(
        &self,
        tenant: TenantId,
        query: &UnpaidBillsQuery,
    ) -> AppResult<Vec<(UnpaidBill, u8)>> {
        unpaid_bills::read(self, tenant, query).await
    }

    async fn vat_detail(
        &self,
        tenant: TenantId,
        query: &VatDetailQuery,
    ) -> AppResult<Vec<(TaxEntry, NameView, Option<String>)>> {
        let params = [
            tenant.into(),
            query.from.into(),
            query.to.into(),
            query.return_box.as_deref().unwrap_or_default().into(),
            query.side.map_or("", |side| side.as_str()).into(),
            query.max.into(),
            query.branch.as_deref().unwrap_or_default().into(),
        ];
        let rows = self.query(&DETAIL, &params).await?;
        let read = |row: Row| {
            let mut columns = row.columns("tax_entry");
            let entry = read_entry(&mut columns)?;
            let name = NameView { ar: columns.get("name_ar")?, en: columns.get("name_en")? };
            Ok((entry, name, columns.get("branch_code")?))
        };
        Ok(rows.into_iter().map(read).collect::<StorageResult<_>>()?)
    }

    async fn tax_entries(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<TaxEntryView>> {
        let money = CompanyMoney::read(self, tenant).await?;
        LIST.page(self, tenant, query, None, |columns| filed_view(columns, &money)).await
    }

    async fn entries_of_return(
        &self,
        tenant: TenantId,
        id: VatReturnId,
        boxes: &[&'static str],
        query: &ListQuery,
    ) -> AppResult<Option<Page<TaxEntryView>>> {
        let Some(row) = self.find(&FIND, &[tenant.into(), id.into()]).await? else { return Ok(None) };
        let stored = read_return(&mut row.columns("vat_return"))?;
        let money = CompanyMoney::read(self, tenant).await?;
        let boxes = code_list(boxes.iter().copied());
        let page = match stored.status {
            VatReturnStatus::Filed => {
                let condition = "f.return_id = ?2 AND f.return_box IN ({codes ?3})";
                let extra = Some((condition.into(), vec![id.into(), boxes]));
                LIST.page(self, tenant, query, extra, |columns| filed_view(columns, &money)).await?
            }
            VatReturnStatus::Draft => {
                let scope = stored.scope();
                let condition = "f.return_id IS NULL AND e.return_box IN ({codes ?4}) AND (e.tax_date >= ?2 \
                                 AND e.tax_date <= ?3 OR e.tax_date > ?3 AND e.due_date >= ?5 AND e.due_date <= ?3)";
                let values =
                    vec![since(scope).into(), scope.period.to().into(), boxes, due_since(scope).into()];
                let extra = Some((condition.into(), values));
                let read = |columns: &mut Columns| draft_view(columns, scope, &money);
                OF_DRAFT.page(self, tenant, query, extra, read).await?
            }
        };
        Ok(Some(page))
    }
}

fn filed_view(columns: &mut Columns, money: &CompanyMoney) -> StorageResult<TaxEntryView> {
    let entry = read_entry(columns)?;
    let in_return: Option<VatReturnId> = columns.get("return_id")?;
    let (adjustment, late): (Option<bool>, Option<bool>) =
        (columns.get("is_adjustment")?, columns.get("is_late")?);
    let placed = in_return.map(|_| Placed {
        in_return,
        adjustment: adjustment.unwrap_or_default(),
        late: late.unwrap_or_default(),
    });
    Ok(shown(&entry, placed, money))
}

fn draft_view(columns: &mut Columns, scope: EntryScope, money: &CompanyMoney) -> StorageResult<TaxEntryView> {
    let entry = read_entry(columns)?;
    let declared_through: Option<NaiveDate> = columns.get("declared_through")?;
    let from = scope.period.from();
    let adjustment = declared_through.is_some_and(|date| date < from);
    let late = !adjustment && entry.is_due_before(from);
    Ok(shown(&entry, Some(Placed { in_return: None, adjustment, late }), money))
}

fn shown(entry: &TaxEntry, placed: Option<Placed>, money: &CompanyMoney) -> TaxEntryView {
    tax_entry_view(entry, placed, (money.scale(entry.currency), money.company.scale))
}
