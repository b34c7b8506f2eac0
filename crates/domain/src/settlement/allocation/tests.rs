use uuid::Uuid;

use super::*;
use crate::ids::JournalEntryId;
use crate::time::parse_date;

pub(in crate::settlement) fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

fn day(text: &str) -> NaiveDate {
    parse_date(text).unwrap()
}

fn code(text: &str) -> CurrencyCode {
    CurrencyCode::parse(text).unwrap()
}

/// An item of customer C1 on account 1; the company amount has the sign of the amount.
pub(in crate::settlement) fn item(id: u128, currency: &str, open: &str, company: &str) -> OpenItem {
    let (open, company) = (amount(open), amount(company));
    OpenItem {
        id: OpenItemId::new(Uuid::from_u128(id)),
        account: AccountId::new(Uuid::from_u128(1)),
        party: "C1".to_owned(),
        entry: JournalEntryId::new(Uuid::from_u128(id)),
        line_no: 1,
        posting_date: day("2026-03-01"),
        due_date: day("2026-03-31"),
        currency: code(currency),
        amount: open,
        company_amount: company,
        open_amount: open,
        open_company_amount: company,
        settled_on: None,
        discount: None,
    }
}

struct Books {
    numbers: HashMap<OpenItemId, String>,
    currencies: HashMap<CurrencyCode, Currency>,
}

impl Books {
    fn new() -> Self {
        let currencies = ["USD", "EUR"].map(|text| (code(text), Currency::iso(code(text))));
        Self { numbers: HashMap::new(), currencies: HashMap::from(currencies) }
    }

    fn allocator(&self, kind: AllocationKind, items: Vec<OpenItem>) -> Allocator<'_> {
        Allocator {
            items: items.into_iter().map(|item| (item.id, item)).collect(),
            numbers: &self.numbers,
            currencies: &self.currencies,
            company: Currency::iso(code("SAR")),
            date: day("2026-03-15"),
            kind,
            movements: Movements::new(),
        }
    }
}

fn pair(debit: u128, credit: u128, amount: Option<&str>, credit_amount: Option<&str>) -> Pair {
    let parsed = |text: Option<&str>| text.map(|text| Amount::parse(text).unwrap());
    let id = |id: u128| OpenItemId::new(Uuid::from_u128(id));
    Pair { amount: parsed(amount), credit_amount: parsed(credit_amount), ..Pair::new(id(debit), id(credit)) }
}

fn open(allocator: &Allocator<'_>, id: u128) -> (Amount, Amount) {
    let item = &allocator.items[&OpenItemId::new(Uuid::from_u128(id))];
    (item.open_amount, item.open_company_amount)
}

#[test]
fn p1_and_p2_whole_and_partial_payment() {
    let books = Books::new();
    let items = vec![item(1, "SAR", "1150", "1150"), item(2, "SAR", "-1150", "-1150")];
    let mut allocator = books.allocator(AllocationKind::Payment, items);
    let allocation = allocator.allocate(pair(1, 2, None, None)).unwrap();
    assert_eq!(allocation.amount, amount("1150"));
    assert_eq!((open(&allocator, 1), open(&allocator, 2)), Default::default());
    assert!(allocator.movements.values().all(|sum| sum.is_zero()));
    assert_eq!(allocator.items.values().filter(|item| item.settled_on.is_some()).count(), 2);

    let items = vec![item(1, "SAR", "1150", "1150"), item(2, "SAR", "-500", "-500")];
    let mut allocator = books.allocator(AllocationKind::Payment, items);
    allocator.allocate(pair(1, 2, None, None)).unwrap();
    assert_eq!(open(&allocator, 1), (amount("650"), amount("650")));
}

