//! Settling pairs of items: what allocations, netting and proposals have in common.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use domain::error::Violations;
use domain::ids::JournalEntryId;
use domain::money::{Amount, CurrencyCode};
use domain::settlement::allocation::{AllocationId, AllocationKind, Allocator, Movements, Pair};
use domain::settlement::open_item::{OpenItem, OpenItemId};
use uuid::Uuid;

use super::adjust::{Adjusting, Planned, Settled, Step, check_count};
use super::entry::{self, SettlementEntry};
use super::ports::{AllocationBatchId, FoundItem, StoredAllocation};
use super::views::{ALLOCATIONS_INLINE_MAX, AllocationBatchView, AllocationView};
use crate::accounting::ports::books::Books;
use crate::changes::{record, unknown_reference};
use crate::context::RequestContext;
use crate::documents::steps::note_paid;
use crate::documents::views::CreatedDocumentView;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

/// Most pairs of one request.
pub const PAIRS_MAX: usize = 10_000;

/// Pairs that settle each other on one day. A fault of a pair points to `/pairs/<its position>`.
pub struct Settling {
    kind: AllocationKind,
    date: NaiveDate,
    pairs: Vec<Pair>,
    /// The document that was made to settle them.
    document: Option<Uuid>,
}

impl Settling {
    pub const fn new(kind: AllocationKind, date: NaiveDate, pairs: Vec<Pair>) -> Self {
        Self { kind, date, pairs, document: None }
    }

    /// The pairs have the items of a write-off that was made for them.
    #[must_use]
    pub fn of_document(self, document: Uuid) -> Self {
        Self { document: Some(document), ..self }
    }

    pub async fn run(self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<AllocationBatchView> {
        let ids: BTreeSet<_> = self.pairs.iter().flat_map(|pair| [pair.debit, pair.credit]).collect();
        let found = uow.open_items().open_items(&ids).await?;
        let mut violations = Violations::new();
        violations.check("", check_count(&self.pairs));
        let known: BTreeSet<_> = found.iter().map(|found| found.item.id).collect();
        for (index, pair) in self.pairs.iter().enumerate() {
            for (id, member) in [(pair.debit, "debitItemId"), (pair.credit, "creditItemId")] {
                if !known.contains(&id) {
                    violations.push(unknown_reference(&format!("/pairs/{index}/{member}"), "open_item", id));
                }
            }
        }
        let mut books = Books::open(ctx, uow).await?;
        violations.check("", entry::check_date(uow, ctx, &mut books, self.date).await?);
        if self.pairs.iter().any(|pair| pair.take_discount || pair.write_off_difference) {
            books.learn_accounts(uow, found.iter().map(|found| found.item.account).collect()).await?;
        }
        let mut items = Items::learn(uow, &mut books, found).await?;
        let mut allocator = items.allocator(&books, self.kind, self.date);
        let (kind, date, document) = (self.kind, self.date, self.document);
        let adjusting = Adjusting { ctx, books: &books, kind, date, document };
        let mut settled = Settled::default();
        for (index, pair) in self.pairs.iter().enumerate() {
            if !(known.contains(&pair.debit) && known.contains(&pair.credit)) {
                continue;
            }
            let step = Step { pair: *pair, at: format!("/pairs/{index}"), later: &self.pairs[index + 1..] };
            adjusting.settle(uow, &mut allocator, step, &mut settled, &mut violations).await?;
        }
        let (after, movements) = (allocator.items, allocator.movements);
        let Settled { planned, items: made_for_it, created } = violations.into_result(settled)?;
        let batch = AllocationBatchId::new(uow.new_id());
        let entry = SettlementEntry { date: self.date, source: batch.uuid(), movements };
        let entry = entry.post(ctx, uow, books.clone()).await?;
        items.add(made_for_it);
        items.save(uow, &books, after).await?;
        let made = Made { ctx, batch, date: self.date, entry, created };
        made.keep(uow, &books, &items, planned).await
    }
}

/// The items that are settled, as they were found.
pub(super) struct Items {
    found: HashMap<OpenItemId, OpenItem>,
    numbers: HashMap<OpenItemId, String>,
}

impl Items {
    pub(super) async fn learn(
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        found: Vec<FoundItem>,
    ) -> AppResult<Self> {
        let codes = found.iter().map(|found| found.item.currency);
        let codes = codes.filter(|code| *code != books.company.code).collect();
        books.learn_currencies(uow, &codes).await?;
        let numbers = found.iter().map(|found| (found.item.id, found.known_as().to_owned())).collect();
        Ok(Self { found: found.into_iter().map(|found| (found.item.id, found.item)).collect(), numbers })
    }

