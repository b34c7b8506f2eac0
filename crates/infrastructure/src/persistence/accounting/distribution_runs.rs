//! [`DistributionRepository`] and [`DistributionQueries`] in SQL.

use std::collections::BTreeMap;

use application::accounting::distribution_runs::DISTRIBUTED_MAX;
use application::accounting::distribution_runs::ports::{
    DISTRIBUTION_RUN_LIST, DistributionQueries, DistributionRepository, DistributionRunId, StoredDistribution,
};
use application::accounting::distribution_runs::views::{DistributionPartView, DistributionRunView};
use application::error::AppResult;
use application::paging::{ListQuery, Page};
use application::ports::storage_error::{StorageError, StorageResult};
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::distribution::{DistributionKeyId, Held};
use domain::ids::{AccountId, DimensionId, DimensionSetId, DimensionValueId, FiscalPeriodId, TenantId};
use domain::money::{Amount, Quantity};
use domain::text::Code;

use super::company_money::CompanyMoney;
use crate::persistence::SqlUnitOfWork;
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::value::{Columns, Value};
use crate::statements;

/// A run whose entry is still a draft waits for approval.
macro_rules! run_status {
    () => {
        "CASE WHEN r.status = 'posted' AND EXISTS (SELECT 1 FROM journal_entry e WHERE e.tenant_id = r.tenant_id \
         AND e.id = r.entry_id AND e.status = 'draft') THEN 'pending_approval' ELSE r.status END"
    };
}

macro_rules! run_columns {
    () => {
        concat!(
            "r.id, r.key_id, r.key_code, r.fiscal_period_id, r.run_date, ",
            run_status!(),
            " AS status, r.amount, r.entry_id, r.created_by, r.created_at, r.version"
        )
    };
}

statements! {
    // One more than a run takes, so that it is seen to be too large.
    HELD_BY_SET = "accounting.distribution.held_by_set":
        "SELECT {top ?5} b.account_id, b.dimension_set_id, CAST(SUM(b.debit - b.credit) AS DECIMAL(19,4)) AS balance FROM dimension_balance b \
         INNER JOIN account a ON a.tenant_id = b.tenant_id AND a.id = b.account_id \
         WHERE b.tenant_id = ?1 AND b.fiscal_period_id = ?2 AND a.code >= ?3 AND a.code <= ?4 \
         GROUP BY b.account_id, b.dimension_set_id ORDER BY b.account_id, b.dimension_set_id {limit ?5}";
    HELD = "accounting.distribution.held":
        "SELECT b.account_id, CAST(SUM(b.debit - b.credit) AS DECIMAL(19,4)) AS balance FROM account_balance b \
         INNER JOIN account a ON a.tenant_id = b.tenant_id AND a.id = b.account_id \
         WHERE b.tenant_id = ?1 AND b.fiscal_period_id = ?2 AND a.code >= ?3 AND a.code <= ?4 \
         GROUP BY b.account_id ORDER BY b.account_id";
    FIGURES = "accounting.distribution.figures":
        "SELECT f.value_id, f.quantity FROM statistical_figure f WHERE f.tenant_id = ?1 AND f.measure = ?2 AND f.dimension_id = ?3 \
         AND f.figure_date = (SELECT MAX(d.figure_date) FROM statistical_figure d WHERE d.tenant_id = ?1 AND d.measure = ?2 \
         AND d.value_id = f.value_id AND d.figure_date <= ?4)";
    FIGURE_ON = "accounting.distribution.figure_on":
        "SELECT id FROM statistical_figure WHERE tenant_id = ?1 AND measure = ?2 AND value_id = ?3 AND figure_date = ?4";
    OF = "accounting.distribution_run.of":
        "SELECT id FROM distribution_run WHERE tenant_id = ?1 AND key_id = ?2 AND fiscal_period_id = ?3 AND status = 'posted'";
    FIND = "accounting.distribution_run.find":
        concat!("SELECT ", run_columns!(), " FROM distribution_run r WHERE r.tenant_id = ?1 AND r.id = ?2");
    VIEW = "accounting.distribution_run.view":
        concat!("SELECT ", run_columns!(), ", r.document FROM distribution_run r WHERE r.tenant_id = ?1 AND r.id = ?2");
    INSERT = "accounting.distribution_run.insert":
        "INSERT INTO distribution_run (tenant_id, id, key_id, key_code, fiscal_period_id, run_date, status, amount, entry_id, \
         created_by, created_at, version, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'posted', ?7, ?8, ?9, ?10, ?11, ?12)";
    UNDO = "accounting.distribution_run.undo":
        "UPDATE distribution_run SET status = 'undone', version = version + 1 \
         WHERE tenant_id = ?1 AND id = ?2 AND version = ?3 AND status = 'posted'";
}

pub static LIST: ListSql = ListSql {
    spec: &DISTRIBUTION_RUN_LIST,
    select: concat!("SELECT ", run_columns!(), " FROM distribution_run r"),
    tenant: "r.tenant_id",
    key: &["r.id"],
    columns: &[
        ("id", "r.id"),
        ("keyId", "r.key_id"),
        ("fiscalPeriodId", "r.fiscal_period_id"),
        ("date", "r.run_date"),
        ("status", run_status!()),
    ],
    sorted_as: &[],
};

