//! The lines of one account with their running balance, page by page.
//!
//! Every page is a walk along `(tenant, account, posting_date, entry, line)` from where the last one ended; the index is
//! named, because a planner without statistics may prefer to walk along all entries of the tenant. The
//! balance before the first page comes from maintained balances, opening entries of the range included; after that the
//! cursor carries it.

use std::collections::BTreeMap;

use application::accounting::ports::accounts::AccountLedgerQuery;
use application::accounting::views::account_balance::{AccountLedgerLineView, AccountLedgerView};
use application::error::{AppError, AppResult};
use application::paging::invalid_cursor;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::NaiveDate;
use domain::ids::{AccountId, DimensionSetId, JournalEntryId, TenantId};
use domain::money::{Amount, CurrencyCode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::account_balance::{find, first_day, last_day, ledger_opening, minus, plus};
use super::company_money::CompanyMoney;
use super::entry_lines::set_codes;
use super::journal_entry_rows::{line_columns, read_line};
use crate::sql::db::Db;
use crate::sql::value::{Row, Value};
use crate::statements;

/// The columns in which [`Line::read`] reads a line.
macro_rules! ledger_columns {
    () => {
        concat!(
            "SELECT l.entry_id, ",
            line_columns!(),
            ", e.journal_id, e.number, l.posting_date, e.description AS entry_description, l.recorded_at FROM ledger_line l \
             {index ix_ledger_line_account} \
             INNER JOIN journal_entry e ON e.tenant_id = l.tenant_id AND e.id = l.entry_id \
             WHERE l.tenant_id = ?1 AND l.account_id = ?2 AND e.kind <> 'opening' \
             AND NOT EXISTS (SELECT 1 FROM journal_entry o WHERE o.tenant_id = e.tenant_id AND o.id = e.reverses_id \
             AND o.kind = 'opening')"
        )
    };
}

statements! {
    FROM_DATE = "accounting.ledger_line.of_account":
        concat!(ledger_columns!(), " AND l.posting_date >= ?3 AND l.posting_date <= ?4 \
         ORDER BY l.posting_date, l.entry_id, l.line_no {page ?5}");
    // The rest of the day on which the last page ended. It begins inside an entry, whose earlier lines are skipped.
    REST_OF_DAY = "accounting.ledger_line.of_account_day":
        concat!(ledger_columns!(), " AND l.posting_date = ?3 AND l.entry_id >= ?4 AND (l.entry_id > ?4 OR l.line_no > ?5) \
         ORDER BY l.posting_date, l.entry_id, l.line_no {page ?6}");
}

/// The end of a page, for one account and one range of dates.
#[derive(Debug, Serialize, Deserialize)]
struct Cursor {
    a: Uuid,
    f: Option<NaiveDate>,
    t: NaiveDate,
    d: NaiveDate,
    e: Uuid,
    l: u32,
    /// The balance so far, in the company's and in the account's own currency.
    b: i64,
    c: Option<i64>,
}

/// The running balance.
#[derive(Debug, Clone, Copy)]
struct Running {
    company: Amount,
    /// Only of an account that takes one currency.
    own: Option<Amount>,
}

pub async fn page(
    db: &Db,
    tenant: TenantId,
    id: AccountId,
    query: &AccountLedgerQuery,
) -> AppResult<Option<AccountLedgerView>> {
    let Some(account) = find(db, tenant, id).await? else { return Ok(None) };
    let cursor = query.cursor.as_deref().map(|text| read_cursor(text, id, query)).transpose()?;
    let range = (query.from, last_of(query, cursor.as_ref()));
    let mut running = match &cursor {
        Some(cursor) => {
            Running { company: Amount::from_scaled(cursor.b), own: cursor.c.map(Amount::from_scaled) }
        }
        None => opening(db, tenant, id, account.value.currency(), range).await?,
    };
    let mut rows = rows(db, tenant, id, (query, range), cursor.as_ref()).await?;
    let more = rows.len() > query.limit as usize;
    rows.truncate(query.limit as usize);
    let money = CompanyMoney::read(db, tenant).await?;
    let opening_balance = money.company(running.company);
    let mut items = Vec::with_capacity(rows.len());
    let mut sets = Vec::with_capacity(rows.len());
    for row in rows {
        let (view, set) = line(row, &mut running, &money)?;
        items.push(view);
        sets.push(set);
    }
    let codes = set_codes(db, tenant, sets.iter().copied()).await?;
    for (item, set) in items.iter_mut().zip(&sets) {
        item.dimensions = codes.get(set).cloned().unwrap_or_default();
    }
    let next_cursor = match items.last().filter(|_| more) {
        Some(last) => Some(write_cursor(id, range, last, running)?),
        None => None,
    };
    Ok(Some(AccountLedgerView {
        account_id: id.uuid(),
        opening_balance,
        closing_balance: money.company(running.company),
        items,
        next_cursor,
    }))
}

/// Through today unless asked otherwise; later pages go as far as the first one did. From a later day on, everything.
fn last_of(query: &AccountLedgerQuery, cursor: Option<&Cursor>) -> NaiveDate {
    let first_page = || match query.from {
        Some(from) if from > query.today => last_day(),
        _ => query.today,
    };
    query.to.or(cursor.map(|cursor| cursor.t)).unwrap_or_else(first_page)
}

/// The balance at the end of the day before the range, and what opening entries in it brought.
async fn opening(
    db: &Db,
    tenant: TenantId,
    id: AccountId,
    own: Option<CurrencyCode>,
    (from, to): (Option<NaiveDate>, NaiveDate),
) -> AppResult<Running> {
    let mut running = Running { company: Amount::ZERO, own: own.map(|_| Amount::ZERO) };
    let range = (from.unwrap_or_else(first_day), to);
    for (code, sums) in ledger_opening(db, tenant, id, range).await? {
        running.company = plus(running.company, minus(sums.debit, sums.credit)?)?;
        if let Some(balance) = running.own.filter(|_| own == Some(code)) {
            running.own = Some(plus(balance, minus(sums.currency_debit, sums.currency_credit)?)?);
        }
    }
    Ok(running)
}

/// One line more than the page has, if there is one.
async fn rows(
    db: &Db,
    tenant: TenantId,
    id: AccountId,
    (query, (from, to)): (&AccountLedgerQuery, (Option<NaiveDate>, NaiveDate)),
    cursor: Option<&Cursor>,
) -> AppResult<Vec<Row>> {
    let wanted = i64::from(query.limit) + 1;
    let mut from = from.unwrap_or_else(first_day);
    let mut rows = Vec::new();
    if let Some(cursor) = cursor {
        let params: [Value; 6] =
            [tenant.into(), id.into(), cursor.d.into(), cursor.e.into(), cursor.l.into(), wanted.into()];
        rows = db.query(&REST_OF_DAY, &params).await?;
        from = cursor.d.succ_opt().unwrap_or_else(last_day);
    }
    let missing = wanted - i64::try_from(rows.len()).unwrap_or(wanted);
    if missing > 0 {
        let params: [Value; 5] = [tenant.into(), id.into(), from.into(), to.into(), missing.into()];
        rows.extend(db.query(&FROM_DATE, &params).await?);
    }
    Ok(rows)
}

fn line(
    row: Row,
    running: &mut Running,
    money: &CompanyMoney,
) -> AppResult<(AccountLedgerLineView, DimensionSetId)> {
    let mut columns = row.columns("ledger_line");
    let entry_id: JournalEntryId = columns.get("entry_id")?;
    let line = read_line(&mut columns)?;
    running.company = plus(running.company, minus(line.debit, line.credit)?)?;
    if let Some(own) = running.own {
        running.own = Some(plus(own, minus(line.currency_debit, line.currency_credit)?)?);
    }
    let journal_id = columns.get("journal_id")?;
    let number: Option<String> = columns.get("number")?;
    let posting_date = columns.get("posting_date")?;
    let entry_description: Option<String> = columns.get("entry_description")?;
    let recorded_at: domain::time::Timestamp = columns.get("recorded_at")?;
    let view = AccountLedgerLineView {
        entry_id: entry_id.uuid(),
        line_no: line.line_no,
        journal_id,
        number: number.unwrap_or_default(),
        posting_date,
        debit: money.company(line.debit),
        credit: money.company(line.credit),
        balance: money.company(running.company),
        currency: line.currency.to_string(),
        currency_debit: money.of(line.currency_debit, line.currency),
        currency_credit: money.of(line.currency_credit, line.currency),
        currency_balance: running.own.map(|own| money.of(own, line.currency)),
        dimensions: BTreeMap::new(),
        description: line.details.description.or(entry_description),
        party: line.details.party,
        due_date: line.details.due_date,
        reference: line.details.reference,
        tax_code: line.details.tax_code,
        recorded_at: recorded_at.to_string(),
    };
    Ok((view, line.dimension_set))
}

fn write_cursor(
    id: AccountId,
    (from, to): (Option<NaiveDate>, NaiveDate),
    last: &AccountLedgerLineView,
    running: Running,
) -> AppResult<String> {
    let cursor = Cursor {
        a: id.uuid(),
        f: from,
        t: to,
        d: last.posting_date,
        e: last.entry_id,
        l: last.line_no,
        b: running.company.scaled(),
        c: running.own.map(Amount::scaled),
    };
    let json = serde_json::to_vec(&cursor).map_err(|error| AppError::internal(error.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}

fn read_cursor(text: &str, id: AccountId, query: &AccountLedgerQuery) -> AppResult<Cursor> {
    let bad = || AppError::from(invalid_cursor());
    let json = URL_SAFE_NO_PAD.decode(text).map_err(|_| bad())?;
    let cursor: Cursor = serde_json::from_slice(&json).map_err(|_| bad())?;
    let same = cursor.a == id.uuid() && cursor.f == query.from && query.to.is_none_or(|to| to == cursor.t);
    if same { Ok(cursor) } else { Err(bad()) }
}
