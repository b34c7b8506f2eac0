//! [`RevaluationRepository`] and [`RevaluationQueries`] in SQL.

use application::accounting::revaluation_runs::ports::{
    AccountBalance, REVALUATION_RUN_LIST, RevaluationQueries, RevaluationRepository, RevaluationRunId,
    StoredRun,
};
use application::accounting::revaluation_runs::views::{RevaluationLineView, RevaluationRunView};
use application::error::AppResult;
use application::paging::{ListQuery, Page};
use application::ports::storage_error::{StorageError, StorageResult};
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::account::ControlKind;
use domain::accounting::revaluation::ForeignBalance;
use domain::ids::TenantId;
use domain::money::CurrencyCode;

use super::company_money::CompanyMoney;
use crate::persistence::SqlUnitOfWork;
use crate::persistence::settlement::open_on_day::{company_open_then, open_then, taken_later};
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::value::{Columns, Row, Value};
use crate::statements;

macro_rules! run_columns {
    () => {
        "r.id, r.run_date, r.status, r.difference, r.entry_id, r.mirror_entry_id, r.line_count, r.created_by, r.created_at, \
         r.version"
    };
}

statements! {
    ITEMS = "accounting.revaluation_run.items":
        concat!("SELECT {top ?5} i.id, i.account_id, i.party, i.currency, CAST(", open_then!(), " AS DECIMAL(19,4)) AS balance, CAST(",
         company_open_then!(), " AS DECIMAL(19,4)) AS company FROM open_item i", taken_later!(" {index ix_allocation_item_date}", "allocation_date > ?3"),
         " WHERE i.tenant_id = ?1 AND i.control = ?2 AND i.posting_date <= ?3 AND i.currency <> ?4 \
         AND (i.settled_on IS NULL OR i.settled_on > ?3 OR x.item_id IS NOT NULL) AND ", open_then!(), " <> 0 \
         ORDER BY i.party, i.due_date, i.id {limit ?5}");
    // Whole periods by their balances, and the days of the one that has the day.
    BALANCES = "accounting.revaluation_run.balances":
        "SELECT x.account_id, a.code, a.cash_flow, a.currency AS own_currency, x.currency, \
         CAST(SUM(x.own) AS DECIMAL(19,4)) AS balance, CAST(SUM(x.company) AS DECIMAL(19,4)) AS company FROM (\
         SELECT b.account_id, b.currency, b.currency_debit - b.currency_credit AS own, b.debit - b.credit AS company \
         FROM fiscal_period p INNER JOIN account_balance b ON b.tenant_id = p.tenant_id AND b.fiscal_period_id = p.id \
         WHERE p.tenant_id = ?1 AND p.end_date <= ?2 UNION ALL \
         SELECT d.account_id, d.currency, d.currency_debit - d.currency_credit AS own, d.debit - d.credit AS company \
         FROM fiscal_period p INNER JOIN daily_balance d ON d.tenant_id = p.tenant_id AND d.fiscal_period_id = p.id \
         WHERE p.tenant_id = ?1 AND p.start_date <= ?2 AND p.end_date > ?2 AND d.posting_date <= ?2) x \
         INNER JOIN account a ON a.tenant_id = ?1 AND a.id = x.account_id \
         WHERE x.currency <> ?3 AND a.control = 'none' AND a.type IN ('asset', 'liability') \
         GROUP BY x.account_id, a.code, a.cash_flow, a.currency, x.currency \
         HAVING SUM(x.own) <> 0 OR SUM(x.company) <> 0 ORDER BY a.code, x.currency";
    ON = "accounting.revaluation_run.on":
        "SELECT id FROM revaluation_run WHERE tenant_id = ?1 AND run_date = ?2 AND status = 'posted'";
    FIND = "accounting.revaluation_run.find":
        concat!("SELECT ", run_columns!(), " FROM revaluation_run r WHERE r.tenant_id = ?1 AND r.id = ?2");
    VIEW = "accounting.revaluation_run.view":
        concat!("SELECT ", run_columns!(), ", r.document FROM revaluation_run r WHERE r.tenant_id = ?1 AND r.id = ?2");
    INSERT = "accounting.revaluation_run.insert":
        "INSERT INTO revaluation_run (tenant_id, id, run_date, status, difference, entry_id, mirror_entry_id, line_count, \
         created_by, created_at, version, document) VALUES (?1, ?2, ?3, 'posted', ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    UNDO = "accounting.revaluation_run.undo":
        "UPDATE revaluation_run SET status = 'undone', version = version + 1 \
         WHERE tenant_id = ?1 AND id = ?2 AND version = ?3 AND status = 'posted'";
}

pub static LIST: ListSql = ListSql {
    spec: &REVALUATION_RUN_LIST,
    select: concat!("SELECT ", run_columns!(), " FROM revaluation_run r"),
    tenant: "r.tenant_id",
    key: &["r.id"],
    columns: &[("id", "r.id"), ("date", "r.run_date"), ("status", "r.status")],
    sorted_as: &[],
};

