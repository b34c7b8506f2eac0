//! [`LineMatchQueries`] in SQL: lists, one match, and what was open on a day.

use application::accounting::line_matches::ports::{
    LINE_MATCH_LIST, LineMatchQueries, LineThen, OPEN_LINE_LIST, OpenLinesQuery,
};
use application::accounting::line_matches::views::{LineMatchView, OpenLineView};
use application::error::AppResult;
use application::paging::{ListQuery, Page};
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::account::AccountFacts;
use domain::accounting::line_match::LineMatchId;
use domain::ids::{AccountId, JournalEntryId, TenantId};
use domain::money::{Amount, CurrencyCode};
use domain::text::LocalizedName;
use domain::time::Timestamp;

use super::company_money::CompanyMoney;
use super::facts::{account_select, read_account};
use super::line_matches::{FIND, LINES, match_columns, read_line, read_match};
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::value::{Columns, Value};
use crate::statements;

/// What was open on a day. `$open` and `$company` are the amounts, `$lines` conditions on lines, `$matches` those on the matches
/// that are added up for each line.
macro_rules! open_on {
    (($open:literal, $company:literal), $lines:literal, $matches:literal) => {
        concat!(
            "SELECT y.account_id, y.entry_id, y.line_no, e.number, y.posting_date, l.description, \
             e.description AS entry_description, l.reference, e.reference AS entry_reference, l.party, y.currency, \
             y.open_then, y.company_open_then FROM (SELECT a.code, o.account_id, o.entry_id, o.line_no, o.posting_date, \
             o.currency, CAST(",
            $open,
            " AS DECIMAL(19,4)) AS open_then, CAST(",
            $company,
            " AS DECIMAL(19,4)) AS company_open_then FROM account a \
             INNER JOIN open_line o ON o.tenant_id = a.tenant_id AND o.account_id = a.id \
             LEFT JOIN (SELECT x.entry_id, x.line_no, CAST(SUM(x.amount) AS DECIMAL(19,4)) AS amount, \
             CAST(SUM(x.company_amount) AS DECIMAL(19,4)) AS company_amount FROM line_match m \
             INNER JOIN line_match_line x ON x.tenant_id = m.tenant_id AND x.match_id = m.id WHERE m.tenant_id = ?1 AND ",
            $matches,
            " GROUP BY x.entry_id, x.line_no) t ON t.entry_id = o.entry_id AND t.line_no = o.line_no \
             WHERE a.tenant_id = ?1 AND (?3 = '' OR a.code = ?3) AND (?4 = '' OR o.currency = ?4) \
             AND o.posting_date <= ?2 AND ",
            $lines,
            ") y INNER JOIN journal_entry e ON e.tenant_id = ?1 AND e.id = y.entry_id \
             INNER JOIN ledger_line l ON l.tenant_id = ?1 AND l.entry_id = y.entry_id AND l.line_no = y.line_no \
             WHERE y.open_then <> 0 OR y.company_open_then <> 0 \
             ORDER BY y.code, y.posting_date, y.entry_id, y.line_no {page ?5}"
        )
    };
}

statements! {
    ACCOUNTS = "accounting.open_line.accounts":
        concat!(account_select!(), " AND reconcilable = 1 AND control NOT IN ('receivable', 'payable') ORDER BY code");
    ACCOUNT = "accounting.open_line.account": concat!(account_select!(), " AND code = ?2");
    OPEN = "accounting.report.open_lines":
        open_on!(
            ("CASE WHEN o.reversed_at IS NOT NULL THEN o.amount ELSE o.open_amount + COALESCE(t.amount, 0) END",
             "CASE WHEN o.reversed_at IS NOT NULL THEN o.company_amount \
              ELSE o.open_company_amount + COALESCE(t.company_amount, 0) END"),
            "(o.settled_on IS NULL OR o.settled_on > ?2)",
            "m.match_date > ?2 AND m.status = 'matched'"
        );
    OPEN_KNOWN = "accounting.report.open_lines_as_known":
        open_on!(
            ("o.amount - COALESCE(t.amount, 0)", "o.company_amount - COALESCE(t.company_amount, 0)"),
            "o.recorded_at <= ?6 AND (o.reversed_at IS NULL OR o.reversed_at > ?6 OR o.settled_on > ?2)",
            "m.match_date <= ?2 AND m.created_at <= ?6 AND (m.undone_at IS NULL OR m.undone_at > ?6)"
        );
}

