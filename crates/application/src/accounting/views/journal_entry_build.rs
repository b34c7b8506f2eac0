//! From entries to their views, for commands and queries alike, and to what the audit log and the change feed keep of
//! them.

use std::collections::BTreeSet;

use domain::accounting::journal_entry::{
    DraftEntry, EntrySource, EntryStatus, NewEntry, NewLine, PostedEntry, PostedLine,
};
use domain::ids::{AccountId, DimensionSetId, FiscalPeriodId, JournalEntryId, JournalId, UserId};
use domain::money::{Amount, Currency, CurrencyCode};
use domain::time::Timestamp;

use super::entry_legend::Legend;
use super::journal_entry::{EntryLineView, EntrySourceView, JournalEntryView, LINES_INLINE_MAX};
use crate::accounting::ports::books::Books;
use crate::accounting::ports::journal_entries::EntryMeta;
use crate::accounting::ports::ledger::EntryToWrite;
use crate::error::AppResult;
use crate::ports::change::Change;
use crate::unit_of_work::UnitOfWork;

pub use domain::hex::hex;

/// An entry as it is shown, in whichever state it is.
#[derive(Debug)]
pub struct ShownEntry {
    /// Its lines are not looked at.
    pub content: NewEntry,
    pub meta: EntryMeta,
    pub line_count: usize,
    pub version: i64,
    pub status: EntryStatus,
    /// From here on nothing of a draft.
    pub number: Option<String>,
    pub fiscal_period_id: Option<FiscalPeriodId>,
    pub total: Amount,
    pub reversed_by: Option<JournalEntryId>,
    pub posted_by: Option<UserId>,
    pub recorded_at: Option<Timestamp>,
    pub chain_sequence: Option<i64>,
    pub hash: Option<[u8; 32]>,
    pub source: Option<EntrySource>,
}

impl ShownEntry {
    pub fn draft(content: NewEntry, line_count: usize, meta: EntryMeta, version: i64) -> Self {
        Self {
            content,
            meta,
            line_count,
            version,
            status: EntryStatus::Draft,
            number: None,
            fiscal_period_id: None,
            total: Amount::ZERO,
            reversed_by: None,
            posted_by: None,
            recorded_at: None,
            chain_sequence: None,
            hash: None,
            source: None,
        }
    }

    /// With the lines, which are not part of it.
    fn posted(entry: PostedEntry, meta: EntryMeta, version: i64) -> (Self, Vec<PostedLine>) {
        let (status, reversed_by, total) = (entry.status(), entry.reversed_by(), entry.total());
        let (mut header, hash, lines) = entry.into_parts();
        let shown = Self {
            status,
            number: Some(std::mem::take(&mut header.number)),
            fiscal_period_id: Some(header.fiscal_period_id),
            total,
            reversed_by,
            posted_by: header.origin.posted_by,
            recorded_at: Some(header.recorded_at),
            chain_sequence: Some(header.chain_sequence),
            hash: Some(hash),
            source: header.source,
            ..Self::draft(header.into_content(), lines.len(), meta, version)
        };
        (shown, lines)
    }

    /// Without lines.
    pub fn view(self, journal_code: String, company: Currency) -> JournalEntryView {
        let Self { content, meta, .. } = self;
        let posted = self.status != EntryStatus::Draft;
        JournalEntryView {
            id: content.id.uuid(),
            journal_id: content.journal_id.uuid(),
            journal_code,
            kind: content.kind.as_str(),
            status: self.status.as_str(),
            approval_status: meta.approval.map(|approval| approval.as_str()),
            number: self.number,
            posting_date: content.posting_date,
            document_date: content.document_date,
            reverse_on: meta.reverse_on,
            fiscal_period_id: self.fiscal_period_id.map(|id| id.uuid()),
            currency: content.currency.to_string(),
            description: content.description,
            reference: content.reference,
            notes: meta.notes,
            control_reason: content.control_reason,
            total: posted.then(|| self.total.display(company.scale)),
            line_count: u32::try_from(self.line_count).unwrap_or(u32::MAX),
            reverses_id: content.reverses.map(|id| id.uuid()),
            reversed_by_id: self.reversed_by.map(|id| id.uuid()),
            recurring_entry_id: meta.recurring_entry_id.map(|id| id.uuid()),
            copied_from_id: meta.copied_from.map(|id| id.uuid()),
            copied_to_id: meta.copied_to.map(|id| id.uuid()),
            source: self.source.map(EntrySourceView::from),
            created_by: meta.created_by.map(|id| id.uuid()),
            created_at: meta.created_at.to_string(),
            posted_by: self.posted_by.map(|id| id.uuid()),
            recorded_at: self.recorded_at.map(|at| at.to_string()),
            chain_sequence: self.chain_sequence,
            hash: self.hash.map(|hash| hex(&hash)),
            version: self.version,
            warnings: Vec::new(),
            lines: None,
        }
    }
}

