//! Open lines of reconcilable accounts in SQL: what postings add, and what matches take.

use std::collections::BTreeSet;

use application::accounting::line_matches::ports::FoundLine;
use application::ports::storage_error::StorageResult;
use chrono::NaiveDate;
use domain::accounting::line_match::OpenLine;
use domain::ids::{AccountId, JournalEntryId};
use domain::money::Amount;

use crate::persistence::SqlUnitOfWork;
use crate::sql::bulk::Bulk;
use crate::sql::bulk_update::BulkUpdate;
use crate::sql::statement::Lookup;
use crate::sql::value::{Columns, Kind, Value};
use crate::statements;

/// The columns in which [`read_found`] reads a line, with the tables they stand in.
macro_rules! found_columns {
    () => {
        "o.entry_id, o.line_no, o.account_id, o.posting_date, o.currency, o.amount, o.company_amount, o.open_amount, \
         o.open_company_amount, o.settled_on, e.number, l.reference AS line_reference, e.reference AS entry_reference \
         FROM open_line o \
         INNER JOIN journal_entry e ON e.tenant_id = o.tenant_id AND e.id = o.entry_id \
         INNER JOIN ledger_line l ON l.tenant_id = o.tenant_id AND l.entry_id = o.entry_id AND l.line_no = o.line_no"
    };
}

statements! {
    UNMATCHED = "accounting.open_line.unmatched":
        concat!("SELECT {top ?4} ", found_columns!(), " WHERE o.tenant_id = ?1 AND o.account_id = ?2 AND o.settled_on IS NULL \
         AND o.posting_date <= ?3 ORDER BY o.posting_date, o.entry_id, o.line_no {limit ?4}");
    OPEN_ACCOUNT = "accounting.open_line.open_account":
        "INSERT INTO open_line (tenant_id, entry_id, line_no, account_id, posting_date, currency, amount, company_amount, \
         open_amount, open_company_amount, settled_on, reversed_at, recorded_at) \
         SELECT l.tenant_id, l.entry_id, l.line_no, l.account_id, l.posting_date, l.currency, \
         l.currency_debit - l.currency_credit AS amount, l.debit - l.credit AS company_amount, \
         CASE WHEN e.reversed_by_id IS NULL AND e.reverses_id IS NULL THEN l.currency_debit - l.currency_credit ELSE 0 END \
         AS open_amount, \
         CASE WHEN e.reversed_by_id IS NULL AND e.reverses_id IS NULL THEN l.debit - l.credit ELSE 0 END AS open_company_amount, \
         CASE WHEN e.reverses_id IS NOT NULL THEN e.posting_date ELSE r.posting_date END AS settled_on, \
         CASE WHEN e.reverses_id IS NOT NULL THEN e.recorded_at ELSE r.recorded_at END AS reversed_at, l.recorded_at \
         FROM ledger_line l INNER JOIN journal_entry e ON e.tenant_id = l.tenant_id AND e.id = l.entry_id \
         LEFT JOIN journal_entry r ON r.tenant_id = e.tenant_id AND r.id = e.reversed_by_id \
         WHERE l.tenant_id = ?1 AND l.account_id = ?2";
    // One index for the lines that are open and one for the others.
    CLOSE_ACCOUNT = "accounting.open_line.close_account":
        "DELETE FROM open_line WHERE tenant_id = ?1 AND account_id = ?2 AND settled_on IS NULL";
    CLOSE_SETTLED = "accounting.open_line.close_settled":
        "DELETE FROM open_line WHERE tenant_id = ?1 AND account_id = ?2 AND settled_on IS NOT NULL";
}

static BY_ENTRY: Lookup = Lookup::new(
    "accounting.open_line.by_entry",
    concat!("SELECT ", found_columns!(), " WHERE o.tenant_id = ?1"),
    ("o.entry_id", Kind::Id),
);
pub static LOOKUPS: &[&Lookup] = &[&BY_ENTRY];

static INSERT: Bulk = Bulk::new(
    "accounting.open_line.insert",
    "open_line",
    &[
        ("tenant_id", Kind::Id),
        ("entry_id", Kind::Id),
        ("line_no", Kind::Int),
        ("account_id", Kind::Id),
        ("posting_date", Kind::Date),
        ("currency", Kind::Text(3)),
        ("amount", Kind::Amount),
        ("company_amount", Kind::Amount),
        ("open_amount", Kind::Amount),
        ("open_company_amount", Kind::Amount),
        ("settled_on", Kind::Date),
        ("reversed_at", Kind::Time),
        ("recorded_at", Kind::Time),
    ],
);
pub static BULKS: &[&Bulk] = &[&INSERT];