#[async_trait]
impl RevaluationRepository for SqlUnitOfWork {
    async fn foreign_items(
        &mut self,
        control: ControlKind,
        on: NaiveDate,
        company: CurrencyCode,
        max: i64,
    ) -> StorageResult<Vec<ForeignBalance>> {
        let params: [Value; 5] =
            [self.tenant.into(), control.as_str().into(), on.into(), company.into(), max.into()];
        let read = |row: Row| {
            let mut columns = row.columns("open_item");
            let (id, account, party) =
                (columns.get("id")?, columns.get("account_id")?, columns.get("party")?);
            Ok(ForeignBalance {
                account,
                control,
                item: Some((id, party)),
                currency: columns.get("currency")?,
                balance: columns.get("balance")?,
                company_balance: columns.get("company")?,
            })
        };
        self.tx.query(&ITEMS, &params).await?.into_iter().map(read).collect()
    }

    async fn foreign_balances(
        &mut self,
        on: NaiveDate,
        company: CurrencyCode,
    ) -> StorageResult<Vec<AccountBalance>> {
        self.flush_balances().await?;
        let read = |row: Row| {
            let mut columns = row.columns("account_balance");
            let (account, code) = (columns.get("account_id")?, columns.get("code")?);
            let cash_flow: String = columns.get("cash_flow")?;
            let own_currency: Option<CurrencyCode> = columns.get("own_currency")?;
            Ok(AccountBalance {
                balance: ForeignBalance {
                    account,
                    control: ControlKind::None,
                    item: None,
                    currency: columns.get("currency")?,
                    balance: columns.get("balance")?,
                    company_balance: columns.get("company")?,
                },
                code,
                monetary: own_currency.is_some() || cash_flow == "cash",
            })
        };
        let params = [self.tenant.into(), on.into(), company.into()];
        self.tx.query(&BALANCES, &params).await?.into_iter().map(read).collect()
    }

    async fn run_on(&mut self, date: NaiveDate) -> StorageResult<Option<RevaluationRunId>> {
        let row = self.tx.find(&ON, &[self.tenant.into(), date.into()]).await?;
        row.map(|row| row.single("revaluation_run", "id")).transpose()
    }

    async fn find_run(&mut self, id: RevaluationRunId) -> StorageResult<Option<StoredRun>> {
        let row = self.tx.find(&FIND, &[self.tenant.into(), id.into()]).await?;
        row.map(|row| read_run(&mut row.columns("revaluation_run"))).transpose()
    }

    async fn insert_run(&mut self, run: &StoredRun, lines: &[RevaluationLineView]) -> StorageResult<()> {
        let document = serde_json::to_string(lines)
            .map_err(|error| StorageError::Internal(format!("lines of a run: {error}")))?;
        let params = [
            self.tenant.into(),
            run.id.into(),
            run.date.into(),
            run.difference.into(),
            run.entry.into(),
            run.mirror_entry.into(),
            run.line_count.into(),
            run.created_by.into(),
            run.created_at.into(),
            run.version.into(),
            document.as_str().into(),
        ];
        self.tx.execute_one(&INSERT, &params).await
    }

    async fn mark_undone(&mut self, id: RevaluationRunId, version: i64) -> StorageResult<bool> {
        Ok(self.tx.execute(&UNDO, &[self.tenant.into(), id.into(), version.into()]).await? == 1)
    }
}

#[async_trait]
impl RevaluationQueries for Db {
    async fn revaluation_run(
        &self,
        tenant: TenantId,
        id: RevaluationRunId,
    ) -> AppResult<Option<RevaluationRunView>> {
        let money = CompanyMoney::read(self, tenant).await?;
        let Some(row) = self.find(&VIEW, &[tenant.into(), id.into()]).await? else { return Ok(None) };
        let mut columns = row.columns("revaluation_run");
        let run = read_run(&mut columns)?;
        let lines = columns.parse("document", |text| serde_json::from_str(text).ok())?;
        Ok(Some(RevaluationRunView { lines: Some(lines), ..run.view(money.company.scale) }))
    }

    async fn revaluation_runs(
        &self,
        tenant: TenantId,
        query: &ListQuery,
    ) -> AppResult<Page<RevaluationRunView>> {
        let money = CompanyMoney::read(self, tenant).await?;
        let read = |columns: &mut Columns| Ok(read_run(columns)?.view(money.company.scale));
        LIST.page(self, tenant, query, None, read).await
    }
}

fn read_run(columns: &mut Columns) -> StorageResult<StoredRun> {
    Ok(StoredRun {
        id: columns.get("id")?,
        date: columns.get("run_date")?,
        undone: columns.get::<String>("status")? == "undone",
        difference: columns.get("difference")?,
        entry: columns.get("entry_id")?,
        mirror_entry: columns.get("mirror_entry_id")?,
        line_count: columns.get("line_count")?,
        created_by: columns.get("created_by")?,
        created_at: columns.get("created_at")?,
        version: columns.get("version")?,
    })
}
