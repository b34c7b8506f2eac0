//! The lists of entries and of ledger lines: what they select, and where their filters look.

use crate::sql::list::ListSql;

use super::journal_entry_rows::{copy_columns, header_columns, line_columns};

/// The line has the value of a dimension.
macro_rules! sets_of_value {
    () => {
        "l.dimension_set_id IN (SELECT v.set_id FROM dimension d INNER JOIN dimension_value x ON x.tenant_id = d.tenant_id \
         AND x.dimension_id = d.id INNER JOIN dimension_set_value v ON v.tenant_id = x.tenant_id AND v.value_id = x.id \
         WHERE d.tenant_id = ?1 AND CONCAT(d.code, ':', x.code) = {key})"
    };
}

/// The texts of a line and of its entry.
const LINE_TEXT: &str = "{folded CONCAT(l.description, ' ', l.reference, ' ', l.party, ' ', e.number, ' ', e.description, ' ', e.reference)}";
/// One of the two is zero.
const LINE_AMOUNT: &str = "(l.debit + l.credit)";

pub static LIST: ListSql = ListSql {
    spec: &application::accounting::ports::journal_entries::JOURNAL_ENTRY_LIST,
    // Outer joins keep the order in which entries are walked.
    select: concat!(
        "SELECT ",
        header_columns!(),
        ", ",
        copy_columns!(),
        ", j.code AS journal_code FROM journal_entry e LEFT JOIN journal j ON j.tenant_id = e.tenant_id AND j.id = e.journal_id"
    ),
    tenant: "e.tenant_id",
    key: &["e.id"],
    columns: &[
        ("id", "e.id"),
        ("status", "e.status"),
        ("approvalStatus", "e.approval_status"),
        ("kind", "e.kind"),
        ("journalId", "e.journal_id"),
        ("fiscalPeriodId", "e.fiscal_period_id"),
        ("number", "e.number"),
        ("reference", "e.reference"),
        ("description", "e.description"),
        ("currency", "e.currency"),
        ("total", "e.total"),
        ("postingDate", "e.posting_date"),
        ("reverseOn", "e.reverse_on"),
        ("createdAt", "e.created_at"),
        ("recordedAt", "e.recorded_at"),
        ("recurringEntryId", "e.recurring_entry_id"),
        ("copiedFromId", "e.copied_from_id"),
        ("createdBy", "e.created_by"),
        ("postedBy", "e.posted_by"),
        ("text", "{folded CONCAT(e.number, ' ', e.reference, ' ', e.description, ' ', e.notes)}"),
        // Found along the lines of the account or the party, which may be few among very many entries.
        (
            "accountCode",
            "e.id IN (SELECT l.entry_id FROM account a INNER JOIN ledger_line l ON l.tenant_id = a.tenant_id \
             AND l.account_id = a.id WHERE a.tenant_id = ?1 AND {where a.code})",
        ),
        (
            "party",
            "e.id IN (SELECT l.entry_id FROM ledger_line l WHERE l.tenant_id = ?1 AND l.party IS NOT NULL AND {where l.party})",
        ),
        // Looked for in the lines of each entry, as the list walks.
        (
            "dimension",
            concat!(
                "EXISTS (SELECT 1 FROM ledger_line l WHERE l.tenant_id = e.tenant_id AND l.entry_id = e.id AND ",
                sets_of_value!(),
                ")"
            ),
        ),
        (
            "lineAmount",
            "EXISTS (SELECT 1 FROM ledger_line l WHERE l.tenant_id = e.tenant_id AND l.entry_id = e.id \
             AND {where (l.debit + l.credit)})",
        ),
    ],
    sorted_as: &[("number", "COALESCE(e.number, '')")],
};

macro_rules! line_select {
    ($from:literal) => {
        concat!(
            "SELECT l.entry_id, ",
            line_columns!(),
            ", e.journal_id, j.code AS journal_code, e.number, l.posting_date, l.fiscal_period_id, a.code, \
             e.description AS entry_description, e.posted_by, \
             u.name, l.recorded_at FROM ",
            $from,
            " LEFT JOIN journal j ON j.tenant_id = e.tenant_id AND j.id = e.journal_id \
             LEFT JOIN membership u ON u.tenant_id = e.tenant_id AND u.user_id = e.posted_by"
        )
    };
}

/// The fields of a line. Id and date of its entry stand in two tables, of which a list walks one.
macro_rules! line_fields {
    ($entry:literal, $date:literal) => {
        &[
            ("accountId", "l.account_id"),
            ("accountCode", "a.code"),
            ("entryId", $entry),
            ("journalId", "e.journal_id"),
            ("fiscalPeriodId", "l.fiscal_period_id"),
            ("postingDate", $date),
            ("currency", "l.currency"),
            ("party", "l.party"),
            ("taxCode", "l.tax_code"),
            ("recordedAt", "l.recorded_at"),
            ("number", "e.number"),
            ("reference", "l.reference"),
            ("amount", LINE_AMOUNT),
            ("dimension", sets_of_value!()),
            ("createdBy", "e.created_by"),
            ("postedBy", "e.posted_by"),
            ("text", LINE_TEXT),
        ]
    };
}

/// Lines of one account, along its index.
pub static ACCOUNT_LINE_LIST: ListSql = ListSql {
    spec: &application::accounting::ports::journal_entries::LEDGER_LINE_LIST,
    select: line_select!(
        "ledger_line l \
         INNER JOIN journal_entry e ON e.tenant_id = l.tenant_id AND e.id = l.entry_id \
         INNER JOIN account a ON a.tenant_id = l.tenant_id AND a.id = l.account_id"
    ),
    tenant: "l.tenant_id",
    key: &["l.entry_id", "l.line_no"],
    columns: line_fields!("l.entry_id", "l.posting_date"),
    sorted_as: &[],
};

/// Lines of all accounts: in the order of their entries, whose index has the posting date, so that a page sorts nothing.
pub static LINE_LIST: ListSql = ListSql {
    spec: &application::accounting::ports::journal_entries::LEDGER_LINE_LIST,
    // SQLite keeps the order of a cross join, and so that of the entries; SQL Server chooses by the page's size.
    select: line_select!(
        "journal_entry e CROSS JOIN ledger_line l \
         INNER JOIN account a ON a.tenant_id = l.tenant_id AND a.id = l.account_id \
         AND l.tenant_id = e.tenant_id AND l.entry_id = e.id"
    ),
    tenant: "e.tenant_id",
    key: &["e.id", "l.line_no"],
    columns: line_fields!("e.id", "e.posting_date"),
    sorted_as: &[],
};
