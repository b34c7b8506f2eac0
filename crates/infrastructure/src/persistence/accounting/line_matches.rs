//! Matches of open lines in SQL.

use std::collections::BTreeSet;

use application::accounting::line_matches::ports::{
    FoundLine, LineMatchRepository, MatchedLine, StoredMatch, Undone,
};
use application::accounting::line_matches::views::MatchKind;
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::line_match::{LineMatchId, OpenLine, Taken};
use domain::ids::{AccountId, JournalEntryId};
use domain::money::Amount;
use domain::time::Timestamp;

use crate::persistence::SqlUnitOfWork;
use crate::sql::bulk::Bulk;
use crate::sql::value::{Columns, Kind, Value};
use crate::statements;

/// The columns in which [`read_match`] reads a match, with the tables they stand in.
macro_rules! match_columns {
    () => {
        "SELECT m.id, m.account_id, a.code AS account_code, m.currency, m.match_date, m.kind, m.total, m.difference, \
         m.difference_entry_id, m.exchange_difference, m.exchange_entry_id, m.line_count, m.created_by, m.created_at, \
         m.undone_by, m.undone_at, m.undo_reason, m.version FROM line_match m \
         INNER JOIN account a ON a.tenant_id = m.tenant_id AND a.id = m.account_id"
    };
}
pub(super) use match_columns;

statements! {
    FIND = "accounting.line_match.find":
        concat!(match_columns!(), " WHERE m.tenant_id = ?1 AND m.id = ?2");
    LINES = "accounting.line_match.lines":
        "SELECT x.entry_id, x.line_no, e.number, l.posting_date, l.currency, x.amount, x.company_amount \
         FROM line_match_line x INNER JOIN journal_entry e ON e.tenant_id = x.tenant_id AND e.id = x.entry_id \
         INNER JOIN ledger_line l ON l.tenant_id = x.tenant_id AND l.entry_id = x.entry_id AND l.line_no = x.line_no \
         WHERE x.tenant_id = ?1 AND x.match_id = ?2 ORDER BY l.posting_date, x.entry_id, x.line_no";
    HAS_MATCHES = "accounting.line_match.of_account":
        "SELECT {first} 1 FROM line_match WHERE tenant_id = ?1 AND account_id = ?2 AND status = 'matched' {only}";
    UNDO = "accounting.line_match.undo":
        "UPDATE line_match SET status = 'undone', undone_by = ?4, undone_at = ?5, undo_reason = ?6, version = version + 1 \
         WHERE tenant_id = ?1 AND id = ?2 AND version = ?3 AND status = 'matched'";
}

static INSERT: Bulk = Bulk::new(
    "accounting.line_match.insert",
    "line_match",
    &[
        ("tenant_id", Kind::Id),
        ("id", Kind::Id),
        ("account_id", Kind::Id),
        ("currency", Kind::Text(3)),
        ("match_date", Kind::Date),
        ("kind", Kind::Text(20)),
        ("status", Kind::Text(20)),
        ("total", Kind::Amount),
        ("difference", Kind::Amount),
        ("difference_entry_id", Kind::Id),
        ("exchange_difference", Kind::Amount),
        ("exchange_entry_id", Kind::Id),
        ("line_count", Kind::Int),
        ("created_by", Kind::Id),
        ("created_at", Kind::Time),
        ("version", Kind::Int),
    ],
);
static LINE_INSERT: Bulk = Bulk::new(
    "accounting.line_match_line.insert",
    "line_match_line",
    &[
        ("tenant_id", Kind::Id),
        ("match_id", Kind::Id),
        ("entry_id", Kind::Id),
        ("line_no", Kind::Int),
        ("amount", Kind::Amount),
        ("company_amount", Kind::Amount),
    ],
);
pub static BULKS: &[&Bulk] = &[&INSERT, &LINE_INSERT];

#[async_trait]
impl LineMatchRepository for SqlUnitOfWork {
    async fn insert_open_lines(&mut self, lines: &[OpenLine]) -> StorageResult<()> {
        self.add_open_lines(lines).await
    }

    async fn reverse_open_lines(&mut self, lines: &[(OpenLine, Amount)]) -> StorageResult<()> {
        self.write_open(lines, true).await
    }

    async fn open_lines_of_entries(
        &mut self,
        entries: &BTreeSet<JournalEntryId>,
    ) -> StorageResult<Vec<FoundLine>> {
        self.find_open_lines(entries).await
    }

    async fn unmatched_lines(
        &mut self,
        account: AccountId,
        through: NaiveDate,
        max: i64,
    ) -> StorageResult<Vec<FoundLine>> {
        self.find_unmatched(account, through, max).await
    }

