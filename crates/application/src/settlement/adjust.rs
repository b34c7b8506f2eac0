//! Settlement beside a payment: a discount for early payment, or a difference that is written off (R106).

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::accounting::account::ControlKind;
use domain::error::{Violation, Violations};
use domain::ids::JournalEntryId;
use domain::money::Amount;
use domain::settlement::allocation::{Allocation, AllocationKind, Allocator, Pair};
use domain::settlement::early_discount::{DISCOUNT_NOT_COVERED, earned};
use domain::settlement::open_item::OpenItem;
use domain::settlement::tolerance::DIFFERENCE_EXCEEDS_TOLERANCE;
use domain::settlement::write_off::WriteOffKind;
use uuid::Uuid;

use super::discounts::discount_of;
use super::write_offs::post::{Taken, WriteOffPosting};
use crate::accounting::ports::books::Books;
use crate::context::RequestContext;
use crate::documents::early_discount::EarlyDiscountNote;
use crate::documents::views::CreatedDocumentView;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

/// Most discounts and differences of one request; each posts an entry of its own.
pub const ADJUSTMENTS_MAX: usize = 1_000;

domain::errors! {
    ADJUSTMENTS_TOO_MANY = "adjustments_too_many", TooLarge, User,
        "One request takes at most {max} discounts and differences.", "لا يتجاوز عدد الخصومات والفروق في الطلب الواحد {max}.";
}

const DIFFERENCE_REASON: &str = "فرق سداد / Payment difference";
const DISCOUNT_REASON: &str = "خصم السداد المبكر / Discount for early payment";

/// An allocation that is to be kept.
pub(super) struct Planned {
    pub(super) allocation: Allocation,
    pub(super) kind: AllocationKind,
    /// The position of the payment's allocation.
    pub(super) belongs_to: Option<usize>,
    pub(super) document: Option<Uuid>,
}

/// The allocations of one request.
#[derive(Default)]
pub(super) struct Settled {
    pub(super) planned: Vec<Planned>,
    /// Items of notes and write-offs that were made for it.
    pub(super) items: Vec<(OpenItem, String)>,
    pub(super) created: Vec<CreatedDocumentView>,
}

/// A note or a write-off with its item.
struct MadeItem {
    item: OpenItem,
    kind: AllocationKind,
    created: CreatedDocumentView,
}

/// How pairs are settled.
pub(super) struct Adjusting<'a> {
    pub(super) ctx: &'a RequestContext,
    pub(super) books: &'a Books,
    pub(super) kind: AllocationKind,
    pub(super) date: NaiveDate,
    pub(super) document: Option<Uuid>,
}

/// A pair with where it stands, and the pairs after it.
pub(super) struct Step<'a> {
    pub(super) pair: Pair,
    pub(super) at: String,
    pub(super) later: &'a [Pair],
}

/// Too many discounts and differences, if they are.
pub(super) fn check_count(pairs: &[Pair]) -> Result<(), Violation> {
    let count = |asked: fn(&Pair) -> bool| pairs.iter().filter(|pair| asked(pair)).count();
    if count(|pair| pair.take_discount) + count(|pair| pair.write_off_difference) > ADJUSTMENTS_MAX {
        return Err(Violation::new(&ADJUSTMENTS_TOO_MANY).at("/pairs").with("max", ADJUSTMENTS_MAX));
    }
    Ok(())
}

