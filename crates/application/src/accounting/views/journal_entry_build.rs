//! From entries in a unit of work to their views, and to what the audit log and the change feed keep of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::accounting::journal_entry::{DraftEntry, LineAmount, NewLine, PostedEntry, PostedLine};
use domain::ids::{AccountId, DimensionSetId, JournalId};
use domain::money::{Amount, Currency, CurrencyCode};

use super::NameView;
use super::journal_entry::{EntryLineView, JournalEntryView, LINES_INLINE_MAX};
use crate::accounting::ports::journal_entries::EntryMeta;
use crate::accounting::ports::ledger::AccountName;
use crate::accounting::posting::Posting;
use crate::error::AppResult;
use crate::ports::change::Change;
use crate::unit_of_work::UnitOfWork;

/// The names with which lines are shown.
struct Names {
    accounts: HashMap<AccountId, AccountName>,
    dimensions: HashMap<DimensionSetId, BTreeMap<String, String>>,
    company: Currency,
    /// The journal's code.
    journal: String,
    /// Those of the lines that are not the company's.
    foreign: HashMap<CurrencyCode, Currency>,
}

impl Names {
    async fn load(
        uow: &mut dyn UnitOfWork,
        journal: JournalId,
        accounts: BTreeSet<AccountId>,
        sets: BTreeSet<DimensionSetId>,
        mut currencies: BTreeSet<CurrencyCode>,
    ) -> AppResult<Self> {
        let company = uow.ledger().company_currency().await?;
        currencies.remove(&company.code);
        let foreign =
            if currencies.is_empty() { HashMap::new() } else { uow.ledger().currencies(&currencies).await? };
        let accounts = uow.ledger().account_names(&accounts).await?;
        let dimensions =
            if sets.is_empty() { HashMap::new() } else { uow.ledger().dimension_set_codes(&sets).await? };
        let journal = uow.ledger_batch().journal_facts(journal).await?;
        let journal = journal.map(|facts| facts.journal.code.as_str().to_owned()).unwrap_or_default();
        Ok(Self { accounts, dimensions, company, journal, foreign })
    }

    fn amount(&self, amount: Amount, currency: CurrencyCode) -> String {
        // A draft may name a currency that is not set up; posting will refuse it.
        let unknown = || Currency::iso(currency);
        let own = Some(self.company).filter(|company| company.code == currency);
        let currency = own.or_else(|| self.foreign.get(&currency).copied()).unwrap_or_else(unknown);
        amount.display(currency.scale)
    }

    fn line(&self, line_no: u32, account: AccountId, set: DimensionSetId) -> EntryLineView {
        let name = self.accounts.get(&account);
        EntryLineView {
            line_no,
            account_id: account.uuid(),
            account_code: name.map(|name| name.code.clone()).unwrap_or_default(),
            account_name: name.map(|name| NameView::from(&name.name)),
            debit: None,
            credit: None,
            currency: String::new(),
            rate: None,
            company_debit: None,
            company_credit: None,
            dimensions: self.dimensions.get(&set).cloned().unwrap_or_default(),
            description: None,
            party: None,
            due_date: None,
            reference: None,
            tax_code: None,
            rounding: false,
        }
    }

    fn draft_line(&self, index: usize, line: &NewLine, currency: CurrencyCode) -> EntryLineView {
        let line_no = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let code = line.currency.unwrap_or(currency);
        let (debit, credit) = self.sides(line.amount, code);
        let company =
            line.company_amount.map(|amount| self.sides(line.amount.with(amount), self.company.code));
        let (company_debit, company_credit) = company.unwrap_or_default();
        EntryLineView {
            debit,
            credit,
            currency: code.to_string(),
            rate: line.rate.map(|rate| rate.to_string()),
            company_debit,
            company_credit,
            description: line.description.clone(),
            party: line.party.clone(),
            due_date: line.due_date,
            reference: line.reference.clone(),
            tax_code: line.tax_code.clone(),
            ..self.line(line_no, line.account, line.dimension_set)
        }
    }

    fn posted_line(&self, line: &PostedLine) -> EntryLineView {
        let (debit, credit) = self.sides(line.currency_amount(), line.currency);
        let (company_debit, company_credit) = self.sides(line.company_amount(), self.company.code);
        EntryLineView {
            debit,
            credit,
            currency: line.currency.to_string(),
            rate: Some(line.rate.to_string()),
            company_debit,
            company_credit,
            description: line.description.clone(),
            party: line.party.clone(),
            due_date: line.due_date,
            reference: line.reference.clone(),
            tax_code: line.tax_code.clone(),
            rounding: line.rounding,
            ..self.line(line.line_no, line.account, line.dimension_set)
        }
    }

    fn sides(&self, amount: LineAmount, currency: CurrencyCode) -> (Option<String>, Option<String>) {
        match amount {
            LineAmount::Debit(amount) => (Some(self.amount(amount, currency)), None),
            LineAmount::Credit(amount) => (None, Some(self.amount(amount, currency))),
        }
    }
}

