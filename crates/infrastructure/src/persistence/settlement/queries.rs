//! [`SettlementQueries`] in SQL.

use application::accounting::views::NameView;
use application::error::AppResult;
use application::paging::{ListQuery, Page};
use application::ports::storage_error::StorageResult;
use application::settlement::ports::{
    ALLOCATION_LIST, AgedSum, AgeingQuery, OPEN_ITEM_LIST, SettlementQueries, StatementLine, StatementQuery,
};
use application::settlement::settle::allocation_view;
use application::settlement::views::{AllocationView, OpenItemView};
use async_trait::async_trait;
use domain::accounting::account::ControlKind;
use domain::ids::TenantId;
use domain::money::{Amount, CurrencyCode};
use domain::settlement::allocation::AllocationId;
use domain::settlement::open_item::OpenItemId;

use super::branches::branch_of;
use super::open_on_day::{company_open_then, open_then, taken_later};
use super::rows::{allocation_columns, found_columns, item_columns, read_allocation, read_found};
use super::statement_lines;
use crate::persistence::accounting::company_money::CompanyMoney;
use crate::persistence::parties::aliases::{survivor, with_merged};
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::statement::Statement;
use crate::sql::value::{Columns, Value};
use crate::statements;

macro_rules! shown_item {
    () => {
        concat!(
            "SELECT i.control, i.recorded_at, a.code AS account_code, e.document_date, i.dunning_hold_reason, \
             (SELECT MAX(n.level) FROM dunning_item n WHERE n.tenant_id = i.tenant_id AND n.open_item_id = i.id) \
             AS dunning_level, ",
            branch_of!("i"),
            " AS branch, ",
            item_columns!(),
            found_columns!(),
            " INNER JOIN account a ON a.tenant_id = i.tenant_id AND a.id = i.account_id"
        )
    };
}

macro_rules! shown_allocation {
    () => {
        concat!(
            "SELECT ",
            allocation_columns!(),
            ", d.currency AS debit_currency, c.currency AS credit_currency, u.id AS undone_by_id FROM allocation a \
             INNER JOIN open_item d ON d.tenant_id = a.tenant_id AND d.id = a.debit_item_id \
             INNER JOIN open_item c ON c.tenant_id = a.tenant_id AND c.id = a.credit_item_id \
             LEFT JOIN allocation u ON u.tenant_id = a.tenant_id AND u.undoes_id = a.id AND u.undoes_id IS NOT NULL"
        )
    };
}

/// The amounts open on a day of the items of each party, currency, date and side. `$items` are conditions on items, `$later`
/// those on effects of allocations that do not count yet. An empty branch is all.
macro_rules! aged {
    ($date:literal, ($index:literal, $later:literal), $items:literal, $settled:expr) => {
        concat!(
            "SELECT i.party, p.name_ar, p.name_en, i.currency, i.",
            $date,
            " AS aged_date, i.side, CAST(SUM(",
            open_then!(),
            ") AS DECIMAL(19,4)) AS amount, CAST(SUM(",
            company_open_then!(),
            ") AS DECIMAL(19,4)) AS company_amount FROM (SELECT id, ",
            survivor!("open_item", "party"),
            " AS party, currency, posting_date, due_date, CASE WHEN amount > 0 THEN 1 ELSE 0 END AS side, \
             open_amount, open_company_amount FROM open_item WHERE tenant_id = ?1 AND control = ?2 AND settled_on IS NULL \
             AND posting_date <= ?3 AND (?7 = '' OR ",
            branch_of!("open_item"),
            " = ?7)",
            $items,
            " UNION ALL SELECT id, ",
            survivor!("open_item", "party"),
            " AS party, currency, posting_date, due_date, CASE WHEN amount > 0 THEN 1 ELSE 0 END AS side, \
             open_amount, open_company_amount FROM open_item WHERE tenant_id = ?1 AND control = ?2 AND settled_on IS NOT NULL \
             AND posting_date <= ?3 AND (?7 = '' OR ",
            branch_of!("open_item"),
            " = ?7)",
            $settled,
            $items,
            ") i",
            taken_later!($index, $later),
            " LEFT JOIN party p ON p.tenant_id = ?1 AND p.code = i.party \
             WHERE (?4 = '' OR i.party = ?4) AND (?5 = '' OR i.currency = ?5) \
             GROUP BY i.party, p.name_ar, p.name_en, i.currency, i.",
            $date,
            ", i.side HAVING SUM(",
            open_then!(),
            ") <> 0 OR SUM(",
            company_open_then!(),
            ") <> 0 ORDER BY i.party, i.currency, aged_date {page ?6}"
        )
    };
}