/// P6, P7: what a payment at another rate leaves is a realised difference, and nothing remains at the end.
#[test]
fn p7_partial_payments_in_another_currency_leave_no_residue() {
    let books = Books::new();
    let items = vec![
        item(1, "USD", "1000", "3753.30"),
        item(2, "USD", "-333.33", "-1253.32"),
        item(3, "USD", "-333.33", "-1248.32"),
        item(4, "USD", "-333.34", "-1251.13"),
    ];
    let mut allocator = books.allocator(AllocationKind::Payment, items);
    let steps = [
        (2, "1251.09", "2.23", "666.67", "2502.21"),
        (3, "1251.09", "-2.77", "333.34", "1251.12"),
        (4, "1251.12", "0.01", "0", "0"),
    ];
    for (credit, released, gain, left, company_left) in steps {
        let allocation = allocator.allocate(pair(1, credit, None, None)).unwrap();
        assert_eq!(allocation.debit_company_amount, amount(released));
        assert_eq!(allocation.exchange_difference(), Some(amount(gain)));
        assert_eq!(open(&allocator, 1), (amount(left), amount(company_left)));
    }
    // 2.23 - 2.77 + 0.01 on the receivable; the exchange account takes the other side.
    assert_eq!(allocator.movements.values().copied().collect::<Vec<_>>(), [amount("-0.53")]);
}

#[test]
fn p8_one_receipt_over_two_invoices() {
    let books = Books::new();
    let items = vec![
        item(1, "EUR", "300", "1200"),
        item(2, "EUR", "250", "1012.50"),
        item(3, "EUR", "-500", "-2050"),
    ];
    let mut allocator = books.allocator(AllocationKind::Payment, items);
    let first = allocator.allocate(pair(1, 3, None, None)).unwrap();
    assert_eq!(first.exchange_difference(), Some(amount("30")));
    let second = allocator.allocate(pair(2, 3, None, None)).unwrap();
    assert_eq!(second.exchange_difference(), Some(amount("10")));
    assert_eq!(open(&allocator, 2), (amount("50"), amount("202.50")));
    assert_eq!(open(&allocator, 3), Default::default());
}

#[test]
fn p10_two_currencies_need_both_amounts() {
    let books = Books::new();
    let items = || vec![item(1, "USD", "1000", "3750"), item(2, "SAR", "-1000", "-1000")];
    let mut allocator = books.allocator(AllocationKind::Payment, items());
    let refused = allocator.allocate(pair(1, 2, Some("265"), None)).unwrap_err();
    assert_eq!(
        (refused[0].def, refused[0].pointer.as_str()),
        (&ALLOCATION_AMOUNTS_REQUIRED, "/creditAmount")
    );
    let allocation = allocator.allocate(pair(1, 2, Some("265"), Some("1000"))).unwrap();
    assert_eq!(allocation.debit_company_amount, amount("993.75"));
    assert_eq!(allocation.exchange_difference(), Some(amount("6.25")));
    assert_eq!(open(&allocator, 1), (amount("735"), amount("2756.25")));
}

#[test]
fn p11_netting_moves_the_payable_against_the_receivable() {
    let books = Books::new();
    let payable = AccountId::new(Uuid::from_u128(9));
    let bill = OpenItem { account: payable, ..item(2, "SAR", "-1725.50", "-1725.50") };
    let items = vec![item(1, "SAR", "2300", "2300"), bill];
    let mut allocator = books.allocator(AllocationKind::Netting, items);
    allocator.allocate(pair(1, 2, None, None)).unwrap();
    assert_eq!(open(&allocator, 1), (amount("574.50"), amount("574.50")));
    let movements: Vec<_> = allocator.movements.iter().map(|((account, _), sum)| (*account, *sum)).collect();
    let receivable = AccountId::new(Uuid::from_u128(1));
    assert_eq!(movements, [(receivable, amount("-1725.50")), (payable, amount("1725.50"))]);
}

#[test]
fn an_allocation_that_is_undone_gives_everything_back() {
    let books = Books::new();
    let items = vec![item(1, "USD", "1000", "3753.30"), item(2, "USD", "-333.33", "-1253.32")];
    let mut allocator = books.allocator(AllocationKind::Payment, items.clone());
    let allocation = allocator.allocate(pair(1, 2, None, None)).unwrap();
    allocator.undo(&allocation).unwrap();
    for item in items {
        assert_eq!(allocator.items[&item.id], item);
    }
    assert!(allocator.movements.values().all(|sum| sum.is_zero()));
}

