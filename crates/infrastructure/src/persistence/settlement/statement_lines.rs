//! The lines of a party's statement: those of receivable and payable accounts.

use application::accounting::views::NameView;
use application::error::AppResult;
use application::ports::storage_error::StorageResult;
use application::settlement::ports::{StatementLine, StatementQuery};
use domain::ids::TenantId;
use domain::money::Amount;

use super::branches::branch_of;
use crate::persistence::parties::aliases::codes_of;
use crate::sql::db::Db;
use crate::sql::statement::Statement;
use crate::sql::value::{Columns, Row, Value};
use crate::statements;

/// The lines that count, up to a day; `$branch` is the parameter of the branch, and `$known` one more condition. An empty control is both
/// kinds, an empty branch is all.
macro_rules! counted {
    ($branch:literal, $known:literal) => {
        concat!(
            " FROM ledger_line l INNER JOIN account a ON a.tenant_id = l.tenant_id AND a.id = l.account_id \
             INNER JOIN journal_entry e ON e.tenant_id = l.tenant_id AND e.id = l.entry_id \
             WHERE l.tenant_id = ?1 AND l.party IN ",
            codes_of!("?2"),
            " AND l.party IS NOT NULL AND a.control IN ('receivable', 'payable') \
             AND (?3 = '' OR a.control = ?3) AND (?4 = '' OR l.currency = ?4) AND l.posting_date <= ?5 AND (",
            $branch,
            " = '' OR ",
            branch_of!("l"),
            " = ",
            $branch,
            ")",
            $known
        )
    };
}

macro_rules! opening {
    ($known:literal) => {
        concat!(
            "SELECT CAST(SUM(CASE WHEN ?4 = '' THEN l.debit - l.credit ELSE l.currency_debit - l.currency_credit END) \
             AS DECIMAL(19,4)) AS amount",
            counted!("?6", $known)
        )
    };
}

macro_rules! lines {
    ($known:literal) => {
        concat!(
            "SELECT l.posting_date, l.due_date, l.entry_id, l.line_no, e.number, e.source_kind, e.source_id, \
             COALESCE(l.reference, e.reference) AS reference, COALESCE(l.description, e.description) AS description, \
             CASE WHEN ?4 = '' THEN l.debit ELSE l.currency_debit END AS debit, \
             CASE WHEN ?4 = '' THEN l.credit ELSE l.currency_credit END AS credit",
            counted!("?8", $known),
            " AND l.posting_date >= ?6 ORDER BY l.posting_date, l.entry_id, l.line_no {page ?7}"
        )
    };
}

statements! {
    OPENING = "settlement.statement.opening": opening!("");
    OPENING_KNOWN = "settlement.statement.opening_as_known": opening!(" AND l.recorded_at <= ?7");
    LINES = "settlement.statement.lines": lines!("");
    LINES_KNOWN = "settlement.statement.lines_as_known": lines!(" AND l.recorded_at <= ?9");
    NAME = "settlement.statement.party_name":
        "SELECT p.name_ar, p.name_en FROM party p WHERE p.tenant_id = ?1 AND p.code = ?2";
    SURVIVOR = "settlement.statement.survivor":
        "SELECT s.survivor FROM party_alias s WHERE s.tenant_id = ?1 AND s.code = ?2";
    BRANCH = "settlement.statement.branch":
        "SELECT b.code FROM branch b WHERE b.tenant_id = ?1 AND b.code = ?2 UNION ALL SELECT v.code FROM dimension d \
         INNER JOIN dimension_value v ON v.tenant_id = d.tenant_id AND v.dimension_id = d.id AND v.code = ?2 \
         WHERE d.tenant_id = ?1 AND d.code = 'branch'";
    USED = "settlement.statement.party_used":
        "SELECT {first} 1 FROM ledger_line l WHERE l.tenant_id = ?1 AND l.party = ?2 AND l.party IS NOT NULL {only}";
}

pub(super) async fn name(db: &Db, tenant: TenantId, code: &str) -> AppResult<Option<NameView>> {
    let params = [tenant.into(), code.into()];
    if let Some(row) = db.find(&NAME, &params).await? {
        return Ok(Some(read_name(&mut row.columns("party"))?));
    }
    let used = db.find(&USED, &params).await?.is_some();
    Ok(used.then(NameView::default))
}

pub(super) fn read_name(columns: &mut Columns) -> StorageResult<NameView> {
    Ok(NameView { ar: columns.get("name_ar")?, en: columns.get("name_en")? })
}

/// The code of the party that the one with this code was merged into, or else the code.
pub(super) async fn survivor(db: &Db, tenant: TenantId, code: &str) -> AppResult<String> {
    let row = db.find(&SURVIVOR, &[tenant.into(), code.into()]).await?;
    let survivor = row.map(|row| row.single("party_alias", "survivor")).transpose()?;
    Ok(survivor.unwrap_or_else(|| code.to_owned()))
}

/// Whether a branch or a value of the dimension `branch` has the code.
pub(super) async fn knows_branch(db: &Db, tenant: TenantId, code: &str) -> AppResult<bool> {
    Ok(!db.query(&BRANCH, &[tenant.into(), code.into()]).await?.is_empty())
}

fn branch(query: &StatementQuery) -> Value {
    query.branch.as_deref().unwrap_or_default().into()
}

/// Tenant, party, control and currency.
fn of(tenant: TenantId, query: &StatementQuery) -> Vec<Value> {
    let currency = query.currency.map(|code| code.to_string()).unwrap_or_default();
    let control = query.control.map_or("", |control| control.as_str());
    vec![tenant.into(), query.party.as_str().into(), control.into(), currency.as_str().into()]
}

pub(super) async fn opening(db: &Db, tenant: TenantId, query: &StatementQuery) -> AppResult<Amount> {
    let before = query.from.and_then(|from| from.pred_opt());
    let Some(before) = before else { return Ok(Amount::ZERO) };
    let mut params = of(tenant, query);
    params.extend([before.into(), branch(query)]);
    params.extend(query.known_at.map(Value::from));
    let statement: &Statement = if query.known_at.is_some() { &OPENING_KNOWN } else { &OPENING };
    let row = db.find(statement, &params).await?;
    let sum = row.map(|row| row.single::<Option<Amount>>("ledger_line", "amount")).transpose()?;
    Ok(sum.flatten().unwrap_or_default())
}

pub(super) async fn lines(
    db: &Db,
    tenant: TenantId,
    query: &StatementQuery,
) -> AppResult<Vec<StatementLine>> {
    let mut params = of(tenant, query);
    let from = query.from.unwrap_or(chrono::NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or_default());
    params.extend([query.to.into(), from.into(), query.max.into(), branch(query)]);
    params.extend(query.known_at.map(Value::from));
    let statement: &Statement = if query.known_at.is_some() { &LINES_KNOWN } else { &LINES };
    let rows = db.query(statement, &params).await?;
    Ok(rows.into_iter().map(read).collect::<StorageResult<_>>()?)
}

fn read(row: Row) -> StorageResult<StatementLine> {
    let mut columns = row.columns("ledger_line");
    Ok(StatementLine {
        posting_date: columns.get("posting_date")?,
        due_date: columns.get("due_date")?,
        entry: columns.get("entry_id")?,
        line_no: columns.get("line_no")?,
        number: columns.get("number")?,
        source_kind: columns.get("source_kind")?,
        source_id: columns.get("source_id")?,
        reference: columns.get("reference")?,
        description: columns.get("description")?,
        debit: columns.get("debit")?,
        credit: columns.get("credit")?,
    })
}
