//! Allocations: a debit item and a credit item that settle each other (R102, R103, R107).

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::open_item::{OpenItem, OpenItemId};
use crate::error::{Violation, Violations};
use crate::ids::{AccountId, Id};
use crate::money::{AMOUNT_SCALE_EXCEEDED, Amount, Currency, CurrencyCode};

crate::errors! {
    ALLOCATION_EXCEEDS_OPEN = "allocation_exceeds_open", Conflict, User,
        "Of item {number}, {open} {currency} is open; {amount} cannot be allocated to it.",
        "المفتوح من البند {number} هو {open} {currency}؛ لا يمكن تخصيص {amount} له.";
    ALLOCATION_NOTHING_OPEN = "allocation_nothing_open", Conflict, User,
        "Nothing of {number} is open, so there is nothing to pay.", "لا شيء من {number} مفتوح، فلا شيء يُسدد.";
    ALLOCATION_NO_MONEY_LEFT = "allocation_no_money_left", Rule, User,
        "Nothing of the money is left for {number}: the allocations before it take all of it.",
        "لم يبق شيء من المبلغ للمستند {number}: استنفدته التخصيصات السابقة.";
    ALLOCATION_NAMED_TWICE = "allocation_named_twice", Rule, User,
        "{number} is named twice. Name it once, with the whole amount.", "ذُكر {number} مرتين. اذكره مرة واحدة بكامل المبلغ.";
    ALLOCATION_NOT_POSTED = "allocation_not_posted", Conflict, User,
        "{number} is {status}; only posted documents are paid.", "حالة {number} هي {status}؛ ولا تُسدد إلا المستندات المرحّلة.";
    ALLOCATION_NOT_PAYABLE = "allocation_not_payable", Rule, User,
        "{number} is a {type}; what it asks for is paid by its invoices.",
        "{number} من نوع {type}؛ ويُسدد ما يطلبه عبر فواتيره.";
    ALLOCATION_BEFORE_ITEM = "allocation_before_item", Rule, User,
        "Item {number} was posted for {date}; it cannot be allocated on an earlier day.",
        "رُحّل البند {number} بتاريخ {date}؛ لا يمكن تخصيصه في يوم سابق.";
    ALLOCATION_WRONG_SIDE = "allocation_wrong_side", Rule, User,
        "Item {number} is on the other side: an allocation pairs a debit item with a credit item.",
        "البند {number} في الجانب الآخر: يجمع التخصيص بندًا مدينًا وبندًا دائنًا.";
    ALLOCATION_PARTIES_DIFFER = "allocation_parties_differ", Rule, User,
        "Items {debit} and {credit} belong to different parties: {debitParty} and {creditParty}.",
        "البندان {debit} و{credit} لطرفين مختلفين: {debitParty} و{creditParty}.";
    ALLOCATION_ACCOUNTS_DIFFER = "allocation_accounts_differ", Rule, User,
        "Items {debit} and {credit} are on different accounts. Net a receivable with a payable by /nettings.",
        "البندان {debit} و{credit} على حسابين مختلفين. أجرِ مقاصة الذمم المدينة والدائنة عبر /nettings.";
    NETTING_SAME_ACCOUNT = "netting_same_account", Rule, User,
        "Items {debit} and {credit} are on the same account. Allocate them by /allocations.",
        "البندان {debit} و{credit} على الحساب نفسه. خصّص أحدهما للآخر عبر /allocations.";
    ALLOCATION_AMOUNT_NOT_POSITIVE = "allocation_amount_not_positive", Rule, User,
        "An allocated amount is greater than zero.", "المبلغ المخصص أكبر من صفر.";
    ALLOCATION_AMOUNTS_REQUIRED = "allocation_amounts_required", Rule, User,
        "The items are in {debitCurrency} and {creditCurrency}: give the amount in both currencies.",
        "البندان بعملتي {debitCurrency} و{creditCurrency}: أدخل المبلغ بالعملتين.";
    ALLOCATION_AMOUNTS_DIFFER = "allocation_amounts_differ", Rule, User,
        "Both items are in {currency}, so both take the same amount.",
        "البندان بعملة {currency}، لذا يأخذ كل منهما المبلغ نفسه.";
    ALLOCATION_UNDONE = "allocation_undone", Conflict, User,
        "The allocation was undone already, or is the one that undid another.",
        "أُلغي هذا التخصيص من قبل، أو هو نفسه إلغاء لتخصيص آخر.";
    ALLOCATION_OF_REVERSAL = "allocation_of_reversal", Conflict, User,
        "The allocation belongs to the reversal of an entry and stays with it.",
        "هذا التخصيص جزء من عكس قيد ويبقى معه.";
    UNDO_BEFORE_ALLOCATION = "undo_before_allocation", Rule, User,
        "The allocation is dated {date}; it cannot be undone on an earlier day.",
        "التخصيص بتاريخ {date}؛ لا يمكن إلغاؤه في يوم سابق.";
    AMOUNT_TOO_LARGE_TO_SETTLE = "amount_too_large_to_settle", Rule, User,
        "The amounts of this allocation are too large to compute.", "مبالغ هذا التخصيص أكبر من أن تُحسب.";
}

