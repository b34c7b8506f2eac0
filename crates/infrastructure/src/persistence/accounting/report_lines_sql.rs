//! The lines behind reports and exports: composed texts, every value a parameter.

use application::accounting::ports::ledger_export::ExportRange;
use application::accounting::ports::reports::{LineKey, LineSelection};
use domain::ids::{AccountId, TenantId};

use super::ledger_export_queries::LINES;
use crate::sql::composed::Composed;

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
    // A cross join keeps its order in SQLite: along the accounts the lines come sorted, however many there are.
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
        condition.push_str(
            " AND e.kind <> 'opening' AND NOT EXISTS (SELECT 1 FROM journal_entry o WHERE o.tenant_id = e.tenant_id \
             AND o.id = e.reverses_id AND o.kind = 'opening')",
        );
    }
    condition.push_str(&sql.filter(&selection.filter, "l"));
    sql.text = format!(
        "SELECT l.account_id, l.posting_date, l.entry_id, l.line_no, j.code, e.number, \
         COALESCE(l.description, e.description) AS description, l.party, \
         COALESCE(l.reference, e.reference) AS reference, l.debit, l.credit, \
         l.currency, l.currency_debit, l.currency_credit, l.rate FROM account a \
         CROSS JOIN ledger_line l INNER JOIN journal_entry e ON e.tenant_id = l.tenant_id AND e.id = l.entry_id \
         INNER JOIN journal j ON j.tenant_id = e.tenant_id AND j.id = e.journal_id \
         INNER JOIN fiscal_period p ON p.tenant_id = l.tenant_id AND p.id = l.fiscal_period_id WHERE {condition}"
    );
    sql
}
