//! What all matches have in common: their entries, what is left open, and their rows.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use domain::accounting::journal_entry::{
    EntryKind, EntrySource, EntrySourceKind, LineAmount, NewEntry, NewLine,
};
use domain::accounting::ledger_settings::LedgerAccountRole;
use domain::accounting::line_match::{LineMatchId, OpenLine, Taken, sum};
use domain::error::Violation;
use domain::ids::{AccountId, JournalEntryId, JournalId};
use domain::money::{AMOUNT_OUT_OF_RANGE, Amount, Currency, CurrencyCode};

use super::ENTITY;
use super::ports::{FoundLine, MatchedLine, StoredMatch};
use super::views::{LineMatchView, MatchKind};
use crate::accounting::entry_input::resolve_journal;
use crate::accounting::ledger::{Ledger, Posting};
use crate::accounting::ports::books::Books;
use crate::changes::record;
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::settlement::entry::EXCHANGE_ACCOUNT_MISSING;
use crate::unit_of_work::UnitOfWork;

const DIFFERENCE: &str = "فرق مطابقة / Difference of matched lines";
const EXCHANGE: &str = "فرق صرف لأسطر متطابقة / Exchange difference of matched lines";

/// Lines that are to be matched: as they were found, as they are then, and what is taken of each.
pub(super) struct Planned {
    pub(super) id: LineMatchId,
    pub(super) account: AccountId,
    pub(super) currency: CurrencyCode,
    pub(super) lines: Vec<PlannedLine>,
    /// What they come to; the opposite is posted to the account.
    pub(super) difference: Amount,
}

pub(super) struct PlannedLine {
    pub(super) number: String,
    pub(super) open_before: Amount,
    pub(super) line: OpenLine,
    pub(super) taken: Taken,
}

impl Planned {
    pub(super) fn new(id: LineMatchId, lines: Vec<PlannedLine>) -> AppResult<Option<Self>> {
        let Some(first) = lines.first() else { return Ok(None) };
        let (account, currency) = (first.line.account, first.line.currency);
        let difference = total(&lines)?.amount;
        Ok(Some(Self { id, account, currency, lines, difference }))
    }

    /// What the larger side comes to.
    pub(super) fn larger_side(&self) -> Option<Amount> {
        let debits = self.debits()?;
        Some(debits.max(debits.checked_sub(self.difference)?))
    }

    fn debits(&self) -> Option<Amount> {
        let of_currency = self.lines.iter().filter(|one| one.line.currency == self.currency);
        Amount::sum(of_currency.map(|one| one.taken.amount).filter(|amount| amount.is_positive()))
    }
}

fn total(lines: &[PlannedLine]) -> AppResult<Taken> {
    let total = sum(lines.iter().map(|one| &one.taken));
    total.ok_or_else(|| Violation::new(&AMOUNT_OUT_OF_RANGE).into())
}

/// What the matches of one request have in common.
pub(super) struct Keeping<'a> {
    pub(super) ctx: &'a RequestContext,
    pub(super) date: NaiveDate,
    pub(super) kind: MatchKind,
    /// The other side of differences: account and dimensions. Its amount says nothing.
    pub(super) difference_line: Option<NewLine>,
}

