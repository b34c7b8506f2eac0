//! The balance of an account: from maintained balances, or as it was known at a moment.

use std::collections::BTreeMap;

use application::accounting::ports::reports::{ChartAccount, ReportQueries as _};
use application::accounting::views::account_balance::{AccountBalanceView, CurrencyBalanceView};
use application::error::{AppError, AppResult};
use application::ports::storage_error::StorageResult;
use application::ports::stored::Stored;
use chrono::NaiveDate;
use domain::accounting::account::{ACCOUNT_DEPTH_MAX, Account};
use domain::ids::{AccountId, TenantId};
use domain::money::{Amount, CurrencyCode};
use domain::time::Timestamp;

use super::accounts::{CHILDREN, FIND, read_account};
use super::company_money::CompanyMoney;
use crate::sql::db::Db;
use crate::sql::value::{Row, Value, id_list};
use crate::statements;

statements! {
    // Whole periods up to the date; the periods of a tenant are few, and each is one step into the index. SQLite keeps
    // the order of a CROSS JOIN; otherwise it might begin with the balances of all accounts.
    PERIODS = "accounting.account_balance.through_periods":
        "SELECT b.currency, SUM(b.debit) AS debit, SUM(b.credit) AS credit, \
         SUM(b.currency_debit) AS currency_debit, SUM(b.currency_credit) AS currency_credit \
         FROM fiscal_period p CROSS JOIN account_balance b \
         WHERE p.tenant_id = ?1 AND p.end_date <= ?3 \
         AND b.tenant_id = p.tenant_id AND b.fiscal_period_id = p.id AND b.account_id IN ({ids ?2}) GROUP BY b.currency";
    // The days of the period that the date cuts.
    DAYS = "accounting.daily_balance.through_day":
        "SELECT b.currency, SUM(b.debit) AS debit, SUM(b.credit) AS credit, \
         SUM(b.currency_debit) AS currency_debit, SUM(b.currency_credit) AS currency_credit \
         FROM fiscal_period p CROSS JOIN daily_balance b \
         WHERE p.tenant_id = ?1 AND p.start_date <= ?3 AND p.end_date > ?3 \
         AND b.tenant_id = p.tenant_id AND b.fiscal_period_id = p.id AND b.posting_date >= p.start_date \
         AND b.posting_date <= ?3 AND b.account_id IN ({ids ?2}) GROUP BY b.currency";
    // With what the ledger of one account begins on a day: whole periods before it, the days before it in its own period,
    // and what opening entries bring from then on. Only periods that have any of those are read by day; they are not
    // found by EXISTS, which SQLite turns into a join and may then ask last.
    LEDGER_OPENING = "accounting.account_balance.ledger_opening":
        "SELECT b.currency, SUM(b.debit) AS debit, SUM(b.credit) AS credit, \
         SUM(b.currency_debit) AS currency_debit, SUM(b.currency_credit) AS currency_credit \
         FROM fiscal_period p CROSS JOIN account_balance b \
         WHERE p.tenant_id = ?1 AND p.end_date < ?3 AND b.tenant_id = p.tenant_id AND b.fiscal_period_id = p.id \
         AND b.account_id = ?2 GROUP BY b.currency \
         UNION ALL SELECT b.currency, SUM(b.debit) AS debit, SUM(b.credit) AS credit, \
         SUM(b.currency_debit) AS currency_debit, SUM(b.currency_credit) AS currency_credit \
         FROM fiscal_period p CROSS JOIN daily_balance b \
         WHERE p.tenant_id = ?1 AND p.start_date < ?3 AND p.end_date >= ?3 AND b.tenant_id = p.tenant_id \
         AND b.fiscal_period_id = p.id AND b.posting_date >= p.start_date AND b.posting_date < ?3 \
         AND b.account_id = ?2 GROUP BY b.currency \
         UNION ALL SELECT b.currency, SUM(b.debit) AS debit, SUM(b.credit) AS credit, \
         SUM(b.currency_debit) AS currency_debit, SUM(b.currency_credit) AS currency_credit \
         FROM fiscal_period p CROSS JOIN daily_balance b \
         WHERE p.tenant_id = ?1 AND p.end_date >= ?3 AND p.start_date <= ?4 \
         AND (SELECT MIN(o.shard) FROM account_balance o WHERE o.tenant_id = p.tenant_id \
         AND o.fiscal_period_id = p.id AND o.account_id = ?2) < 0 \
         AND b.tenant_id = p.tenant_id AND b.fiscal_period_id = p.id AND b.posting_date >= ?3 \
         AND b.posting_date <= ?4 AND b.account_id = ?2 AND b.shard < 0 GROUP BY b.currency";
    KNOWN = "accounting.ledger_line.known_balance":
        "SELECT l.currency, SUM(l.debit) AS debit, SUM(l.credit) AS credit, \
         SUM(l.currency_debit) AS currency_debit, SUM(l.currency_credit) AS currency_credit \
         FROM ledger_line l WHERE l.tenant_id = ?1 AND l.account_id IN ({ids ?2}) AND l.posting_date <= ?3 \
         AND l.recorded_at <= ?4 GROUP BY l.currency";
}

/// Debits and credits, in the company currency and in their own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    pub debit: Amount,
    pub credit: Amount,
    pub currency_debit: Amount,
    pub currency_credit: Amount,
}

/// One sum for each currency that was posted in.
pub type ByCurrency = BTreeMap<CurrencyCode, Sums>;

fn too_large() -> AppError {
    AppError::internal("a balance no longer fits")
}

pub fn plus(a: Amount, b: Amount) -> AppResult<Amount> {
    a.checked_add(b).ok_or_else(too_large)
}

pub fn minus(a: Amount, b: Amount) -> AppResult<Amount> {
    a.checked_sub(b).ok_or_else(too_large)
}