#[async_trait]
impl DistributionRepository for SqlUnitOfWork {
    async fn held_in_period(
        &mut self,
        period: FiscalPeriodId,
        (from, to): (&Code, &Code),
    ) -> StorageResult<Vec<Held>> {
        self.flush_balances().await?;
        let max = i64::try_from(DISTRIBUTED_MAX).unwrap_or(i64::MAX).saturating_add(1);
        let params: [Value; 5] =
            [self.tenant.into(), period.into(), from.as_str().into(), to.as_str().into(), max.into()];
        let mut totals: BTreeMap<AccountId, Amount> = BTreeMap::new();
        for row in self.tx.query(&HELD, &params[..4]).await? {
            let mut columns = row.columns("account_balance");
            totals.insert(columns.get("account_id")?, columns.get("balance")?);
        }
        let mut held = Vec::new();
        for row in self.tx.query(&HELD_BY_SET, &params).await? {
            let mut columns = row.columns("dimension_balance");
            let account: AccountId = columns.get("account_id")?;
            let set: DimensionSetId = columns.get("dimension_set_id")?;
            let balance: Amount = columns.get("balance")?;
            // Lines without dimensions are what the sets do not explain.
            let rest = totals.entry(account).or_default();
            *rest = rest.checked_sub(balance).ok_or_else(too_large)?;
            held.push((account, set, balance));
        }
        held.extend(totals.into_iter().map(|(account, rest)| (account, DimensionSetId::EMPTY, rest)));
        held.retain(|(.., amount)| !amount.is_zero());
        Ok(held)
    }

    async fn figures(
        &mut self,
        measure: &Code,
        dimension: DimensionId,
        on: NaiveDate,
    ) -> StorageResult<BTreeMap<DimensionValueId, Quantity>> {
        let params = [self.tenant.into(), measure.as_str().into(), dimension.into(), on.into()];
        let mut figures = BTreeMap::new();
        for row in self.tx.query(&FIGURES, &params).await? {
            let mut columns = row.columns("statistical_figure");
            figures.insert(columns.get("value_id")?, columns.get("quantity")?);
        }
        Ok(figures)
    }

    async fn figure_on(
        &mut self,
        measure: &Code,
        value: DimensionValueId,
        date: NaiveDate,
    ) -> StorageResult<bool> {
        let params = [self.tenant.into(), measure.as_str().into(), value.into(), date.into()];
        Ok(self.tx.find(&FIGURE_ON, &params).await?.is_some())
    }

    async fn run_of(
        &mut self,
        key: DistributionKeyId,
        period: FiscalPeriodId,
    ) -> StorageResult<Option<DistributionRunId>> {
        let row = self.tx.find(&OF, &[self.tenant.into(), key.into(), period.into()]).await?;
        row.map(|row| row.single("distribution_run", "id")).transpose()
    }

    async fn find_run(&mut self, id: DistributionRunId) -> StorageResult<Option<StoredDistribution>> {
        let row = self.tx.find(&FIND, &[self.tenant.into(), id.into()]).await?;
        row.map(|row| read_run(&mut row.columns("distribution_run"))).transpose()
    }

    async fn insert_run(
        &mut self,
        run: &StoredDistribution,
        parts: &[DistributionPartView],
    ) -> StorageResult<()> {
        let document = serde_json::to_string(parts)
            .map_err(|error| StorageError::Internal(format!("parts of a run: {error}")))?;
        let params: [Value; 12] = [
            self.tenant.into(),
            run.id.into(),
            run.key.into(),
            run.key_code.as_str().into(),
            run.period.into(),
            run.date.into(),
            run.amount.into(),
            run.entry.into(),
            run.created_by.into(),
            run.created_at.into(),
            run.version.into(),
            document.into(),
        ];
        self.tx.execute_one(&INSERT, &params).await
    }

    async fn mark_undone(&mut self, id: DistributionRunId, version: i64) -> StorageResult<bool> {
        Ok(self.tx.execute(&UNDO, &[self.tenant.into(), id.into(), version.into()]).await? == 1)
    }
}

#[async_trait]
impl DistributionQueries for Db {
    async fn distribution_run(
        &self,
        tenant: TenantId,
        id: DistributionRunId,
    ) -> AppResult<Option<DistributionRunView>> {
        let money = CompanyMoney::read(self, tenant).await?;
        let Some(row) = self.find(&VIEW, &[tenant.into(), id.into()]).await? else { return Ok(None) };
        let mut columns = row.columns("distribution_run");
        let run = read_run(&mut columns)?;
        let parts = columns.parse("document", |text| serde_json::from_str(text).ok())?;
        Ok(Some(DistributionRunView { parts: Some(parts), ..run.view(money.company.scale) }))
    }

    async fn distribution_runs(
        &self,
        tenant: TenantId,
        query: &ListQuery,
    ) -> AppResult<Page<DistributionRunView>> {
        let money = CompanyMoney::read(self, tenant).await?;
        let read = |columns: &mut Columns| Ok(read_run(columns)?.view(money.company.scale));
        LIST.page(self, tenant, query, None, read).await
    }
}

fn read_run(columns: &mut Columns) -> StorageResult<StoredDistribution> {
    let (id, key, key_code) =
        (columns.get("id")?, columns.get("key_id")?, columns.parse("key_code", Code::stored)?);
    let (period, date) = (columns.get("fiscal_period_id")?, columns.get("run_date")?);
    let status: String = columns.get("status")?;
    Ok(StoredDistribution {
        id,
        key,
        key_code,
        period,
        date,
        undone: status == "undone",
        waiting: status == "pending_approval",
        amount: columns.get("amount")?,
        entry: columns.get("entry_id")?,
        created_by: columns.get("created_by")?,
        created_at: columns.get("created_at")?,
        version: columns.get("version")?,
    })
}

fn too_large() -> StorageError {
    StorageError::Internal("what an account holds no longer fits".to_owned())
}
