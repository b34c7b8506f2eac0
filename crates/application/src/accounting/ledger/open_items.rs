//! Open items: a posting adds one to the sub-ledger for each line of a receivable or payable account (R31, R101).

use std::collections::{BTreeSet, HashMap};

use domain::accounting::account::ControlKind;
use domain::accounting::journal_entry::{ENTRY_HAS_ALLOCATIONS, EntrySourceKind, PostedEntry, PostedLine};
use domain::error::Violation;
use domain::ids::JournalEntryId;
use domain::settlement::allocation::{Allocation, AllocationId, AllocationKind};
use domain::settlement::open_item::{OpenItem, OpenItemId};

use super::Ledger;
use crate::accounting::ports::ledger::EntryToWrite;
use crate::error::{AppError, AppResult};
use crate::settlement::ports::{AllocationBatchId, StoredAllocation};
use crate::unit_of_work::UnitOfWork;

/// The items of a reversal, with the entry that it reverses and that entry's number.
struct Reversing<'a> {
    original: JournalEntryId,
    number: &'a str,
    items: Vec<NewItem>,
}

/// An item with the kind of its account.
type NewItem = (ControlKind, OpenItem);

impl Ledger<'_> {
    /// Adds the items of the entries. The lines of a settlement are what became of items that are there already, and those of
    /// a reversal settle the items that the reversed entry made.
    pub(super) async fn open_items(
        &self,
        uow: &mut dyn UnitOfWork,
        posted: &[EntryToWrite],
    ) -> AppResult<()> {
        let (mut new, mut reversals) = (Vec::new(), Vec::new());
        for EntryToWrite { entry, .. } in posted {
            let header = entry.header();
            if header.source.is_some_and(|source| source.kind == EntrySourceKind::Allocation) {
                continue;
            }
            let items = self.items_of(uow, entry)?;
            match header.reverses {
                Some(original) if !items.is_empty() => {
                    let number = header.reference.as_deref().unwrap_or_default();
                    reversals.push(Reversing { original, number, items });
                }
                _ => new.extend(items),
            }
        }
        let allocations = match reversals.is_empty() {
            true => Vec::new(),
            false => self.settle_reversals(uow, reversals, &mut new).await?,
        };
        uow.open_items().insert_open_items(&new).await?;
        Ok(uow.open_items().insert_allocations(&allocations).await?)
    }

    fn items_of(&self, uow: &mut dyn UnitOfWork, entry: &PostedEntry) -> AppResult<Vec<NewItem>> {
        let mut items = Vec::new();
        for line in entry.lines() {
            let account = self.books.accounts.get(&line.account);
            let account =
                account.ok_or_else(|| AppError::internal("the account of a posted line was not read"))?;
            let Some(party) = line.details.party.as_ref().filter(|_| account.requires_party) else {
                continue;
            };
            let id = OpenItemId::new(uow.new_id());
            items.push((account.control, item(id, entry, line, party).ok_or_else(too_large)?));
        }
        Ok(items)
    }

    /// Each line of a reversal and the line that it takes back settle each other.
    async fn settle_reversals(
        &self,
        uow: &mut dyn UnitOfWork,
        reversals: Vec<Reversing<'_>>,
        new: &mut Vec<NewItem>,
    ) -> AppResult<Vec<StoredAllocation>> {
        let originals: BTreeSet<_> = reversals.iter().map(|reversing| reversing.original).collect();
        let found = uow.open_items().open_items_of_entries(&originals).await?;
        let mut found: HashMap<_, _> =
            found.into_iter().map(|item| ((item.entry, item.line_no), item)).collect();
        let (mut settled, mut allocations) = (Vec::new(), Vec::new());
        for Reversing { original, number, items } in reversals {
            let batch = AllocationBatchId::new(uow.new_id());
            for (control, mut reversing) in items {
                let item = found.remove(&(original, reversing.line_no));
                let mut item = item.ok_or_else(|| AppError::internal("a reversed line has no open item"))?;
                if !item.is_whole() {
                    return Err(Violation::new(&ENTRY_HAS_ALLOCATIONS).with("number", number).into());
                }
                let before = item.open_amount;
                let allocation = settle(&mut item, &mut reversing).ok_or_else(too_large)?;
                allocations.push(StoredAllocation {
                    id: AllocationId::new(uow.new_id()),
                    batch,
                    kind: AllocationKind::Reversal,
                    date: reversing.posting_date,
                    allocation,
                    entry: None,
                    undoes: None,
                    belongs_to: None,
                    document: None,
                    reason: None,
                    created_by: self.ctx.actor.user_id(),
                    recorded_at: uow.now(),
                });
                settled.push((item, before));
                new.push((control, reversing));
            }
        }
        settled.sort_by_key(|(item, _)| item.id);
        uow.open_items().save_open_items(&settled).await?;
        Ok(allocations)
    }
}

fn item(id: OpenItemId, entry: &PostedEntry, line: &PostedLine, party: &str) -> Option<OpenItem> {
    let amount = line.currency_debit.checked_sub(line.currency_credit)?;
    let company_amount = line.debit.checked_sub(line.credit)?;
    let header = entry.header();
    Some(OpenItem {
        id,
        account: line.account,
        party: party.to_owned(),
        entry: header.id,
        line_no: line.line_no,
        posting_date: header.posting_date,
        due_date: line.details.due_date.unwrap_or(header.posting_date),
        currency: line.currency,
        amount,
        company_amount,
        open_amount: amount,
        open_company_amount: company_amount,
        settled_on: None,
        discount: None,
    })
}

/// Takes everything off both.
fn settle(item: &mut OpenItem, reversing: &mut OpenItem) -> Option<Allocation> {
    let (amount, company) = (item.amount.abs(), item.company_amount.abs());
    item.release(amount, company, reversing.posting_date)?;
    reversing.release(amount, company, reversing.posting_date)?;
    let (debit, credit) = if item.is_debit() { (item.id, reversing.id) } else { (reversing.id, item.id) };
    Some(Allocation {
        debit,
        credit,
        amount,
        credit_amount: amount,
        debit_company_amount: company,
        credit_company_amount: company,
    })
}

fn too_large() -> AppError {
    AppError::internal("an open item no longer fits")
}
