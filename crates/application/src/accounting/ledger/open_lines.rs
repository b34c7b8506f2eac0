//! Open lines (R155): a posting adds one for each line of a reconcilable account. Lines of a reversal and those that it takes back
//! close each other.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use domain::accounting::journal_entry::{EntryHeader, PostedLine};
use domain::accounting::line_match::{ENTRY_HAS_LINE_MATCHES, OpenLine};
use domain::error::Violation;
use domain::ids::JournalEntryId;

use super::Ledger;
use crate::accounting::ports::ledger::EntryToWrite;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

impl Ledger<'_> {
    pub(super) async fn open_lines(
        &self,
        uow: &mut dyn UnitOfWork,
        posted: &[EntryToWrite],
    ) -> AppResult<()> {
        let mut new = Vec::new();
        let mut reversed: HashMap<JournalEntryId, (NaiveDate, &str)> = HashMap::new();
        for EntryToWrite { entry, .. } in posted {
            let header = entry.header();
            for line in entry.lines() {
                let account = self.books.accounts.get(&line.account);
                let account =
                    account.ok_or_else(|| AppError::internal("the account of a posted line was not read"))?;
                if !account.opens_lines {
                    continue;
                }
                let mut line = open_line(header, line).ok_or_else(too_large)?;
                if let Some(original) = header.reverses {
                    let number = header.reference.as_deref().unwrap_or_default();
                    reversed.insert(original, (header.posting_date, number));
                    line.close(header.posting_date);
                }
                new.push(line);
            }
        }
        uow.line_matches().insert_open_lines(&new).await?;
        if reversed.is_empty() { Ok(()) } else { close_reversed(uow, reversed).await }
    }
}

/// Closes the lines of entries that are reversed; nothing of them may be matched.
async fn close_reversed(
    uow: &mut dyn UnitOfWork,
    reversed: HashMap<JournalEntryId, (NaiveDate, &str)>,
) -> AppResult<()> {
    let entries: BTreeSet<_> = reversed.keys().copied().collect();
    let mut closed = Vec::new();
    for found in uow.line_matches().open_lines_of_entries(&entries).await? {
        let mut line = found.line;
        let Some((date, number)) = reversed.get(&line.entry) else { continue };
        if !line.is_whole() {
            return Err(Violation::new(&ENTRY_HAS_LINE_MATCHES).with("number", number).into());
        }
        let before = line.open_amount;
        line.close(*date);
        closed.push((line, before));
    }
    closed.sort_by_key(|(line, _)| (line.entry, line.line_no));
    Ok(uow.line_matches().reverse_open_lines(&closed).await?)
}

fn open_line(header: &EntryHeader, line: &PostedLine) -> Option<OpenLine> {
    let amount = line.currency_debit.checked_sub(line.currency_credit)?;
    let company_amount = line.debit.checked_sub(line.credit)?;
    Some(OpenLine {
        entry: header.id,
        line_no: line.line_no,
        account: line.account,
        posting_date: header.posting_date,
        currency: line.currency,
        amount,
        company_amount,
        open_amount: amount,
        open_company_amount: company_amount,
        settled_on: None,
    })
}

fn too_large() -> AppError {
    AppError::internal("an open line no longer fits")
}
