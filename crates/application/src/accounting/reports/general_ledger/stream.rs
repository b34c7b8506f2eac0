//! The whole general ledger, row after row, in one snapshot and with flat memory.

use std::collections::VecDeque;

use domain::error::Language;
use domain::ids::{AccountId, TenantId};
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};

use super::{GeneralLedgerRequest, Prepared, net};
use crate::accounting::ports::reports::GeneralLedgerRow;
use crate::accounting::reports::Reports;
use crate::accounting::views::reports::{GeneralLedgerRowView, ReportScopeView};
use crate::error::AppResult;

pub type RowStream = BoxStream<'static, AppResult<GeneralLedgerRowView>>;

impl Reports {
    /// Every account's opening balance, lines and closing balance, in order of the codes.
    pub async fn stream_general_ledger(
        &self,
        tenant: TenantId,
        request: &GeneralLedgerRequest,
    ) -> AppResult<(ReportScopeView, RowStream)> {
        let prepared = self.prepare(tenant, request).await?;
        let scope = prepared.scope.clone();
        let lines = self.queries.stream_lines(tenant, &prepared.selection);
        let waiting = prepared.accounts.iter().copied().collect();
        let writer = Writer { prepared, waiting, current: None };
        let rows = stream::unfold(Some((lines, writer)), |state| async move {
            let (mut lines, mut writer) = state?;
            match lines.try_next().await {
                Ok(Some(row)) => {
                    let rows = writer.line(row);
                    let state = rows.is_ok().then_some((lines, writer));
                    Some((rows, state))
                }
                Ok(None) => Some((writer.end(), None)),
                Err(error) => Some((Err(error), None)),
            }
        });
        let rows = rows.map_ok(|rows| stream::iter(rows.into_iter().map(Ok))).try_flatten();
        Ok((scope, rows.boxed()))
    }
}

/// Turns lines in account order into rows, with the accounts between them that have none.
struct Writer {
    prepared: Prepared,
    waiting: VecDeque<AccountId>,
    current: Option<(AccountId, i128)>,
}

type Rows = AppResult<Vec<GeneralLedgerRowView>>;

impl Writer {
    fn line(&mut self, row: GeneralLedgerRow) -> Rows {
        let mut rows = Vec::new();
        if self.current.is_none_or(|(account, _)| account != row.account) {
            self.close(&mut rows)?;
            while let Some(account) = self.waiting.pop_front() {
                self.open(account, &mut rows)?;
                if account == row.account {
                    break;
                }
                self.close(&mut rows)?;
            }
        }
        let account = row.account;
        let balance = self.current.map_or(0, |(_, balance)| balance) + net(&row);
        self.current = Some((account, balance));
        let line = self.prepared.line(row, balance)?;
        rows.push(GeneralLedgerRowView { line: Some(line), ..self.row("line", account, balance)? });
        Ok(rows)
    }

    fn end(&mut self) -> Rows {
        let mut rows = Vec::new();
        self.close(&mut rows)?;
        while let Some(account) = self.waiting.pop_front() {
            self.open(account, &mut rows)?;
            self.close(&mut rows)?;
        }
        Ok(rows)
    }

    fn open(&mut self, account: AccountId, rows: &mut Vec<GeneralLedgerRowView>) -> AppResult<()> {
        let balance = self.prepared.opening(account);
        self.current = Some((account, balance));
        rows.push(self.row("opening", account, balance)?);
        Ok(())
    }

    fn close(&mut self, rows: &mut Vec<GeneralLedgerRowView>) -> AppResult<()> {
        if let Some((account, balance)) = self.current.take() {
            rows.push(self.row("closing", account, balance)?);
        }
        Ok(())
    }

    fn row(&self, kind: &'static str, account: AccountId, balance: i128) -> AppResult<GeneralLedgerRowView> {
        let chart = self.prepared.chart.get(account);
        let name = chart.map(|account| {
            let (ar, en) = (account.name.ar(), account.name.en());
            if self.prepared.language == Language::Arabic { ar.or(en) } else { en.or(ar) }
        });
        Ok(GeneralLedgerRowView {
            kind,
            account: chart.map(|account| account.code.clone()).unwrap_or_default(),
            name: name.flatten().unwrap_or_default().to_owned(),
            balance: self.prepared.frame.shown.money(balance)?,
            line: None,
        })
    }
}