static OPEN_LINES: ListSql = ListSql {
    spec: &OPEN_LINE_LIST,
    select: "SELECT o.entry_id, o.line_no, e.number, o.posting_date, o.account_id, a.code AS account_code, \
             l.reference, e.reference AS entry_reference, l.description, e.description AS entry_description, l.party, \
             o.currency, o.amount, o.company_amount, o.open_amount, o.open_company_amount, o.settled_on, o.reversed_at, \
             o.recorded_at FROM open_line o \
             INNER JOIN journal_entry e ON e.tenant_id = o.tenant_id AND e.id = o.entry_id \
             INNER JOIN ledger_line l ON l.tenant_id = o.tenant_id AND l.entry_id = o.entry_id AND l.line_no = o.line_no \
             INNER JOIN account a ON a.tenant_id = o.tenant_id AND a.id = o.account_id",
    tenant: "o.tenant_id",
    key: &["o.entry_id", "o.line_no"],
    columns: &[
        ("accountId", "o.account_id"),
        ("accountCode", "a.code"),
        ("entryId", "o.entry_id"),
        ("number", "e.number"),
        ("reference", "l.reference"),
        ("party", "l.party"),
        ("currency", "o.currency"),
        ("postingDate", "o.posting_date"),
        ("settledOn", "o.settled_on"),
    ],
    sorted_as: &[],
};
static MATCHES: ListSql = ListSql {
    spec: &LINE_MATCH_LIST,
    select: match_columns!(),
    tenant: "m.tenant_id",
    key: &["m.id"],
    columns: &[
        ("id", "m.id"),
        ("accountId", "m.account_id"),
        ("accountCode", "a.code"),
        ("currency", "m.currency"),
        ("date", "m.match_date"),
        ("kind", "m.kind"),
        ("status", "m.status"),
        (
            "entryId",
            "m.id IN (SELECT x.match_id FROM line_match_line x WHERE x.tenant_id = ?1 AND {where x.entry_id})",
        ),
    ],
    sorted_as: &[],
};
pub static LISTS: &[&ListSql] = &[&OPEN_LINES, &MATCHES];