pub type AllocationId = Id<Allocation>;

crate::choices! {
    /// The origin of an allocation.
    pub enum AllocationKind {
        /// Items of one account that somebody paired: an invoice and a payment or an advance.
        Payment = "payment",
        /// A document and the note that corrects it, from the moment in which the note is posted.
        Note = "note",
        /// An item and the note, or the write-off, of a discount for early payment.
        Discount = "discount",
        /// An item and what wrote it off.
        WriteOff = "write_off",
        /// A receivable and a payable of one party.
        Netting = "netting",
        /// A reversed entry and its reversal.
        Reversal = "reversal",
        /// Takes back an earlier allocation.
        Undo = "undo",
    }
}

/// Two items that are to settle each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    pub debit: OpenItemId,
    pub credit: OpenItemId,
    /// The amount in the debit item's currency; `None` is as much as both have open, for items of one currency.
    pub amount: Option<Amount>,
    /// The amount in the credit item's currency, where that is another one.
    pub credit_amount: Option<Amount>,
    /// Whether the rest of the debt is its discount for early payment.
    pub take_discount: bool,
    /// Whether what is left is written off, as far as the tolerance goes.
    pub write_off_difference: bool,
}

impl Pair {
    /// Both settle as much as they have open.
    pub const fn new(debit: OpenItemId, credit: OpenItemId) -> Self {
        Self {
            debit,
            credit,
            amount: None,
            credit_amount: None,
            take_discount: false,
            write_off_difference: false,
        }
    }

    /// Limits the pair to an amount in the currency of both items.
    #[must_use]
    pub const fn of(self, amount: Amount) -> Self {
        Self { amount: Some(amount), ..self }
    }
}

/// The amounts by which an allocation reduces two items. Amounts are magnitudes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocation {
    pub debit: OpenItemId,
    pub credit: OpenItemId,
    /// The amount in the debit item's currency.
    pub amount: Amount,
    /// The amount in the credit item's currency.
    pub credit_amount: Amount,
    /// The two amounts in the company currency, as they were posted.
    pub debit_company_amount: Amount,
    pub credit_company_amount: Amount,
}

impl Allocation {
    /// The realised exchange difference: a gain if positive (R103).
    pub fn exchange_difference(&self) -> Option<Amount> {
        self.credit_company_amount.checked_sub(self.debit_company_amount)
    }
}

/// A company amount on an account and a party that settlement moves; a debit if positive.
pub type Movements = BTreeMap<(AccountId, String), Amount>;

/// Settles pairs one after the other, each with the amounts that the pairs before it have left open.
pub struct Allocator<'a> {
    pub items: HashMap<OpenItemId, OpenItem>,
    /// The legal numbers of the items' entries, for messages.
    pub numbers: &'a HashMap<OpenItemId, String>,
    pub currencies: &'a HashMap<CurrencyCode, Currency>,
    pub company: Currency,
    pub date: NaiveDate,
    pub kind: AllocationKind,
    pub movements: Movements,
}