/// A draft with its first lines.
pub async fn draft_view(
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
    draft: DraftEntry,
    meta: EntryMeta,
) -> AppResult<JournalEntryView> {
    let version = draft.version();
    let mut content = draft.into_content();
    let (lines, journal) = (std::mem::take(&mut content.lines), content.journal_id);
    let shown = ShownEntry::draft(content, lines.len(), meta, version);
    let lines = draft_lines(uow, books, lines, shown.content.currency).await?;
    let journal_code = journal_code(uow, books, journal).await?;
    Ok(JournalEntryView { lines: Some(lines), ..shown.view(journal_code, books.company) })
}

/// The first lines of a draft or a template; `currency` is that of lines that name none.
pub async fn draft_lines(
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
    mut lines: Vec<NewLine>,
    currency: CurrencyCode,
) -> AppResult<Vec<EntryLineView>> {
    lines.truncate(LINES_INLINE_MAX);
    let codes = lines.iter().map(|line| line.currency.unwrap_or(currency)).collect();
    let accounts = lines.iter().map(|line| line.account).collect();
    let sets = lines.iter().map(|line| line.dimension_set).collect();
    learn_names(uow, books, accounts, sets, codes).await?;
    Ok(Legend::from(&*books).draft_lines(lines, currency))
}

/// The view of an entry that was just posted.
pub async fn posted_view(
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
    posted: EntryToWrite,
) -> AppResult<JournalEntryView> {
    let version = posted.draft_version.unwrap_or_default() + 1;
    posted_entry_view(uow, books, posted.entry, posted.meta, version).await
}

/// A posted entry with its first lines.
pub async fn posted_entry_view(
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
    entry: PostedEntry,
    meta: EntryMeta,
    version: i64,
) -> AppResult<JournalEntryView> {
    let (shown, mut lines) = ShownEntry::posted(entry, meta, version);
    lines.truncate(LINES_INLINE_MAX);
    let accounts = lines.iter().map(|line| line.account).collect();
    let sets = lines.iter().map(|line| line.dimension_set).collect();
    let codes = lines.iter().map(|line| line.currency).collect();
    learn_names(uow, books, accounts, sets, codes).await?;
    let journal_code = journal_code(uow, books, shown.content.journal_id).await?;
    let legend = Legend::from(&*books);
    let lines = lines.into_iter().map(|line| legend.posted_line(line)).collect();
    Ok(JournalEntryView { lines: Some(lines), ..shown.view(journal_code, books.company) })
}

/// Reads what lines are shown with, as far as posting did not.
async fn learn_names(
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
    accounts: BTreeSet<AccountId>,
    sets: BTreeSet<DimensionSetId>,
    mut codes: BTreeSet<CurrencyCode>,
) -> AppResult<()> {
    codes.remove(&books.company.code);
    books.learn_currencies(uow, &codes).await?;
    books.learn_accounts(uow, accounts).await?;
    books.learn_sets(uow, sets).await
}

async fn journal_code(uow: &mut dyn UnitOfWork, books: &mut Books, journal: JournalId) -> AppResult<String> {
    let journal = books.journal(uow, journal).await?;
    Ok(journal.map(|facts| facts.journal.code.to_string()).unwrap_or_default())
}

/// Notes a change of an entry. The lines of a posted entry stay in the ledger, which never changes; the audit row and
/// the event carry its header.
pub fn record_entry(
    uow: &mut dyn UnitOfWork,
    action: &'static str,
    before: Option<&mut JournalEntryView>,
    after: Option<&mut JournalEntryView>,
) {
    let Some(id) = after.as_ref().or(before.as_ref()).map(|view| view.id) else { return };
    let change = Change {
        tenant: uow.tenant(),
        entity: "journal_entry",
        entity_id: id,
        action,
        before: before.map(document),
        after: after.map(document),
    };
    uow.record(change);
}

fn document(view: &mut JournalEntryView) -> serde_json::Value {
    let left_out = if view.status == EntryStatus::Draft.as_str() { None } else { view.lines.take() };
    let document = serde_json::to_value(&*view).unwrap_or_default();
    view.lines = left_out.or(view.lines.take());
    document
}