#[test]
fn everything_wrong_with_a_pair_is_said_at_once() {
    let books = Books::new();
    let other =
        OpenItem { party: "C2".to_owned(), posting_date: day("2026-04-01"), ..item(2, "SAR", "50", "50") };
    let mut allocator = books.allocator(AllocationKind::Payment, vec![item(1, "SAR", "-10", "-10"), other]);
    let refused = allocator.allocate(pair(1, 2, Some("20"), None)).unwrap_err();
    let codes: Vec<_> =
        refused.iter().map(|violation| (violation.def.code, violation.pointer.as_str())).collect();
    assert_eq!(
        codes,
        [
            ("allocation_wrong_side", "/debitItemId"),
            ("allocation_wrong_side", "/creditItemId"),
            ("allocation_before_item", "/creditItemId"),
            ("allocation_parties_differ", "/creditItemId"),
            ("allocation_exceeds_open", "/amount"),
        ]
    );
}

#[test]
fn no_more_than_is_open_and_nothing_of_what_is_settled() {
    let books = Books::new();
    let items = vec![item(1, "SAR", "100", "100"), item(2, "SAR", "-60", "-60")];
    let mut allocator = books.allocator(AllocationKind::Payment, items);
    let refused = |allocator: &mut Allocator<'_>, amount| {
        allocator.allocate(pair(1, 2, Some(amount), None)).unwrap_err()[0].def.code
    };
    assert_eq!(refused(&mut allocator, "60.01"), "allocation_exceeds_open");
    assert_eq!(refused(&mut allocator, "0"), "allocation_amount_not_positive");
    assert_eq!(refused(&mut allocator, "-1"), "allocation_amount_not_positive");
    assert_eq!(refused(&mut allocator, "0.005"), "amount_scale_exceeded");
    allocator.allocate(pair(1, 2, Some("60"), None)).unwrap();
    let again = allocator.allocate(pair(1, 2, None, None)).unwrap_err();
    assert_eq!(again[0].def.code, "allocation_exceeds_open");
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever is allocated and undone in whatever order, each item has open what its live allocations left, the company
        /// amounts move by exactly the differences, and both remainders reach zero together.
        #[test]
        fn allocations_and_undos_keep_the_sub_ledger_true(
            amounts in prop::collection::vec((1_i64..1_000_000, 1_i64..1_000_000), 2..8),
            steps in prop::collection::vec((0_usize..8, 0_usize..8, 1_i64..500_000, any::<bool>()), 1..40),
        ) {
            let books = Books::new();
            let cents = |value: i64| Amount::from_scaled(value * 100);
            let items: Vec<OpenItem> = amounts.iter().enumerate().map(|(at, (own, company))| {
                let sign = if at % 2 == 0 { 1 } else { -1 };
                let (amount, company) = (cents(own * sign), cents(company * sign));
                OpenItem {
                    amount, company_amount: company, open_amount: amount, open_company_amount: company,
                    ..item(at as u128, "USD", "1", "1")
                }
            }).collect();
            let mut allocator = books.allocator(AllocationKind::Payment, items.clone());
            let mut live: Vec<Allocation> = Vec::new();
            for (debit, credit, amount, undo) in steps {
                if undo && !live.is_empty() {
                    let allocation = live.remove(debit % live.len());
                    prop_assert!(allocator.undo(&allocation).is_some());
                    continue;
                }
                let (debit, credit) = (debit % items.len(), credit % items.len());
                let pair = Pair::new(items[debit].id, items[credit].id).of(cents(amount));
                live.extend(allocator.allocate(pair).ok());
            }
            let mut movement = 0_i64;
            for item in &items {
                let now = &allocator.items[&item.id];
                let taken: i64 = live.iter().map(|a| {
                    if a.debit == item.id { a.amount.scaled() } else if a.credit == item.id { -a.credit_amount.scaled() } else { 0 }
                }).sum();
                prop_assert_eq!(now.open_amount.scaled(), item.amount.scaled() - taken);
                prop_assert_eq!(now.open_amount.is_zero(), now.open_company_amount.is_zero() && now.settled_on.is_some());
                prop_assert!(now.open_amount.scaled().signum() * item.amount.scaled().signum() >= 0);
                movement += now.open_company_amount.scaled() - item.company_amount.scaled();
            }
            let moved: i64 = allocator.movements.values().map(|sum| sum.scaled()).sum();
            prop_assert_eq!(moved, movement);
        }
    }
}
