//! [`BudgetRepository`] in SQL: what a budget plans for accounts, and what they gathered.

use std::collections::{BTreeMap, BTreeSet};

use application::accounting::budgets::ports::{BudgetRepository, Figure, LineKey};
use application::ports::storage_error::{StorageError, StorageResult};
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::budget::{BudgetId, ControllingBudget};
use domain::ids::{AccountId, DimensionSetId, FiscalPeriodId, FiscalYearId};
use domain::money::Amount;
use domain::text::Code;

use crate::persistence::SqlUnitOfWork;
use crate::sql::bulk::{Accumulate, Bulk};
use crate::sql::value::{Kind, Row, Value, id_list};
use crate::statements;

statements! {
    HAS_LINES = "accounting.budget.has_lines":
        "SELECT {first} 1 FROM budget_line WHERE tenant_id = ?1 AND budget_id = ?2 {only}";
    LINES_OF = "accounting.budget_line.of_accounts":
        "SELECT l.account_id, l.dimension_set_id, l.fiscal_period_id, p.start_date, l.amount FROM budget_line l \
         INNER JOIN fiscal_period p ON p.tenant_id = l.tenant_id AND p.id = l.fiscal_period_id \
         WHERE l.tenant_id = ?1 AND l.budget_id = ?2 AND l.account_id IN ({ids ?3})";
    // Without opening figures, which stand in a shard of their own.
    GATHERED = "accounting.budget.gathered":
        "SELECT b.account_id, b.fiscal_period_id, p.start_date, CAST(SUM(b.debit - b.credit) AS DECIMAL(19,4)) AS amount \
         FROM fiscal_period p INNER JOIN account_balance b ON b.tenant_id = p.tenant_id AND b.fiscal_period_id = p.id \
         WHERE p.tenant_id = ?1 AND p.fiscal_year_id = ?2 AND p.kind = 'regular' AND b.account_id IN ({ids ?3}) AND b.shard >= 0 \
         GROUP BY b.account_id, b.fiscal_period_id, p.start_date";
    GATHERED_BY_SET = "accounting.budget.gathered_by_set":
        "SELECT b.account_id, b.dimension_set_id, b.fiscal_period_id, p.start_date, \
         CAST(SUM(b.debit - b.credit) AS DECIMAL(19,4)) AS amount \
         FROM fiscal_period p INNER JOIN dimension_balance b ON b.tenant_id = p.tenant_id AND b.fiscal_period_id = p.id \
         WHERE p.tenant_id = ?1 AND p.fiscal_year_id = ?2 AND p.kind = 'regular' AND b.account_id IN ({ids ?3}) AND b.shard >= 0 \
         GROUP BY b.account_id, b.dimension_set_id, b.fiscal_period_id, p.start_date";
    WITH_LINES = "accounting.budget.accounts_with_lines":
        "SELECT DISTINCT l.account_id FROM budget_line l INNER JOIN account a ON a.tenant_id = l.tenant_id AND a.id = l.account_id \
         WHERE l.tenant_id = ?1 AND l.budget_id = ?2 AND a.code >= ?3 AND a.code <= ?4";
    WITH_AMOUNTS = "accounting.budget.accounts_with_amounts":
        "SELECT DISTINCT b.account_id FROM fiscal_period p \
         INNER JOIN account_balance b ON b.tenant_id = p.tenant_id AND b.fiscal_period_id = p.id \
         INNER JOIN account a ON a.tenant_id = b.tenant_id AND a.id = b.account_id \
         WHERE p.tenant_id = ?1 AND p.fiscal_year_id = ?2 AND p.kind = 'regular' AND a.type IN ('income', 'expense') \
         AND a.code >= ?3 AND a.code <= ?4";
    CLEAR = "accounting.budget_line.clear":
        "DELETE FROM budget_line WHERE tenant_id = ?1 AND budget_id = ?2 AND account_id IN ({ids ?3})";
}

pub static LINE_INSERT: Bulk = Bulk::new(
    "accounting.budget_line.insert_many",
    "budget_line",
    &[
        ("tenant_id", Kind::Id),
        ("budget_id", Kind::Id),
        ("account_id", Kind::Id),
        ("fiscal_period_id", Kind::Id),
        ("dimension_set_id", Kind::Id),
        ("amount", Kind::Amount),
    ],
);
pub static BULKS: &[&Bulk] = &[&LINE_INSERT];

pub static HOLD: Accumulate = Accumulate::new(
    "accounting.budget_hold.add",
    "budget_hold",
    &[("tenant_id", Kind::Id), ("budget_id", Kind::Id), ("account_id", Kind::Id)],
    &[],
)
.counting(&["held"]);

#[async_trait]
impl BudgetRepository for SqlUnitOfWork {
    async fn controlling_budgets(&mut self) -> StorageResult<Vec<ControllingBudget>> {
        self.read_controlling_budgets().await
    }