fn add(sums: &mut ByCurrency, rows: Vec<Row>) -> AppResult<()> {
    for row in rows {
        let mut columns = row.columns("account_balance");
        let to = sums.entry(columns.get("currency")?).or_default();
        to.debit = plus(to.debit, columns.get("debit")?)?;
        to.credit = plus(to.credit, columns.get("credit")?)?;
        to.currency_debit = plus(to.currency_debit, columns.get("currency_debit")?)?;
        to.currency_credit = plus(to.currency_credit, columns.get("currency_credit")?)?;
    }
    Ok(())
}

/// The balances of posting accounts together, from everything posted up to and including `as_of`.
async fn maintained(
    db: &Db,
    tenant: TenantId,
    accounts: &[AccountId],
    as_of: NaiveDate,
) -> AppResult<ByCurrency> {
    let mut sums = ByCurrency::new();
    let params = [tenant.into(), ids(accounts), as_of.into()];
    let [periods, days] = db.query_all([(&PERIODS, &params), (&DAYS, &params)]).await?;
    add(&mut sums, periods)?;
    add(&mut sums, days)?;
    Ok(sums)
}

/// The balance of an account when a range begins: everything before it, and opening entries dated in it.
pub async fn ledger_opening(
    db: &Db,
    tenant: TenantId,
    account: AccountId,
    (from, to): (NaiveDate, NaiveDate),
) -> AppResult<ByCurrency> {
    let params = [tenant.into(), account.into(), from.into(), to.into()];
    let mut sums = ByCurrency::new();
    add(&mut sums, db.query(&LEDGER_OPENING, &params).await?)?;
    Ok(sums)
}

fn ids(accounts: &[AccountId]) -> Value {
    id_list(accounts.iter().map(|account| account.uuid()))
}

/// A day before and one after every posting date; both fit either engine's date.
pub fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or_default()
}
pub fn last_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or_default()
}

pub async fn view(
    db: &Db,
    tenant: TenantId,
    id: AccountId,
    as_of: NaiveDate,
    known_at: Option<Timestamp>,
) -> AppResult<Option<AccountBalanceView>> {
    let Some(account) = find(db, tenant, id).await? else { return Ok(None) };
    let sums = match known_at {
        Some(known_at) => {
            let accounts = known_descendants(&db.chart(tenant, Some(known_at)).await?, id);
            let params = [tenant.into(), ids(&accounts), as_of.into(), known_at.into()];
            let mut sums = ByCurrency::new();
            add(&mut sums, db.query(&KNOWN, &params).await?)?;
            sums
        }
        None => {
            let accounts = with_descendants(db, tenant, id, account.value.is_posting()).await?;
            maintained(db, tenant, &accounts, as_of).await?
        }
    };
    let money = CompanyMoney::read(db, tenant).await?;
    let by_currency =
        sums.iter().map(|(code, sums)| currency_view(&money, *code, *sums)).collect::<AppResult<_>>()?;
    let debit = Amount::sum(sums.values().map(|sums| sums.debit)).ok_or_else(too_large)?;
    let credit = Amount::sum(sums.values().map(|sums| sums.credit)).ok_or_else(too_large)?;
    Ok(Some(AccountBalanceView {
        account_id: id.uuid(),
        account_code: account.value.code().to_string(),
        as_of,
        known_at: known_at.map(|at| at.to_string()),
        currency: money.company.code.to_string(),
        debit: money.company(debit),
        credit: money.company(credit),
        balance: money.company(minus(debit, credit)?),
        by_currency,
    }))
}

fn currency_view(money: &CompanyMoney, code: CurrencyCode, sums: Sums) -> AppResult<CurrencyBalanceView> {
    Ok(CurrencyBalanceView {
        currency: code.to_string(),
        debit: money.of(sums.currency_debit, code),
        credit: money.of(sums.currency_credit, code),
        balance: money.of(minus(sums.currency_debit, sums.currency_credit)?, code),
        company_debit: money.company(sums.debit),
        company_credit: money.company(sums.credit),
        company_balance: money.company(minus(sums.debit, sums.credit)?),
    })
}

pub async fn find(db: &Db, tenant: TenantId, id: AccountId) -> StorageResult<Option<Stored<Account>>> {
    let row = db.find(&FIND, &[tenant.into(), id.into()]).await?;
    row.map(|row| read_account(&mut row.columns("account"))).transpose()
}

/// The account with its descendants in a past state of the chart.
fn known_descendants(chart: &[ChartAccount], id: AccountId) -> Vec<AccountId> {
    let mut accounts = vec![id];
    let mut level = accounts.clone();
    for _ in 0..ACCOUNT_DEPTH_MAX {
        let below = |account: &&ChartAccount| account.parent_id.is_some_and(|parent| level.contains(&parent));
        level = chart.iter().filter(below).map(|account| account.id).collect();
        if level.is_empty() {
            break;
        }
        accounts.extend(level.iter().copied());
    }
    accounts
}

/// The account itself, or for a heading every account below it.
async fn with_descendants(
    db: &Db,
    tenant: TenantId,
    id: AccountId,
    is_posting: bool,
) -> StorageResult<Vec<AccountId>> {
    let mut accounts = vec![id];
    if is_posting {
        return Ok(accounts);
    }
    let mut level = accounts.clone();
    for _ in 0..ACCOUNT_DEPTH_MAX {
        let rows = db.lookup(&CHILDREN, tenant, level.iter().map(|parent| (*parent).into())).await?;
        level = rows.into_iter().map(|row| row.single("account", "id")).collect::<StorageResult<_>>()?;
        if level.is_empty() {
            break;
        }
        accounts.extend(level.iter().copied());
    }
    Ok(accounts)
}