impl Adjusting<'_> {
    /// Settles a pair with what it asks for beside. Notes and write-offs are only posted while nothing is wrong.
    pub(super) async fn settle(
        &self,
        uow: &mut dyn UnitOfWork,
        allocator: &mut Allocator<'_>,
        step: Step<'_>,
        settled: &mut Settled,
        violations: &mut Violations,
    ) -> AppResult<()> {
        let Step { mut pair, at, later } = step;
        let discount = match self.discount(uow, allocator, &mut pair).await? {
            Ok(discount) => discount,
            Err(refused) => {
                violations.push(refused.at(format!("{at}/takeDiscount")));
                return Ok(());
            }
        };
        let Some(allocation) = allocated(allocator, pair, &at, violations) else { return Ok(()) };
        let main = settled.planned.len();
        settled.planned.push(Planned {
            allocation,
            kind: self.kind,
            belongs_to: None,
            document: self.document,
        });
        if let Some((debt, amount)) = discount.filter(|_| violations.is_empty()) {
            let at = format!("{at}/takeDiscount");
            let made =
                self.grant(uow, (&debt, amount), allocator).await.map_err(|error| below(error, &at))?;
            beside(allocator, settled, (&debt, main), made, (&at, violations));
        }
        if !pair.write_off_difference {
            return Ok(());
        }
        let at = format!("{at}/writeOffDifference");
        match self.difference(uow, allocator, pair, later).await? {
            Err(refused) => violations.push(refused.at(at)),
            Ok(Some((rest, amount))) if violations.is_empty() => {
                let taken = (&rest, amount, allocator.number(&rest));
                let made = self.write_off(uow, taken, WriteOffKind::Difference).await;
                let made = made.map_err(|error| below(error, &at))?;
                beside(allocator, settled, (&rest, main), made, (&at, violations));
            }
            Ok(_) => {}
        }
        Ok(())
    }

    /// The item whose discount is taken, and how much. The payment's part becomes the pair's amount.
    async fn discount(
        &self,
        uow: &mut dyn UnitOfWork,
        allocator: &Allocator<'_>,
        pair: &mut Pair,
    ) -> AppResult<Result<Option<(OpenItem, Amount)>, Violation>> {
        let found = allocator.items.get(&pair.debit).zip(allocator.items.get(&pair.credit));
        let Some((debit, credit)) = found.filter(|_| pair.take_discount) else { return Ok(Ok(None)) };
        let of_credit = debit.discount.is_none() && credit.discount.is_some();
        let (debt, payment) = if of_credit { (credit, debit) } else { (debit, credit) };
        let currency = allocator.currency(debt.currency);
        let number = allocator.number(debt);
        let most = match discount_of(uow, debt, (self.date, currency.scale), number).await? {
            Ok(most) => most,
            Err(refused) => return Ok(Err(refused)),
        };
        let open = debt.open_amount.abs();
        let same = debt.currency == payment.currency;
        let given = match of_credit && !same {
            true => pair.credit_amount,
            false => pair.amount.or(pair.credit_amount.filter(|_| same)),
        };
        let usual = open.checked_sub(most).map(|rest| rest.min(payment.open_amount.abs())).filter(|_| same);
        // Without amounts, items of two currencies are refused where they are allocated.
        let Some(paid) = given.or(usual) else { return Ok(Ok(None)) };
        let partial = debt.discount.is_some_and(|discount| discount.partial);
        let Some(discount) = earned(paid, open, most, partial, currency.scale) else {
            let text = |amount: Amount| amount.display(currency.scale);
            let refused = Violation::new(&DISCOUNT_NOT_COVERED).with("number", number);
            let refused = refused.with("open", text(open)).with("currency", currency.code);
            return Ok(Err(refused.with("paid", text(paid)).with("discount", text(most))));
        };
        if given.is_none() {
            pair.amount = Some(paid);
        }
        Ok(Ok(Some((debt.clone(), discount)).filter(|(_, discount)| discount.is_positive())))
    }

    /// Posts the note of a discount, or writes it off where discounts leave VAT as it was.
    async fn grant(
        &self,
        uow: &mut dyn UnitOfWork,
        (debt, amount): (&OpenItem, Amount),
        allocator: &Allocator<'_>,
    ) -> AppResult<MadeItem> {
        if uow.company().profile().await?.discount_without_vat {
            return self.write_off(uow, (debt, amount, allocator.number(debt)), WriteOffKind::Discount).await;
        }
        let missing = || AppError::internal("an item grants a discount and has no document");
        let id = uow.documents().document_of_entry(debt.entry).await?.ok_or_else(missing)?;
        let document = uow.documents().find_document(id).await?.ok_or_else(missing)?;
        let scale = allocator.currency(debt.currency).scale;
        let note = EarlyDiscountNote { document: &document, amount, scale, date: self.date };
        let note = note.post(self.ctx, uow).await?;
        let item = item_of(uow, note.entry).await?;
        let created = CreatedDocumentView {
            document_type: note.document_type.as_str().to_owned(),
            id: note.id.uuid(),
            number: note.number,
        };
        Ok(MadeItem { item, kind: AllocationKind::Discount, created })
    }

    /// The rest of the debt, or else of the payment unless a later pair uses it.
    async fn difference(
        &self,
        uow: &mut dyn UnitOfWork,
        allocator: &Allocator<'_>,
        pair: Pair,
        later: &[Pair],
    ) -> AppResult<Result<Option<(OpenItem, Amount)>, Violation>> {
        let found = allocator.items.get(&pair.debit).zip(allocator.items.get(&pair.credit));
        let Some((debit, credit)) = found else { return Ok(Ok(None)) };
        let control = self.books.accounts.get(&debit.account).map(|account| account.control);
        let (debt, payment) =
            if control == Some(ControlKind::Payable) { (credit, debit) } else { (debit, credit) };
        let used = || later.iter().any(|pair| pair.debit == payment.id || pair.credit == payment.id);
        let rest = match () {
            () if !debt.open_amount.is_zero() => debt,
            () if !payment.open_amount.is_zero() && !used() => payment,
            () => return Ok(Ok(None)),
        };
        let currency = allocator.currency(rest.currency);
        let left = rest.open_amount.abs();
        let limit = uow.company().profile().await?.payment_tolerances.limit(currency, rest.amount);
        if left > limit {
            let text = |amount: Amount| amount.display(currency.scale);
            let exceeds =
                Violation::new(&DIFFERENCE_EXCEEDS_TOLERANCE).with("number", allocator.number(rest));
            let exceeds = exceeds.with("difference", text(left)).with("currency", currency.code);
            return Ok(Err(exceeds.with("limit", text(limit))));
        }
        Ok(Ok(Some((rest.clone(), left))))
    }

    async fn write_off(
        &self,
        uow: &mut dyn UnitOfWork,
        (item, amount, number): (&OpenItem, Amount, &str),
        kind: WriteOffKind,
    ) -> AppResult<MadeItem> {
        let discount = kind == WriteOffKind::Discount;
        let posting = WriteOffPosting {
            ctx: self.ctx,
            books: self.books,
            kind,
            date: self.date,
            reason: if discount { DISCOUNT_REASON } else { DIFFERENCE_REASON },
        };
        let taken = [Taken { item: item.clone(), amount, number: number.to_owned() }];
        let written_off = posting.post(uow, &taken).await?;
        let item = item_of(uow, Some(written_off.entry)).await?;
        let kind = if discount { AllocationKind::Discount } else { AllocationKind::WriteOff };
        Ok(MadeItem { item, kind, created: written_off.created() })
    }
}