/// Items that were not settled yet on the day. One that was settled twice, because the first time was undone, has changes after
/// the date of the second.
macro_rules! settled_later {
    () => {
        " AND (settled_on > ?3 OR id IN (SELECT item_id FROM allocation_item WHERE tenant_id = ?1 AND allocation_date > ?3))"
    };
}

statements! {
    ITEM = "settlement.open_item.view":
        concat!(shown_item!(), " WHERE i.tenant_id = ?1 AND i.id = ?2");
    ALLOCATION = "settlement.allocation.view":
        concat!(shown_allocation!(), " WHERE a.tenant_id = ?1 AND a.id = ?2");
    AGED_DUE = "settlement.open_item.aged_by_due_date":
        aged!("due_date", (" {index ix_allocation_item_date}", "allocation_date > ?3"), "", settled_later!());
    AGED_POSTED = "settlement.open_item.aged_by_posting_date":
        aged!("posting_date", (" {index ix_allocation_item_date}", "allocation_date > ?3"), "", settled_later!());
    AGED_DUE_KNOWN = "settlement.open_item.aged_by_due_date_as_known":
        aged!("due_date", ("", "(allocation_date > ?3 OR recorded_at > ?8)"), " AND recorded_at <= ?8", "");
    AGED_POSTED_KNOWN = "settlement.open_item.aged_by_posting_date_as_known":
        aged!("posting_date", ("", "(allocation_date > ?3 OR recorded_at > ?8)"), " AND recorded_at <= ?8", "");
}

static ITEM_LIST: ListSql = ListSql {
    spec: &OPEN_ITEM_LIST,
    select: shown_item!(),
    tenant: "i.tenant_id",
    key: &["i.id"],
    columns: &[
        ("id", "i.id"),
        ("control", "i.control"),
        ("accountId", "i.account_id"),
        ("party", "i.party"),
        ("entryId", "i.entry_id"),
        ("number", "e.number"),
        ("documentId", "d.id"),
        ("documentNumber", "d.number"),
        ("currency", "i.currency"),
        ("postingDate", "i.posting_date"),
        ("dueDate", "i.due_date"),
        ("settledOn", "i.settled_on"),
        ("branch", branch_of!("i")),
    ],
    sorted_as: &[],
};
static ALLOCATIONS: ListSql = ListSql {
    spec: &ALLOCATION_LIST,
    select: shown_allocation!(),
    tenant: "a.tenant_id",
    key: &["a.id"],
    columns: &[
        ("id", "a.id"),
        ("batchId", "a.batch_id"),
        ("kind", "a.kind"),
        ("date", "a.allocation_date"),
        ("debitItemId", "a.debit_item_id"),
        ("creditItemId", "a.credit_item_id"),
        ("entryId", "a.entry_id"),
        ("recordedAt", "a.recorded_at"),
    ],
    sorted_as: &[],
};
pub(super) static LISTS: &[&ListSql] = &[&ITEM_LIST, &ALLOCATIONS];

fn aged(query: &AgeingQuery) -> &'static Statement {
    match (query.by_posting, query.known_at.is_some()) {
        (false, false) => &AGED_DUE,
        (true, false) => &AGED_POSTED,
        (false, true) => &AGED_DUE_KNOWN,
        (true, true) => &AGED_POSTED_KNOWN,
    }
}

#[async_trait]
impl SettlementQueries for Db {
    async fn open_item(&self, tenant: TenantId, id: OpenItemId) -> AppResult<Option<OpenItemView>> {
        let money = CompanyMoney::read(self, tenant).await?;
        let row = self.find(&ITEM, &[tenant.into(), id.into()]).await?;
        Ok(row.map(|row| item_view(&mut row.columns("open_item"), &money)).transpose()?)
    }