    async fn has_lines(&mut self, budget: BudgetId) -> StorageResult<bool> {
        Ok(self.tx.find(&HAS_LINES, &[self.tenant.into(), budget.into()]).await?.is_some())
    }

    async fn hold(&mut self, keys: &BTreeSet<(BudgetId, AccountId)>) -> StorageResult<()> {
        let tenant = self.tenant;
        let rows = keys.iter().map(|(budget, account)| {
            vec![tenant.into(), (*budget).into(), (*account).into(), Value::from(1_i64)]
        });
        self.tx.accumulate(&HOLD, rows.collect::<Vec<_>>().into_iter()).await
    }

    async fn lines_of(
        &mut self,
        budget: BudgetId,
        accounts: &BTreeSet<AccountId>,
    ) -> StorageResult<Vec<Figure>> {
        let params = [self.tenant.into(), budget.into(), ids(accounts)];
        let rows = self.tx.query(&LINES_OF, &params).await?;
        rows.into_iter().map(|row| read_figure(row, "budget_line")).collect()
    }

    async fn gathered(
        &mut self,
        year: FiscalYearId,
        accounts: &BTreeSet<AccountId>,
    ) -> StorageResult<Vec<Figure>> {
        self.flush_balances().await?;
        let params = [self.tenant.into(), year.into(), ids(accounts)];
        let mut totals: BTreeMap<(AccountId, FiscalPeriodId), (NaiveDate, Amount)> = BTreeMap::new();
        for row in self.tx.query(&GATHERED, &params).await? {
            let mut columns = row.columns("account_balance");
            let key = (columns.get("account_id")?, columns.get("fiscal_period_id")?);
            totals.insert(key, (columns.get("start_date")?, columns.get("amount")?));
        }
        let mut figures = Vec::new();
        for row in self.tx.query(&GATHERED_BY_SET, &params).await? {
            let figure = read_figure(row, "dimension_balance")?;
            // Lines without dimensions are what the sets do not explain.
            if let Some((_, rest)) = totals.get_mut(&(figure.account, figure.period)) {
                *rest = rest.checked_sub(figure.amount).ok_or_else(too_large)?;
            }
            figures.push(figure);
        }
        let set = DimensionSetId::EMPTY;
        figures.extend(totals.into_iter().map(|((account, period), (period_start, amount))| Figure {
            account,
            set,
            period,
            period_start,
            amount,
        }));
        Ok(figures)
    }

    async fn accounts_with_lines(
        &mut self,
        budget: BudgetId,
        (from, to): (&Code, &Code),
    ) -> StorageResult<BTreeSet<AccountId>> {
        let params = [self.tenant.into(), budget.into(), from.as_str().into(), to.as_str().into()];
        let rows = self.tx.query(&WITH_LINES, &params).await?;
        rows.into_iter().map(|row| row.single("budget_line", "account_id")).collect()
    }

    async fn accounts_with_amounts(
        &mut self,
        year: FiscalYearId,
        (from, to): (&Code, &Code),
    ) -> StorageResult<BTreeSet<AccountId>> {
        self.flush_balances().await?;
        let params = [self.tenant.into(), year.into(), from.as_str().into(), to.as_str().into()];
        let rows = self.tx.query(&WITH_AMOUNTS, &params).await?;
        rows.into_iter().map(|row| row.single("account_balance", "account_id")).collect()
    }

    async fn replace_lines(
        &mut self,
        budget: BudgetId,
        accounts: &BTreeSet<AccountId>,
        lines: &BTreeMap<LineKey, Amount>,
    ) -> StorageResult<()> {
        let tenant = self.tenant;
        self.tx.apply(&CLEAR, &[tenant.into(), budget.into(), ids(accounts)]).await?;
        let rows = lines.iter().map(|((account, set, period), amount)| {
            let (account, set, period) = ((*account).into(), (*set).into(), (*period).into());
            vec![tenant.into(), budget.into(), account, period, set, (*amount).into()]
        });
        self.tx.insert_many(&LINE_INSERT, rows.collect::<Vec<_>>().into_iter()).await
    }
}

fn ids(accounts: &BTreeSet<AccountId>) -> Value {
    id_list(accounts.iter().map(|id| id.uuid()))
}

/// `account_id, dimension_set_id, fiscal_period_id, start_date, amount`
fn read_figure(row: Row, table: &'static str) -> StorageResult<Figure> {
    let mut columns = row.columns(table);
    Ok(Figure {
        account: columns.get("account_id")?,
        set: columns.get("dimension_set_id")?,
        period: columns.get("fiscal_period_id")?,
        period_start: columns.get("start_date")?,
        amount: columns.get("amount")?,
    })
}

fn too_large() -> StorageError {
    StorageError::Internal("what an account gathered no longer fits".to_owned())
}
