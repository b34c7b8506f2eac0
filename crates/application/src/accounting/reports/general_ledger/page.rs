//! One page: so many lines, over as many accounts as they reach.

use chrono::NaiveDate;
use domain::ids::{AccountId, JournalEntryId, TenantId};

use super::{GeneralLedgerRequest, Prepared, net};
use crate::accounting::ports::reports::LineKey;
use crate::accounting::reports::Reports;
use crate::accounting::views::NameView;
use crate::accounting::views::reports::{GeneralLedgerAccountView, GeneralLedgerView};
use crate::error::{AppError, AppResult};
use crate::paging::invalid_cursor;

/// Where the next page begins: at an account, or after one of its lines with the balance reached there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cursor {
    account: AccountId,
    inside: Option<(LineKey, i128)>,
}

impl Cursor {
    fn write(self) -> String {
        let Some((key, balance)) = self.inside else { return self.account.to_string() };
        let LineKey { posting_date, entry_id, line_no } = key;
        format!("{}~{posting_date}~{entry_id}~{line_no}~{balance}", self.account)
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('~');
        let account = parts.next()?.parse().ok()?;
        let Some(date) = parts.next() else { return Some(Self { account, inside: None }) };
        let posting_date: NaiveDate = date.parse().ok()?;
        let entry_id: JournalEntryId = parts.next()?.parse().ok()?;
        let key = LineKey { posting_date, entry_id, line_no: parts.next()?.parse().ok()? };
        let balance: i64 = parts.next()?.parse().ok()?;
        parts.next().is_none().then_some(Self { account, inside: Some((key, balance.into())) })
    }
}

impl Reports {
    /// A page of the general ledger. Each page shows the books as they are when it is read; a stream is one snapshot.
    pub async fn general_ledger(
        &self,
        tenant: TenantId,
        request: &GeneralLedgerRequest,
    ) -> AppResult<GeneralLedgerView> {
        let bad = || AppError::from(invalid_cursor());
        let cursor = request.cursor.as_deref().map(|text| Cursor::read(text).ok_or_else(bad)).transpose()?;
        let prepared = self.prepare(tenant, request).await?;
        let first = match cursor {
            Some(cursor) => prepared.accounts.iter().position(|id| *id == cursor.account).ok_or_else(bad)?,
            None => 0,
        };
        let mut inside = cursor.and_then(|cursor| cursor.inside);
        let mut room = request.limit;
        let mut accounts = Vec::new();
        let mut next = None;
        for account in prepared.accounts[first..].iter().copied() {
            if room == 0 {
                next = Some(Cursor { account, inside: None });
                break;
            }
            let (view, rest) = self.account_page(tenant, &prepared, account, inside.take(), room).await?;
            // An account without lines takes room, too: pages stay bounded.
            room = room.saturating_sub(u32::try_from(view.lines.len()).unwrap_or(u32::MAX).max(1));
            accounts.push(view);
            next = rest;
            if next.is_some() {
                break;
            }
        }
        Ok(GeneralLedgerView { scope: prepared.scope, accounts, next_cursor: next.map(Cursor::write) })
    }

    async fn account_page(
        &self,
        tenant: TenantId,
        prepared: &Prepared,
        account: AccountId,
        inside: Option<(LineKey, i128)>,
        room: u32,
    ) -> AppResult<(GeneralLedgerAccountView, Option<Cursor>)> {
        let after = inside.map(|(key, _)| key);
        let read = self.queries.account_lines(tenant, account, &prepared.selection, after, room + 1);
        let mut rows = read.await?;
        let more = rows.len() > room as usize;
        rows.truncate(room as usize);
        let opening = inside.map_or_else(|| prepared.opening(account), |(_, balance)| balance);
        let mut balance = opening;
        let last = rows.last().map(|row| row.key);
        let mut lines = Vec::with_capacity(rows.len());
        for row in rows {
            balance += net(&row);
            lines.push(prepared.line(row, balance)?);
        }
        let shown = prepared.frame.shown;
        let chart = prepared.chart.get(account).ok_or_else(|| AppError::not_found("account"))?;
        let view = GeneralLedgerAccountView {
            account: chart.code.clone(),
            account_id: account.uuid(),
            name: NameView::from(&chart.name),
            continued: inside.is_some(),
            opening: shown.money(opening)?,
            lines,
            closing: shown.money(balance)?,
        };
        let rest = last.filter(|_| more).map(|key| Cursor { account, inside: Some((key, balance)) });
        Ok((view, rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_written() {
        let id = uuid::Uuid::from_u128(7);
        let key = LineKey {
            posting_date: NaiveDate::from_ymd_opt(2026, 2, 28).unwrap(),
            entry_id: JournalEntryId::new(uuid::Uuid::from_u128(9)),
            line_no: 3,
        };
        for inside in [None, Some((key, -12_345))] {
            let cursor = Cursor { account: AccountId::new(id), inside };
            assert_eq!(Cursor::read(&cursor.write()), Some(cursor));
        }
        assert_eq!(Cursor::read("nonsense"), None);
        assert_eq!(Cursor::read(&format!("{id}~2026-02-28")), None);
    }
}