/// A draft with its first lines.
pub async fn draft_view(
    uow: &mut dyn UnitOfWork,
    draft: &DraftEntry,
    meta: &EntryMeta,
) -> AppResult<JournalEntryView> {
    let shown = &draft.lines()[..draft.lines().len().min(LINES_INLINE_MAX)];
    let accounts = shown.iter().map(|line| line.account).collect();
    let sets = shown.iter().map(|line| line.dimension_set).filter(|set| !set.is_empty()).collect();
    let entry = draft.content();
    let currencies = shown.iter().map(|line| line.currency.unwrap_or(entry.currency)).collect();
    let names = Names::load(uow, entry.journal_id, accounts, sets, currencies).await?;
    let lines = shown.iter().enumerate().map(|(i, line)| names.draft_line(i, line, entry.currency)).collect();
    Ok(JournalEntryView {
        id: entry.id.uuid(),
        journal_id: entry.journal_id.uuid(),
        journal_code: names.journal,
        kind: entry.kind.as_str(),
        status: "draft",
        number: None,
        posting_date: entry.posting_date,
        document_date: entry.document_date,
        fiscal_period_id: None,
        currency: entry.currency.to_string(),
        description: entry.description.clone(),
        reference: entry.reference.clone(),
        notes: meta.notes.clone(),
        control_reason: entry.control_reason.clone(),
        total: None,
        line_count: u32::try_from(entry.lines.len()).unwrap_or(u32::MAX),
        reverses_id: entry.reverses.map(|id| id.uuid()),
        reversed_by_id: None,
        recurring_entry_id: meta.recurring_entry_id.map(|id| id.uuid()),
        copied_from_id: meta.copied_from.map(|id| id.uuid()),
        copied_to_id: meta.copied_to.map(|id| id.uuid()),
        created_by: meta.created_by.map(|id| id.uuid()),
        created_at: meta.created_at.to_string(),
        posted_by: None,
        recorded_at: None,
        chain_sequence: None,
        hash: None,
        version: draft.version(),
        lines: Some(lines),
    })
}

/// The view of an entry that was just posted.
pub async fn posted_view(uow: &mut dyn UnitOfWork, posting: &Posting) -> AppResult<JournalEntryView> {
    posted_entry_view(uow, &posting.entry, &posting.meta, posting.version).await
}

/// A posted entry with its first lines.
pub async fn posted_entry_view(
    uow: &mut dyn UnitOfWork,
    entry: &PostedEntry,
    meta: &EntryMeta,
    version: i64,
) -> AppResult<JournalEntryView> {
    let shown = &entry.lines()[..entry.lines().len().min(LINES_INLINE_MAX)];
    let accounts = shown.iter().map(|line| line.account).collect();
    let sets = shown.iter().map(|line| line.dimension_set).filter(|set| !set.is_empty()).collect();
    let currencies = shown.iter().map(|line| line.currency).collect();
    let header = entry.header();
    let names = Names::load(uow, header.journal_id, accounts, sets, currencies).await?;
    let total = Amount::sum(entry.lines().iter().map(|line| line.debit)).unwrap_or_default();
    Ok(JournalEntryView {
        id: header.id.uuid(),
        journal_id: header.journal_id.uuid(),
        journal_code: names.journal.clone(),
        kind: header.kind.as_str(),
        status: if entry.reversed_by().is_some() { "reversed" } else { "posted" },
        number: Some(header.number.clone()),
        posting_date: header.posting_date,
        document_date: header.document_date,
        fiscal_period_id: Some(header.fiscal_period_id.uuid()),
        currency: header.currency.to_string(),
        description: header.description.clone(),
        reference: header.reference.clone(),
        notes: meta.notes.clone(),
        control_reason: header.control_reason.clone(),
        total: Some(total.display(names.company.scale)),
        line_count: u32::try_from(entry.lines().len()).unwrap_or(u32::MAX),
        reverses_id: header.reverses.map(|id| id.uuid()),
        reversed_by_id: entry.reversed_by().map(|id| id.uuid()),
        recurring_entry_id: meta.recurring_entry_id.map(|id| id.uuid()),
        copied_from_id: meta.copied_from.map(|id| id.uuid()),
        copied_to_id: meta.copied_to.map(|id| id.uuid()),
        created_by: meta.created_by.map(|id| id.uuid()),
        created_at: meta.created_at.to_string(),
        posted_by: header.origin.posted_by.map(|id| id.uuid()),
        recorded_at: Some(header.recorded_at.to_string()),
        chain_sequence: Some(header.chain_sequence),
        hash: Some(hex(entry.hash())),
        version,
        lines: Some(entry.lines()[..shown.len()].iter().map(|line| names.posted_line(line)).collect()),
    })
}

/// Notes a change of an entry. The lines of a posted entry stay in the ledger, which never changes; the audit row and
/// the event carry its header.
pub fn record_entry(
    uow: &mut dyn UnitOfWork,
    action: &'static str,
    before: Option<&JournalEntryView>,
    after: Option<&JournalEntryView>,
) {
    let Some(id) = after.or(before).map(|view| view.id) else { return };
    let document = |view: &JournalEntryView| {
        let draft = view.status == "draft";
        let lines = view.lines.clone().filter(|_| draft);
        serde_json::to_value(JournalEntryView { lines, ..view.clone() }).unwrap_or_default()
    };
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

pub use domain::hex::hex;