impl Allocator<'_> {
    /// Settles one pair of items that are known; every violation is at a member of the pair.
    pub fn allocate(&mut self, pair: Pair) -> Result<Allocation, Vec<Violation>> {
        let mut violations = Violations::new();
        let too_large = || vec![Violation::new(&AMOUNT_TOO_LARGE_TO_SETTLE).at("/amount")];
        let (Some(debit), Some(credit)) = (self.items.get(&pair.debit), self.items.get(&pair.credit)) else {
            return Err(too_large());
        };
        self.check_items(debit, credit, &mut violations);
        let amounts = self.amounts(pair, debit, credit, &mut violations);
        let Some((amount, credit_amount)) = amounts.filter(|_| violations.is_empty()) else {
            return Err(violations.into_vec());
        };
        let scale = self.company.scale;
        let companies = debit.company_part(amount, scale).zip(credit.company_part(credit_amount, scale));
        let (debit_company_amount, credit_company_amount) = companies.ok_or_else(too_large)?;
        let (debit_key, credit_key) = (movement_key(debit), movement_key(credit));
        let allocation = Allocation {
            debit: pair.debit,
            credit: pair.credit,
            amount,
            credit_amount,
            debit_company_amount,
            credit_company_amount,
        };
        self.release(&allocation).ok_or_else(too_large)?;
        self.movement(debit_key, debit_company_amount.checked_neg()).ok_or_else(too_large)?;
        self.movement(credit_key, Some(credit_company_amount)).ok_or_else(too_large)?;
        Ok(allocation)
    }

    /// Gives back what an allocation took, on items that are known.
    pub fn undo(&mut self, allocation: &Allocation) -> Option<()> {
        let debit = self.items.get_mut(&allocation.debit)?;
        debit.restore(allocation.amount, allocation.debit_company_amount)?;
        let debit_key = movement_key(debit);
        let credit = self.items.get_mut(&allocation.credit)?;
        credit.restore(allocation.credit_amount, allocation.credit_company_amount)?;
        let credit_key = movement_key(credit);
        self.movement(debit_key, Some(allocation.debit_company_amount))?;
        self.movement(credit_key, allocation.credit_company_amount.checked_neg())
    }

    fn release(&mut self, allocation: &Allocation) -> Option<()> {
        let date = self.date;
        let debit = self.items.get_mut(&allocation.debit)?;
        debit.release(allocation.amount, allocation.debit_company_amount, date)?;
        let credit = self.items.get_mut(&allocation.credit)?;
        credit.release(allocation.credit_amount, allocation.credit_company_amount, date)
    }

    fn movement(&mut self, key: (AccountId, String), amount: Option<Amount>) -> Option<()> {
        let sum = self.movements.entry(key).or_default();
        *sum = sum.checked_add(amount?)?;
        Some(())
    }

    fn check_items(&self, debit: &OpenItem, credit: &OpenItem, violations: &mut Violations) {
        for (item, is_debit, at) in [(debit, true, "/debitItemId"), (credit, false, "/creditItemId")] {
            let named = |def| Violation::new(def).at(at).with("number", self.number(item));
            if item.is_debit() != is_debit {
                violations.push(named(&ALLOCATION_WRONG_SIDE));
            }
            if self.date < item.posting_date {
                violations.push(named(&ALLOCATION_BEFORE_ITEM).with("date", item.posting_date));
            }
        }
        let both = |def| {
            let violation = Violation::new(def).at("/creditItemId");
            violation.with("debit", self.number(debit)).with("credit", self.number(credit))
        };
        if debit.party != credit.party {
            let differ = both(&ALLOCATION_PARTIES_DIFFER);
            violations.push(differ.with("debitParty", &debit.party).with("creditParty", &credit.party));
        }
        let same = debit.account == credit.account;
        if self.kind == AllocationKind::Netting && same {
            violations.push(both(&NETTING_SAME_ACCOUNT));
        }
        if self.kind != AllocationKind::Netting && !same {
            violations.push(both(&ALLOCATION_ACCOUNTS_DIFFER));
        }
    }

    /// The amounts taken from the two items, if both have as much open.
    fn amounts(
        &self,
        pair: Pair,
        debit: &OpenItem,
        credit: &OpenItem,
        violations: &mut Violations,
    ) -> Option<(Amount, Amount)> {
        let (amount, credit_amount) = if debit.currency == credit.currency {
            let (owed, paid) = (debit.open_amount.abs(), credit.open_amount.abs());
            // Where one item has nothing open, the amount of the other one is refused with the reason.
            let all = if owed.is_zero() || paid.is_zero() { owed.max(paid) } else { owed.min(paid) };
            let amount = pair.amount.or(pair.credit_amount).unwrap_or(all);
            if pair.credit_amount.is_some_and(|other| other != amount) {
                let differ = Violation::new(&ALLOCATION_AMOUNTS_DIFFER).at("/creditAmount");
                violations.push(differ.with("currency", debit.currency));
                return None;
            }
            (amount, amount)
        } else {
            let Some(both) = pair.amount.zip(pair.credit_amount) else {
                let missing = if pair.amount.is_none() { "/amount" } else { "/creditAmount" };
                let required = Violation::new(&ALLOCATION_AMOUNTS_REQUIRED).at(missing);
                let required = required.with("debitCurrency", debit.currency);
                violations.push(required.with("creditCurrency", credit.currency));
                return None;
            };
            both
        };
        let debit = self.fits(amount, debit, "/amount", violations);
        let at = if pair.credit_amount.is_some() { "/creditAmount" } else { "/amount" };
        let credit = self.fits(credit_amount, credit, at, violations);
        (debit && credit).then_some((amount, credit_amount))
    }

    fn fits(&self, amount: Amount, item: &OpenItem, at: &str, violations: &mut Violations) -> bool {
        let currency = self.currency(item.currency);
        let open = item.open_amount.abs();
        let refused = if open.is_zero() || amount > open {
            let exceeds = Violation::new(&ALLOCATION_EXCEEDS_OPEN).with("number", self.number(item));
            let exceeds = exceeds.with("open", open.display(currency.scale)).with("currency", currency.code);
            exceeds.with("amount", amount.display(currency.scale))
        } else if !amount.is_positive() {
            Violation::new(&ALLOCATION_AMOUNT_NOT_POSITIVE)
        } else if !amount.fits(currency.scale) {
            let exceeded = Violation::new(&AMOUNT_SCALE_EXCEEDED).with("currency", currency.code);
            exceeded.with("decimals", currency.scale).with("value", amount.display(currency.scale))
        } else {
            return true;
        };
        violations.push(refused.at(at));
        false
    }

    /// The currency with its decimals.
    pub fn currency(&self, code: CurrencyCode) -> Currency {
        if code == self.company.code {
            return self.company;
        }
        self.currencies.get(&code).copied().unwrap_or_else(|| Currency::iso(code))
    }

    /// The legal number of an item's entry.
    pub fn number(&self, item: &OpenItem) -> &str {
        self.numbers.get(&item.id).map_or("", String::as_str)
    }
}

fn movement_key(item: &OpenItem) -> (AccountId, String) {
    (item.account, item.party.clone())
}

#[cfg(test)]
pub(in crate::settlement) mod tests;