impl Keeping<'_> {
    /// Posts differences, writes what is left open, keeps, notes and shows the matches.
    pub(super) async fn keep(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        mut planned: Vec<Planned>,
    ) -> AppResult<Vec<LineMatchView>> {
        let differences = self.post_differences(uow, books, &mut planned).await?;
        let exchange = self.post_exchange(uow, books, &mut planned).await?;
        books.learn_accounts(uow, planned.iter().map(|one| one.account).collect()).await?;
        books.learn_currencies(uow, &planned.iter().map(|one| one.currency).collect()).await?;
        let (mut changed, mut stored) = (Vec::new(), Vec::with_capacity(planned.len()));
        for one in planned {
            let (difference_entry, exchange_entry) = (differences.get(&one.id), exchange.get(&one.id));
            let name = books.account_names.get(&one.account);
            let kept = StoredMatch {
                id: one.id,
                account: one.account,
                account_code: name.map(|name| name.code.clone()).unwrap_or_default(),
                currency: one.currency,
                date: self.date,
                kind: self.kind,
                total: one.debits().ok_or_else(too_large)?,
                difference: one.difference,
                difference_entry: difference_entry.copied(),
                exchange_difference: exchange_entry.map(|(_, difference)| *difference).unwrap_or_default(),
                exchange_entry: exchange_entry.map(|(entry, _)| *entry),
                line_count: u32::try_from(one.lines.len()).unwrap_or(u32::MAX),
                created_by: self.ctx.actor.user_id(),
                created_at: uow.now(),
                undone: None,
                version: 1,
            };
            let mut lines = Vec::with_capacity(one.lines.len());
            for PlannedLine { number, open_before, line, taken } in one.lines {
                lines.push(matched_line(number, &line, taken));
                changed.push((line, open_before));
            }
            stored.push((kept, lines));
        }
        save(uow, changed).await?;
        uow.line_matches().insert_matches(&stored).await?;
        let (company, text) = (books.company.code, |amount, code| display(books, amount, code));
        let mut views = Vec::with_capacity(stored.len());
        for (kept, lines) in &stored {
            let view = kept.view(Some(lines), company, &text);
            record(uow, ENTITY, view.id, "created", None, Some(&view));
            views.push(view);
        }
        Ok(views)
    }

    /// The other side of each difference; the line on the account is matched with the rest.
    async fn post_differences(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        planned: &mut [Planned],
    ) -> AppResult<HashMap<LineMatchId, JournalEntryId>> {
        let Some(other) = &self.difference_line else { return Ok(HashMap::new()) };
        let mut entries = Vec::new();
        for one in planned.iter().filter(|one| !one.difference.is_zero()) {
            let amount = LineAmount::from_balance(one.difference).ok_or_else(too_large)?;
            let lines =
                vec![NewLine::new(one.account, amount.opposite()), NewLine { amount, ..other.clone() }];
            entries.push((one.id, one.currency, EntryKind::Standard, DIFFERENCE, lines));
        }
        self.post(uow, books, planned, entries, 0).await
    }

    /// What the rates of the lines make of matches whose currency is settled.
    async fn post_exchange(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        planned: &mut [Planned],
    ) -> AppResult<HashMap<LineMatchId, (JournalEntryId, Amount)>> {
        let (mut entries, mut differences) = (Vec::new(), HashMap::new());
        for one in planned.iter() {
            let difference = total(&one.lines)?.company_amount;
            let Some(amount) = LineAmount::from_balance(difference) else { continue };
            let account = books.settings.account(LedgerAccountRole::ExchangeDifferences);
            let account = account.ok_or_else(|| AppError::of(&EXCHANGE_ACCOUNT_MISSING))?;
            let lines = vec![NewLine::new(one.account, amount.opposite()), NewLine::new(account, amount)];
            entries.push((one.id, books.company.code, EntryKind::Revaluation, EXCHANGE, lines));
            differences.insert(one.id, difference);
        }
        let posted = self.post(uow, books, planned, entries, 1).await?;
        let with_difference = posted.into_iter().map(|(id, entry)| (id, (entry, differences[&id])));
        Ok(with_difference.collect())
    }

    /// Posts entries for matches, and matches their lines on the account, too.
    async fn post(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        planned: &mut [Planned],
        entries: Vec<(LineMatchId, CurrencyCode, EntryKind, &str, Vec<NewLine>)>,
        part: u32,
    ) -> AppResult<HashMap<LineMatchId, JournalEntryId>> {
        if entries.is_empty() {
            return Ok(HashMap::new());
        }
        let journal_id = resolve_journal(uow, books, None).await?.map_err(|refused| refused.at(""))?;
        let mut of_matches = HashMap::with_capacity(entries.len());
        let mut postings = Vec::with_capacity(entries.len());
        for (id, currency, kind, description, lines) in entries {
            let entry = self.entry(uow, journal_id, (currency, kind), description, lines);
            of_matches.insert(id, entry.id);
            let source = EntrySource::part(EntrySourceKind::LineMatch, id.uuid(), part);
            postings.push(Posting::of(self.ctx, uow, entry, source)?);
        }
        let mut ledger = Ledger::with(self.ctx, books.clone());
        ledger.post_noted(uow, postings).await.map_err(|error| error.of_the_whole("/date"))?;
        *books = ledger.books;
        let ids: BTreeSet<_> = of_matches.values().copied().collect();
        let mut found: HashMap<JournalEntryId, Vec<FoundLine>> = HashMap::new();
        for line in uow.line_matches().open_lines_of_entries(&ids).await? {
            found.entry(line.line.entry).or_default().push(line);
        }
        for one in planned {
            let entry = of_matches.get(&one.id);
            let lines = entry.and_then(|entry| found.remove(entry)).unwrap_or_default();
            let own = lines.into_iter().filter(|line| line.line.account == one.account);
            one.lines.extend(own.map(|found| rest(found, self.date)));
        }
        Ok(of_matches)
    }

    fn entry(
        &self,
        uow: &mut dyn UnitOfWork,
        journal_id: JournalId,
        (currency, kind): (CurrencyCode, EntryKind),
        description: &str,
        lines: Vec<NewLine>,
    ) -> NewEntry {
        NewEntry {
            kind,
            description: Some(description.to_owned()),
            control_reason: Some(description.to_owned()),
            ..NewEntry::new(JournalEntryId::new(uow.new_id()), journal_id, self.date, currency, lines)
        }
    }
}

/// Everything that is open of a line.
pub(super) fn rest(found: FoundLine, date: NaiveDate) -> PlannedLine {
    let FoundLine { mut line, number, .. } = found;
    let open_before = line.open_amount;
    let taken = line.take_rest(date);
    PlannedLine { number, open_before, line, taken }
}

/// Writes what is left open, in the order of their keys, so that two requests never wait for each other in a circle.
pub(super) async fn save(uow: &mut dyn UnitOfWork, mut changed: Vec<(OpenLine, Amount)>) -> AppResult<()> {
    changed.sort_by_key(|(line, _)| (line.entry, line.line_no));
    Ok(uow.line_matches().save_open_lines(&changed).await?)
}

fn matched_line(number: String, line: &OpenLine, taken: Taken) -> MatchedLine {
    MatchedLine {
        entry: line.entry,
        line_no: line.line_no,
        number,
        posting_date: line.posting_date,
        currency: line.currency,
        taken,
    }
}

/// An amount with the decimals of its currency.
pub(super) fn display(books: &Books, amount: Amount, code: CurrencyCode) -> String {
    amount.display(currency(books, code).scale)
}

pub(super) fn currency(books: &Books, code: CurrencyCode) -> Currency {
    let known = books.currencies.get(&code).copied();
    known.unwrap_or(if code == books.company.code { books.company } else { Currency::iso(code) })
}

fn too_large() -> AppError {
    Violation::new(&AMOUNT_OUT_OF_RANGE).into()
}