/// The item of a note or a write-off.
async fn item_of(uow: &mut dyn UnitOfWork, entry: Option<JournalEntryId>) -> AppResult<OpenItem> {
    let entries: BTreeSet<_> = entry.into_iter().collect();
    let item = uow.open_items().open_items_of_entries(&entries).await?.pop();
    item.ok_or_else(|| AppError::internal("a note or a write-off has no open item"))
}

/// Settles one pair; what is refused is at its members.
fn allocated(
    allocator: &mut Allocator<'_>,
    pair: Pair,
    at: &str,
    violations: &mut Violations,
) -> Option<Allocation> {
    match allocator.allocate(pair) {
        Ok(allocation) => Some(allocation),
        Err(refused) => {
            violations.extend(refused.into_iter().map(|violation| {
                let pointer = format!("{at}{}", violation.pointer);
                violation.at(pointer)
            }));
            None
        }
    }
}

/// An item and what was made to settle it.
fn beside(
    allocator: &mut Allocator<'_>,
    settled: &mut Settled,
    (debt, main): (&OpenItem, usize),
    made: MadeItem,
    (at, violations): (&str, &mut Violations),
) {
    let MadeItem { item, kind, created } = made;
    let open = allocator.items.get(&debt.id).map_or(Amount::ZERO, |debt| debt.open_amount.abs());
    let amount = open.min(item.open_amount.abs());
    let (debit, credit) = if item.is_debit() { (item.id, debt.id) } else { (debt.id, item.id) };
    allocator.items.insert(item.id, item.clone());
    let document = Some(created.id);
    settled.items.push((item, created.number.clone().unwrap_or_default()));
    settled.created.push(created);
    if let Some(allocation) = allocated(allocator, Pair::new(debit, credit).of(amount), at, violations) {
        settled.planned.push(Planned { allocation, kind, belongs_to: Some(main), document });
    }
}

/// Moves violations that keep a note or a write-off from being posted to the place where it was asked for.
fn below(error: AppError, at: &str) -> AppError {
    AppError { violations: error.violations.into_iter().map(|one| one.at(at)).collect(), ..error }
}