    async fn open_item_page(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<OpenItemView>> {
        let money = CompanyMoney::read(self, tenant).await?;
        let query = &*with_merged(self, tenant, query, (Some("party"), None)).await?;
        ITEM_LIST.page(self, tenant, query, None, |columns| item_view(columns, &money)).await
    }

    async fn allocation(&self, tenant: TenantId, id: AllocationId) -> AppResult<Option<AllocationView>> {
        let money = CompanyMoney::read(self, tenant).await?;
        let row = self.find(&ALLOCATION, &[tenant.into(), id.into()]).await?;
        Ok(row.map(|row| shown_allocation(&mut row.columns("allocation"), &money)).transpose()?)
    }

    async fn allocation_page(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<AllocationView>> {
        let money = CompanyMoney::read(self, tenant).await?;
        ALLOCATIONS.page(self, tenant, query, None, |columns| shown_allocation(columns, &money)).await
    }

    async fn aged_sums(&self, tenant: TenantId, query: &AgeingQuery) -> AppResult<Vec<AgedSum>> {
        let currency = query.currency.map(|code| code.to_string()).unwrap_or_default();
        let mut params: Vec<Value> = vec![
            tenant.into(),
            query.control.as_str().into(),
            query.as_of.into(),
            query.party.as_deref().unwrap_or_default().into(),
            currency.as_str().into(),
            query.max.into(),
            query.branch.as_deref().unwrap_or_default().into(),
        ];
        params.extend(query.known_at.map(Value::from));
        let rows = self.query(aged(query), &params).await?;
        let read = |row: crate::sql::value::Row| {
            let mut columns = row.columns("open_item");
            Ok(AgedSum {
                party: columns.get("party")?,
                name: statement_lines::read_name(&mut columns)?,
                currency: columns.get("currency")?,
                date: columns.get("aged_date")?,
                is_debit: columns.get::<i64>("side")? == 1,
                amount: columns.get("amount")?,
                company_amount: columns.get("company_amount")?,
            })
        };
        Ok(rows.into_iter().map(read).collect::<StorageResult<_>>()?)
    }

    async fn party_name(&self, tenant: TenantId, code: &str) -> AppResult<Option<NameView>> {
        statement_lines::name(self, tenant, code).await
    }

    async fn surviving_code(&self, tenant: TenantId, code: &str) -> AppResult<String> {
        statement_lines::survivor(self, tenant, code).await
    }

    async fn knows_branch(&self, tenant: TenantId, code: &str) -> AppResult<bool> {
        statement_lines::knows_branch(self, tenant, code).await
    }

    async fn statement_opening(&self, tenant: TenantId, query: &StatementQuery) -> AppResult<Amount> {
        statement_lines::opening(self, tenant, query).await
    }

    async fn statement_lines(
        &self,
        tenant: TenantId,
        query: &StatementQuery,
    ) -> AppResult<Vec<StatementLine>> {
        statement_lines::lines(self, tenant, query).await
    }
}

fn item_view(columns: &mut Columns, money: &CompanyMoney) -> StorageResult<OpenItemView> {
    let control = columns.parse("control", |text| ControlKind::parse(text).ok())?;
    let recorded_at: domain::time::Timestamp = columns.get("recorded_at")?;
    let (account_code, document_date) = (columns.get("account_code")?, columns.get("document_date")?);
    let (hold_reason, level) = (columns.get("dunning_hold_reason")?, columns.get("dunning_level")?);
    let branch = columns.get("branch")?;
    let found = read_found(columns)?;
    let item = &found.item;
    let amount = |amount: domain::money::Amount| money.of(amount.abs(), item.currency);
    let status = match (item.settled_on, item.is_whole()) {
        (Some(_), _) => "settled",
        (None, true) => "open",
        (None, false) => "partly_settled",
    };
    Ok(OpenItemView {
        id: item.id.uuid(),
        control: control.as_str(),
        account_id: item.account.uuid(),
        account_code,
        party: item.party.clone(),
        entry_id: item.entry.uuid(),
        line_no: item.line_no,
        number: found.number,
        document_id: found.document.as_ref().map(|document| document.id.uuid()),
        document_type: found.document.as_ref().map(|document| document.document_type.clone()),
        document_number: found.document.map(|document| document.number),
        posting_date: item.posting_date,
        document_date,
        due_date: item.due_date,
        reference: found.references.into_iter().next(),
        description: found.descriptions.into_iter().next(),
        branch,
        side: if item.is_debit() { "debit" } else { "credit" },
        currency: item.currency.to_string(),
        amount: amount(item.amount),
        open_amount: amount(item.open_amount),
        company_amount: money.company(item.company_amount.abs()),
        open_company_amount: money.company(item.open_company_amount.abs()),
        discount_date: item.discount.map(|discount| discount.until),
        discount_amount: item.discount.map(|discount| amount(discount.amount)),
        partial_discount: item.discount.map(|discount| discount.partial),
        status,
        settled_on: item.settled_on,
        dunning_level: level,
        dunning_hold_reason: hold_reason,
        recorded_at: recorded_at.to_string(),
    })
}

fn shown_allocation(columns: &mut Columns, money: &CompanyMoney) -> StorageResult<AllocationView> {
    let stored = read_allocation(columns)?;
    let scaled = |code: CurrencyCode| (code, money.scale(code));
    let debit = scaled(columns.get("debit_currency")?);
    let credit = scaled(columns.get("credit_currency")?);
    let undone_by: Option<AllocationId> = columns.get("undone_by_id")?;
    let view = allocation_view(&stored, debit, credit, money.company.scale);
    Ok(AllocationView { undone_by_id: undone_by.map(|id| id.uuid()), ..view })
}