static SAVE: BulkUpdate = BulkUpdate::new(
    "accounting.open_line.save",
    "open_line",
    &[
        ("tenant_id", Kind::Id),
        ("entry_id", Kind::Id),
        ("line_no", Kind::Int),
        ("left_open", Kind::Amount),
        ("company_left_open", Kind::Amount),
        ("left_on", Kind::Date),
        ("taken_back_at", Kind::Time),
        ("open_before", Kind::Amount),
    ],
    3,
    (
        "open_amount = ?4, open_company_amount = ?5, settled_on = ?6, reversed_at = ?7",
        // A line that was reversed never opens again.
        "open_amount = ?8 AND reversed_at IS NULL",
    ),
);
pub static BULK_UPDATES: &[&BulkUpdate] = &[&SAVE];

impl SqlUnitOfWork {
    pub(super) async fn add_open_lines(&mut self, lines: &[OpenLine]) -> StorageResult<()> {
        let (tenant, now): (Value, Value) = (self.tenant.into(), self.now.into());
        let row = |line: &OpenLine| {
            let reversed_at = line.settled_on.map(|_| self.now);
            vec![
                tenant.clone(),
                line.entry.into(),
                line.line_no.into(),
                line.account.into(),
                line.posting_date.into(),
                line.currency.into(),
                line.amount.into(),
                line.company_amount.into(),
                line.open_amount.into(),
                line.open_company_amount.into(),
                line.settled_on.into(),
                reversed_at.into(),
                now.clone(),
            ]
        };
        let rows: Vec<_> = lines.iter().map(row).collect();
        self.tx.insert_many(&INSERT, rows.into_iter()).await
    }

    pub(super) async fn find_open_lines(
        &mut self,
        entries: &BTreeSet<JournalEntryId>,
    ) -> StorageResult<Vec<FoundLine>> {
        let rows = self.tx.lookup(&BY_ENTRY, self.tenant, entries.iter().map(|id| (*id).into())).await?;
        rows.into_iter().map(|row| read_found(&mut row.columns("open_line"))).collect()
    }

    pub(super) async fn find_unmatched(
        &mut self,
        account: AccountId,
        through: NaiveDate,
        max: i64,
    ) -> StorageResult<Vec<FoundLine>> {
        let params = [self.tenant.into(), account.into(), through.into(), max.into()];
        let rows = self.tx.query(&UNMATCHED, &params).await?;
        rows.into_iter().map(|row| read_found(&mut row.columns("open_line"))).collect()
    }

    /// Writes what is left open; lines of entries that are reversed say when they were.
    pub(super) async fn write_open(
        &mut self,
        lines: &[(OpenLine, Amount)],
        is_reversal: bool,
    ) -> StorageResult<()> {
        let tenant: Value = self.tenant.into();
        let reversed_at = is_reversal.then_some(self.now);
        let row = |(line, open_before): &(OpenLine, Amount)| {
            vec![
                tenant.clone(),
                line.entry.into(),
                line.line_no.into(),
                line.open_amount.into(),
                line.open_company_amount.into(),
                line.settled_on.into(),
                reversed_at.into(),
                (*open_before).into(),
            ]
        };
        self.tx.update_all(&SAVE, lines.iter().map(row).collect()).await
    }

    pub(super) async fn open_lines_of(&mut self, account: AccountId) -> StorageResult<()> {
        self.tx.apply(&OPEN_ACCOUNT, &[self.tenant.into(), account.into()]).await
    }

    pub(super) async fn forget_open_lines(&mut self, account: AccountId) -> StorageResult<()> {
        let params = [self.tenant.into(), account.into()];
        self.tx.apply(&CLOSE_ACCOUNT, &params).await?;
        self.tx.apply(&CLOSE_SETTLED, &params).await
    }
}

fn read_found(columns: &mut Columns) -> StorageResult<FoundLine> {
    let line = OpenLine {
        entry: columns.get("entry_id")?,
        line_no: columns.get("line_no")?,
        account: columns.get("account_id")?,
        posting_date: columns.get("posting_date")?,
        currency: columns.get("currency")?,
        amount: columns.get("amount")?,
        company_amount: columns.get("company_amount")?,
        open_amount: columns.get("open_amount")?,
        open_company_amount: columns.get("open_company_amount")?,
        settled_on: columns.get("settled_on")?,
    };
    let number = columns.get("number")?;
    let own: Option<String> = columns.get("line_reference")?;
    Ok(FoundLine { line, number, reference: own.or(columns.get("entry_reference")?) })
}