    /// Items that were made to settle others.
    fn add(&mut self, items: Vec<(OpenItem, String)>) {
        for (item, number) in items {
            self.numbers.insert(item.id, number);
            self.found.insert(item.id, item);
        }
    }

    pub(super) fn allocator<'a>(
        &'a self,
        books: &'a Books,
        kind: AllocationKind,
        date: NaiveDate,
    ) -> Allocator<'a> {
        Allocator {
            items: self.found.clone(),
            numbers: &self.numbers,
            currencies: &books.currencies,
            company: books.company,
            date,
            kind,
            movements: Movements::new(),
        }
    }

    pub(super) fn currency(&self, id: OpenItemId, books: &Books) -> CurrencyCode {
        self.found.get(&id).map_or(books.company.code, |item| item.currency)
    }

    /// Writes what is left open, and notes what is settled now.
    pub(super) async fn save(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &Books,
        after: HashMap<OpenItemId, OpenItem>,
    ) -> AppResult<()> {
        let before = |item: &OpenItem| self.found.get(&item.id).map_or(item.amount, |item| item.open_amount);
        let mut changed: Vec<_> = after.into_values().map(|item| (before(&item), item)).collect();
        changed.retain(|(before, item)| *before != item.open_amount);
        // In the order of their keys, so that two requests never wait for each other in a circle.
        changed.sort_by_key(|(_, item)| item.id);
        let changed: Vec<_> = changed.into_iter().map(|(before, item)| (item, before)).collect();
        uow.open_items().save_open_items(&changed).await?;
        for (item, _) in changed.iter().filter(|(item, _)| item.settled_on.is_some()) {
            let settled = serde_json::json!({
                "id": item.id.uuid(), "party": item.party, "entryId": item.entry.uuid(), "lineNo": item.line_no,
                "number": self.numbers.get(&item.id), "settledOn": item.settled_on,
            });
            record(uow, "open_item", item.id.uuid(), "settled", None, Some(&settled));
        }
        let settled = changed.iter().filter(|(item, _)| item.settled_on.is_some());
        note_paid_documents(uow, books, settled.map(|(item, _)| item.entry).collect()).await
    }
}

/// Notes the invoices and bills whose last open item was settled just now; `entries` are those of the items.
async fn note_paid_documents(
    uow: &mut dyn UnitOfWork,
    books: &Books,
    entries: BTreeSet<JournalEntryId>,
) -> AppResult<()> {
    if entries.is_empty() {
        return Ok(());
    }
    for document in uow.documents().paid_documents(&entries).await? {
        note_paid(uow, &document, decimals(books, document.currency));
    }
    Ok(())
}

/// The decimals of amounts in a currency.
fn decimals(books: &Books, code: CurrencyCode) -> u8 {
    if code == books.company.code {
        return books.company.scale;
    }
    books.currencies.get(&code).map_or(2, |currency| currency.scale)
}

/// The data that the allocations of a request have in common.
struct Made<'a> {
    ctx: &'a RequestContext,
    batch: AllocationBatchId,
    date: NaiveDate,
    entry: Option<JournalEntryId>,
    created: Vec<CreatedDocumentView>,
}

