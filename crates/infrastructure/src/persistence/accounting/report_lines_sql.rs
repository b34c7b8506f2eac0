//! The lines behind reports and exports: composed texts, every value a parameter.

use application::accounting::ports::ledger_export::ExportRange;
use application::accounting::ports::reports::{FigureSelection, LineKey, LineSelection};
use domain::ids::{AccountId, TenantId};

use super::ledger_export_queries::LINES;
use crate::sql::composed::Composed;
use crate::sql::value::id_list;

/// What reports show of a line of alias `l`, its entry `e` and its journal `j`.
macro_rules! line_columns {
    () => {
        "l.account_id, l.posting_date, l.entry_id, l.line_no, j.code, e.number, \
         COALESCE(l.description, e.description) AS description, l.party, \
         COALESCE(l.reference, e.reference) AS reference, l.debit, l.credit, \
         l.currency, l.currency_debit, l.currency_credit, l.rate, l.dimension_set_id"
    };
}

/// Every line with its account, in this order: along the accounts the lines come sorted, however many there are, because SQLite keeps
/// the order of a cross join.
macro_rules! line_tables {
    () => {
        "account a CROSS JOIN ledger_line l \
         INNER JOIN journal_entry e ON e.tenant_id = l.tenant_id AND e.id = l.entry_id \
         INNER JOIN journal j ON j.tenant_id = e.tenant_id AND j.id = e.journal_id \
         INNER JOIN fiscal_period p ON p.tenant_id = l.tenant_id AND p.id = l.fiscal_period_id"
    };
}

/// The line is of an opening entry, or of the entry that takes one back.
const OF_OPENING: &str = "(e.kind = 'opening' OR EXISTS (SELECT 1 FROM journal_entry o WHERE o.tenant_id = e.tenant_id \
     AND o.id = e.reverses_id AND o.kind = 'opening'))";

/// The lines of one account after a place, one page.
pub fn lines_of_account(
    tenant: TenantId,
    account: AccountId,
    selection: &LineSelection,
    after: Option<LineKey>,
    limit: u32,
) -> Composed {
    let mut sql = lines(tenant, &LineSelection { account: Some(account), ..selection.clone() });
    if let Some(LineKey { posting_date, entry_id, line_no }) = after {
        let (date, entry, line) = (sql.param(posting_date), sql.param(entry_id), sql.param(line_no));
        sql.text.push_str(&format!(
            " AND (l.posting_date > {date} OR (l.posting_date = {date} AND (l.entry_id > {entry} \
             OR (l.entry_id = {entry} AND l.line_no > {line}))))"
        ));
    }
    let limit = sql.param(limit);
    sql.text.push_str(&format!(" ORDER BY l.posting_date, l.entry_id, l.line_no {{page {limit}}}"));
    sql
}

/// Every line, account by account.
pub fn all_lines(tenant: TenantId, selection: &LineSelection) -> Composed {
    let mut sql = lines(tenant, selection);
    sql.text.push_str(" ORDER BY a.code, l.posting_date, l.entry_id, l.line_no");
    sql
}

/// Every line of the journal, entry by entry.
pub fn exported_lines(tenant: TenantId, range: ExportRange) -> Composed {
    let mut sql = Composed::new(tenant);
    let dates = sql.between("e.posting_date", range.from, range.to);
    sql.text = format!("{LINES}{dates} ORDER BY e.posting_date, e.id, l.line_no");
    sql
}

/// Lines with their entry and account, as far as the conditions; the order is the caller's.
fn lines(tenant: TenantId, selection: &LineSelection) -> Composed {
    let mut sql = Composed::new(tenant);
    let mut condition = "a.tenant_id = ?1 AND l.tenant_id = a.tenant_id AND l.account_id = a.id".to_owned();
    if let Some(account) = selection.account {
        let account = sql.param(account);
        condition.push_str(&format!(" AND a.id = {account}"));
    }
    condition.push_str(&sql.between("l.posting_date", selection.from, selection.to));
    if let Some(known_at) = selection.known_at {
        let known_at = sql.param(known_at);
        condition.push_str(&format!(" AND l.recorded_at <= {known_at}"));
    }
    condition.push_str(&sql.closing(selection.closing_excluded_from));
    if selection.without_openings {
        condition.push_str(&format!(" AND NOT {OF_OPENING}"));
    }
    condition.push_str(&sql.filter(&selection.filter, "l"));
    sql.text = format!(concat!("SELECT ", line_columns!(), " FROM ", line_tables!(), " WHERE {}"), condition);
    sql
}

/// One page of the lines of a figure, account by account.
pub fn lines_of_figure(
    tenant: TenantId,
    figure: &FigureSelection,
    after: Option<(&str, LineKey)>,
    limit: u32,
) -> Composed {
    let mut sql = Composed::new(tenant);
    let ids = |accounts: &[AccountId]| id_list(accounts.iter().map(|account| account.uuid()));
    let mut all: Vec<AccountId> = [figure.opening.as_slice(), &figure.movement].concat();
    all.sort_unstable();
    all.dedup();
    let (all, opening) = (sql.param(ids(&all)), sql.param(ids(&figure.opening)));
    let (movement, from, to) =
        (sql.param(ids(&figure.movement)), sql.param(figure.from), sql.param(figure.to));
    let closing = sql.closing(figure.closing_excluded_from);
    // An expression, so that SQLite walks the accounts by their codes: along their ids it would read and sort every line for a page.
    let mut condition = format!(
        "a.tenant_id = ?1 AND l.tenant_id = a.tenant_id AND l.account_id = a.id AND COALESCE(a.id, a.id) IN ({{ids {all}}}) \
         AND l.posting_date <= {to} \
         AND ((l.account_id IN ({{ids {opening}}}) AND (l.posting_date < {from} OR {OF_OPENING})) \
         OR (l.account_id IN ({{ids {movement}}}) AND l.posting_date >= {from} AND NOT {OF_OPENING}{closing}))"
    );
    condition.push_str(&sql.filter(&figure.filter, "l"));
    if let Some(dimension) = figure.without {
        let dimension = sql.param(dimension);
        condition.push_str(&format!(
            " AND NOT EXISTS (SELECT 1 FROM dimension_set_value s WHERE s.tenant_id = l.tenant_id \
             AND s.set_id = l.dimension_set_id AND s.dimension_id = {dimension})"
        ));
    }
    if let Some(known_at) = figure.known_at {
        let known_at = sql.param(known_at);
        condition.push_str(&format!(" AND l.recorded_at <= {known_at}"));
    }
    if let Some((code, LineKey { posting_date, entry_id, line_no })) = after {
        let (code, date) = (sql.param(code), sql.param(posting_date));
        let (entry, line) = (sql.param(entry_id), sql.param(line_no));
        condition.push_str(&format!(
            " AND a.code >= {code} AND (a.code > {code} OR l.posting_date > {date} OR (l.posting_date = {date} \
             AND (l.entry_id > {entry} OR (l.entry_id = {entry} AND l.line_no > {line}))))"
        ));
    }
    let limit = sql.param(limit);
    sql.text = format!(
        concat!(
            "SELECT ",
            line_columns!(),
            ", CASE WHEN l.posting_date < {from} OR {of_opening} THEN 1 ELSE 0 END AS is_opening FROM ",
            line_tables!(),
            " WHERE {condition} ORDER BY a.code, l.posting_date, l.entry_id, l.line_no {{page {limit}}}"
        ),
        from = from,
        of_opening = OF_OPENING,
        condition = condition,
        limit = limit,
    );
    sql
}