    async fn save_open_lines(&mut self, lines: &[(OpenLine, Amount)]) -> StorageResult<()> {
        self.write_open(lines, false).await
    }

    async fn open_account(&mut self, account: AccountId) -> StorageResult<()> {
        self.open_lines_of(account).await
    }

    async fn close_account(&mut self, account: AccountId) -> StorageResult<()> {
        self.forget_open_lines(account).await
    }

    async fn account_has_matches(&mut self, account: AccountId) -> StorageResult<bool> {
        Ok(self.tx.find(&HAS_MATCHES, &[self.tenant.into(), account.into()]).await?.is_some())
    }

    async fn insert_matches(&mut self, matches: &[(StoredMatch, Vec<MatchedLine>)]) -> StorageResult<()> {
        let tenant: Value = self.tenant.into();
        let rows = matches.iter().map(|(kept, _)| match_row(&tenant, kept));
        self.tx.insert_many(&INSERT, rows).await?;
        let line = |id: LineMatchId, line: &MatchedLine| {
            vec![
                tenant.clone(),
                id.into(),
                line.entry.into(),
                line.line_no.into(),
                line.taken.amount.into(),
                line.taken.company_amount.into(),
            ]
        };
        let mut rows = Vec::new();
        for (kept, lines) in matches {
            rows.extend(lines.iter().map(|one| line(kept.id, one)));
        }
        self.tx.insert_many(&LINE_INSERT, rows.into_iter()).await
    }

    async fn find_match(
        &mut self,
        id: LineMatchId,
    ) -> StorageResult<Option<(StoredMatch, Vec<MatchedLine>)>> {
        let key = [self.tenant.into(), id.into()];
        let Some(row) = self.tx.find(&FIND, &key).await? else { return Ok(None) };
        let kept = read_match(&mut row.columns("line_match"))?;
        let lines = self.tx.query(&LINES, &key).await?.into_iter();
        let lines =
            lines.map(|row| read_line(&mut row.columns("line_match_line"))).collect::<Result<_, _>>()?;
        Ok(Some((kept, lines)))
    }

    async fn mark_match_undone(
        &mut self,
        id: LineMatchId,
        version: i64,
        undone: &Undone,
    ) -> StorageResult<bool> {
        let params = [
            self.tenant.into(),
            id.into(),
            version.into(),
            undone.by.into(),
            undone.at.into(),
            undone.reason.as_str().into(),
        ];
        Ok(self.tx.execute(&UNDO, &params).await? == 1)
    }
}

fn match_row(tenant: &Value, kept: &StoredMatch) -> Vec<Value> {
    vec![
        tenant.clone(),
        kept.id.into(),
        kept.account.into(),
        kept.currency.into(),
        kept.date.into(),
        kept.kind.as_str().into(),
        "matched".into(),
        kept.total.into(),
        kept.difference.into(),
        kept.difference_entry.into(),
        kept.exchange_difference.into(),
        kept.exchange_entry.into(),
        kept.line_count.into(),
        kept.created_by.into(),
        kept.created_at.into(),
        kept.version.into(),
    ]
}

pub(super) fn read_match(columns: &mut Columns) -> StorageResult<StoredMatch> {
    let kept = StoredMatch {
        id: columns.get("id")?,
        account: columns.get("account_id")?,
        account_code: columns.get("account_code")?,
        currency: columns.get("currency")?,
        date: columns.get("match_date")?,
        kind: columns.parse("kind", |text| MatchKind::parse(text).ok())?,
        total: columns.get("total")?,
        difference: columns.get("difference")?,
        difference_entry: columns.get("difference_entry_id")?,
        exchange_difference: columns.get("exchange_difference")?,
        exchange_entry: columns.get("exchange_entry_id")?,
        line_count: columns.get("line_count")?,
        created_by: columns.get("created_by")?,
        created_at: columns.get("created_at")?,
        undone: None,
        version: 0,
    };
    let by = columns.get("undone_by")?;
    let at: Option<Timestamp> = columns.get("undone_at")?;
    let reason: Option<String> = columns.get("undo_reason")?;
    let undone = at.map(|at| Undone { by, at, reason: reason.unwrap_or_default() });
    Ok(StoredMatch { undone, version: columns.get("version")?, ..kept })
}

pub(super) fn read_line(columns: &mut Columns) -> StorageResult<MatchedLine> {
    Ok(MatchedLine {
        entry: columns.get("entry_id")?,
        line_no: columns.get("line_no")?,
        number: columns.get("number")?,
        posting_date: columns.get("posting_date")?,
        currency: columns.get("currency")?,
        taken: Taken { amount: columns.get("amount")?, company_amount: columns.get("company_amount")? },
    })
}