impl Made<'_> {
    /// Keeps, notes and shows them.
    async fn keep(
        self,
        uow: &mut dyn UnitOfWork,
        books: &Books,
        items: &Items,
        planned: Vec<Planned>,
    ) -> AppResult<AllocationBatchView> {
        let mut stored: Vec<StoredAllocation> = Vec::with_capacity(planned.len());
        for Planned { allocation, kind, belongs_to, document } in planned {
            let belongs_to = belongs_to.and_then(|place| stored.get(place)).map(|payment| payment.id);
            stored.push(StoredAllocation {
                id: AllocationId::new(uow.new_id()),
                batch: self.batch,
                kind,
                date: self.date,
                allocation,
                entry: self.entry,
                undoes: None,
                belongs_to,
                document,
                reason: None,
                created_by: self.ctx.actor.user_id(),
                recorded_at: uow.now(),
            });
        }
        uow.open_items().insert_allocations(&stored).await?;
        let mut difference = Some(Amount::ZERO);
        let mut views = Vec::with_capacity(stored.len().min(ALLOCATIONS_INLINE_MAX));
        for stored in &stored {
            let view = view(stored, books, items);
            record(uow, "allocation", view.id, "created", None, Some(&view));
            difference = difference.zip(stored.allocation.exchange_difference()).and_then(sum);
            if views.len() < ALLOCATIONS_INLINE_MAX {
                views.push(view);
            }
        }
        let difference =
            difference.ok_or_else(|| AppError::internal("exchange differences no longer fit"))?;
        Ok(AllocationBatchView {
            batch_id: self.batch.uuid(),
            date: self.date,
            exchange_difference: difference.display(books.company.scale),
            entry_id: self.entry.map(|id| id.uuid()),
            allocation_count: u32::try_from(stored.len()).unwrap_or(u32::MAX),
            allocations: views,
            created: self.created,
        })
    }
}

fn sum((a, b): (Amount, Amount)) -> Option<Amount> {
    a.checked_add(b)
}

/// An allocation that was made just now.
pub(super) fn view(stored: &StoredAllocation, books: &Books, items: &Items) -> AllocationView {
    let allocation = &stored.allocation;
    let scale = |code: CurrencyCode| decimals(books, code);
    let (debit, credit) = (items.currency(allocation.debit, books), items.currency(allocation.credit, books));
    allocation_view(stored, (debit, scale(debit)), (credit, scale(credit)), books.company.scale)
}

/// An allocation with the currencies of its items and their decimals.
pub fn allocation_view(
    stored: &StoredAllocation,
    (currency, scale): (CurrencyCode, u8),
    (credit_currency, credit_scale): (CurrencyCode, u8),
    company_scale: u8,
) -> AllocationView {
    let allocation = &stored.allocation;
    let difference = allocation.exchange_difference().unwrap_or_default();
    let difference =
        if stored.gives_back() { difference.checked_neg().unwrap_or_default() } else { difference };
    AllocationView {
        id: stored.id.uuid(),
        batch_id: stored.batch.uuid(),
        kind: stored.kind.as_str(),
        date: stored.date,
        debit_item_id: allocation.debit.uuid(),
        credit_item_id: allocation.credit.uuid(),
        amount: allocation.amount.display(scale),
        currency: currency.to_string(),
        credit_amount: allocation.credit_amount.display(credit_scale),
        credit_currency: credit_currency.to_string(),
        exchange_difference: difference.display(company_scale),
        entry_id: stored.entry.map(|id| id.uuid()),
        undoes_id: stored.undoes.map(|id| id.uuid()),
        belongs_to_id: stored.belongs_to.map(|id| id.uuid()),
        document_id: stored.document,
        undone_by_id: None,
        reason: stored.reason.clone(),
        created_by: stored.created_by.map(|id| id.uuid()),
        recorded_at: stored.recorded_at.to_string(),
    }
}