#[async_trait]
impl LineMatchQueries for Db {
    async fn open_line_page(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<OpenLineView>> {
        let money = CompanyMoney::read(self, tenant).await?;
        OPEN_LINES.page(self, tenant, query, None, |columns| open_line(columns, &money)).await
    }

    async fn line_match(&self, tenant: TenantId, id: LineMatchId) -> AppResult<Option<LineMatchView>> {
        let money = CompanyMoney::read(self, tenant).await?;
        let key = [tenant.into(), id.into()];
        let [found, lines] = self.query_all([(&FIND, &key), (&LINES, &key)]).await?;
        let Some(row) = found.into_iter().next() else { return Ok(None) };
        let kept = read_match(&mut row.columns("line_match"))?;
        let lines = lines.into_iter().map(|row| read_line(&mut row.columns("line_match_line")));
        let lines = lines.collect::<StorageResult<Vec<_>>>()?;
        let text = |amount: Amount, code: CurrencyCode| money.of(amount, code);
        Ok(Some(kept.view(Some(&lines), money.company.code, &text)))
    }

    async fn line_match_page(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<LineMatchView>> {
        let money = CompanyMoney::read(self, tenant).await?;
        let text = |amount: Amount, code: CurrencyCode| money.of(amount, code);
        let read = |columns: &mut Columns| Ok(read_match(columns)?.view(None, money.company.code, &text));
        MATCHES.page(self, tenant, query, None, read).await
    }

    async fn matched_accounts(
        &self,
        tenant: TenantId,
        code: Option<&str>,
    ) -> AppResult<Vec<(AccountFacts, LocalizedName)>> {
        let rows = match code {
            Some(code) => self.query(&ACCOUNT, &[tenant.into(), code.into()]).await?,
            None => self.query(&ACCOUNTS, &[tenant.into()]).await?,
        };
        Ok(rows.into_iter().map(read_account).collect::<StorageResult<_>>()?)
    }

    async fn lines_open_on(&self, tenant: TenantId, query: &OpenLinesQuery) -> AppResult<Vec<LineThen>> {
        let currency = query.currency.map(|code| code.to_string()).unwrap_or_default();
        let mut params: Vec<Value> = vec![
            tenant.into(),
            query.as_of.into(),
            query.account.as_deref().unwrap_or_default().into(),
            currency.as_str().into(),
            query.max.into(),
        ];
        let statement = match query.known_at {
            Some(known_at) => {
                params.push(known_at.into());
                &OPEN_KNOWN
            }
            None => &OPEN,
        };
        let rows = self.query(statement, &params).await?.into_iter();
        Ok(rows.map(|row| line_then(&mut row.columns("open_line"))).collect::<StorageResult<_>>()?)
    }
}

/// A text of the line, or else that of its entry.
fn text(columns: &mut Columns, own: &'static str, of_entry: &'static str) -> StorageResult<Option<String>> {
    let (own, of_entry): (Option<String>, Option<String>) = (columns.get(own)?, columns.get(of_entry)?);
    Ok(own.or(of_entry))
}

fn line_then(columns: &mut Columns) -> StorageResult<LineThen> {
    Ok(LineThen {
        account: columns.get("account_id")?,
        entry: columns.get("entry_id")?,
        line_no: columns.get("line_no")?,
        number: columns.get("number")?,
        posting_date: columns.get("posting_date")?,
        description: text(columns, "description", "entry_description")?,
        reference: text(columns, "reference", "entry_reference")?,
        party: columns.get("party")?,
        currency: columns.get("currency")?,
        open: columns.get("open_then")?,
        company_open: columns.get("company_open_then")?,
    })
}

fn open_line(columns: &mut Columns, money: &CompanyMoney) -> StorageResult<OpenLineView> {
    let entry: JournalEntryId = columns.get("entry_id")?;
    let (line_no, number) = (columns.get("line_no")?, columns.get("number")?);
    let posting_date = columns.get("posting_date")?;
    let account: AccountId = columns.get("account_id")?;
    let account_code = columns.get("account_code")?;
    let reference = text(columns, "reference", "entry_reference")?;
    let description = text(columns, "description", "entry_description")?;
    let party = columns.get("party")?;
    let currency: CurrencyCode = columns.get("currency")?;
    let (amount, company): (Amount, Amount) = (columns.get("amount")?, columns.get("company_amount")?);
    let open: Amount = columns.get("open_amount")?;
    let open_company: Amount = columns.get("open_company_amount")?;
    let settled_on: Option<NaiveDate> = columns.get("settled_on")?;
    let reversed_at: Option<Timestamp> = columns.get("reversed_at")?;
    let recorded_at: Timestamp = columns.get("recorded_at")?;
    Ok(OpenLineView {
        entry_id: entry.uuid(),
        line_no,
        number,
        posting_date,
        account_id: account.uuid(),
        account_code,
        reference,
        description,
        party,
        side: if amount.is_positive() { "debit" } else { "credit" },
        currency: currency.to_string(),
        amount: money.of(amount.abs(), currency),
        open_amount: money.of(open.abs(), currency),
        company_amount: money.company(company.abs()),
        open_company_amount: money.company(open_company.abs()),
        status: match () {
            () if reversed_at.is_some() => "reversed",
            () if settled_on.is_some() => "matched",
            () if open != amount => "partly_matched",
            () => "open",
        },
        settled_on,
        recorded_at: recorded_at.to_string(),
    })
}
