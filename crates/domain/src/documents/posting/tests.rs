//! The worked examples of what documents post (T12–T15), and that every entry balances.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::money::{Currency, Price, Quantity};
use crate::tax::calculate::calculate;
use crate::tax::category::{TaxCategory, Treatment};
use crate::tax::document::{Charge, Discount, Document, Line};

fn account(n: u128) -> AccountId {
    AccountId::new(Uuid::from_u128(n))
}
const RECEIVABLE: u128 = 1121;
const PAYABLE: u128 = 2111;
const COST: u128 = 5;

fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}
fn percent(text: &str) -> Percentage {
    Percentage::parse(text).unwrap()
}
fn code(n: u128) -> CodeTax {
    CodeTax {
        code: format!("C{n}"),
        vat: VatAccount { account: Some(account(n)), return_box: Code::parse("1").ok() },
        recoverable: Percentage::HUNDRED,
        irrecoverable: None,
        reverse_charge: None,
    }
}

fn standard() -> Treatment {
    Treatment::new(TaxCategory::Standard, percent("15"), None).unwrap()
}

fn document(lines: &[(&str, Treatment)], discount: Option<&str>, inclusive: bool) -> Document {
    let line = |(price, tax): &(&str, Treatment)| Line {
        quantity: Quantity::ONE,
        unit_price: Price::parse(price).unwrap(),
        price_base_quantity: Quantity::ONE,
        discount: None,
        charge: Amount::ZERO,
        tax: *tax,
    };
    Document {
        currency: Currency::iso(CurrencyCode::parse("SAR").unwrap()),
        prices_include_vat: inclusive,
        lines: lines.iter().map(line).collect(),
        discount: discount.map(|text| Discount::Amount(amount(text))),
        charges: Vec::new(),
    }
}

/// Posts a document whose lines have the account and the code of their number.
fn posted(
    document_type: DocumentType,
    document: &Document,
    codes: &[CodeTax],
    of_line: &[usize],
) -> DocumentLines {
    let calculation = calculate(document).unwrap();
    let groups = |tax: &Treatment| {
        let fits = |group: &Group| group.category == tax.category() && group.rate == tax.rate();
        calculation.groups.iter().position(fits).unwrap()
    };
    let nets = calculation.lines.iter().map(|line| line.net).zip(document.lines.iter().map(|line| line.tax));
    let nets = nets.chain(
        calculation
            .charges
            .iter()
            .map(|charge| charge.net)
            .zip(document.charges.iter().map(|charge| charge.tax)),
    );
    let mut parts: Vec<Part> = nets
        .enumerate()
        .map(|(index, (net, tax))| Part {
            account: account(COST + index as u128),
            dimensions: DimensionCombination::EMPTY,
            dimension_set: DimensionSetId::EMPTY,
            group: groups(&tax),
            code: of_line[index],
            net,
        })
        .collect();
    spread_discounts(&mut parts, document.lines.len(), &calculation, 2).unwrap();
    let party_account = if document_type.side() == TradeSide::Sale { RECEIVABLE } else { PAYABLE };
    let due = Due { amount: calculation.totals.total, date: NaiveDate::MIN, discount: None };
    DocumentPosting {
        document_type,
        currency: document.currency.code,
        scale: 2,
        rate: None,
        company_scale: 2,
        party: "C001",
        party_account: account(party_account),
        reference: None,
        dues: &[due],
        groups: &calculation.groups,
        parts: &parts,
        codes,
        deductions: &[],
        tax_only: &[],
    }
    .lines()
    .unwrap()
}

/// The lines as (account, debit, credit).
fn shown(posted: &DocumentLines) -> Vec<(u128, String, String)> {
    let columns = |line: &NewLine| {
        let (debit, credit) = line.amount.columns();
        (line.account.uuid().as_u128(), debit.display(2), credit.display(2))
    };
    posted.lines.iter().map(columns).collect()
}

fn row(account: u128, debit: &str, credit: &str) -> (u128, String, String) {
    (account, amount(debit).display(2), amount(credit).display(2))
}

#[test]
fn an_invoice_debits_the_customer_and_its_note_credits_him() {
    let document = document(&[("100.00", standard())], None, false);
    let invoice = posted(DocumentType::SalesInvoice, &document, &[code(2131)], &[0]);
    let expected = [row(RECEIVABLE, "115", "0"), row(COST, "0", "100"), row(2131, "0", "15")];
    assert_eq!(shown(&invoice), expected);
    assert_eq!((invoice.vat[0].base, invoice.vat[0].vat), (amount("100"), amount("15")));
    let note = posted(DocumentType::SalesCreditNote, &document, &[code(2131)], &[0]);
    let expected = [row(RECEIVABLE, "0", "115"), row(COST, "100", "0"), row(2131, "15", "0")];
    assert_eq!(shown(&note), expected);
    assert_eq!((note.vat[0].base, note.vat[0].vat), (amount("-100"), amount("-15")));
}

/// A group's VAT is one amount: the codes in it share it without losing a halala.
#[test]
fn codes_of_one_group_share_its_vat() {
    let lines = [("0.10", standard()), ("0.10", standard()), ("0.10", standard())];
    let codes = [code(2131), code(2139)];
    let posted = posted(DocumentType::SalesInvoice, &document(&lines, None, false), &codes, &[0, 1, 1]);
    let vat: Vec<Amount> = posted.vat.iter().map(|vat| vat.vat).collect();
    assert_eq!(vat, [amount("0.02"), amount("0.03")]);
}

#[test]
fn a_discount_of_the_document_lowers_what_its_lines_are_posted_with() {
    let zero = Treatment::new(TaxCategory::Zero, Percentage::ZERO, None).unwrap();
    let lines = [("100.00", standard()), ("50.00", zero)];
    let posted = posted(
        DocumentType::SalesInvoice,
        &document(&lines, Some("10.00"), false),
        &[code(2131), code(9)],
        &[0, 1],
    );
    // T5.
    let expected = [
        row(RECEIVABLE, "154", "0"),
        row(COST, "0", "93.33"),
        row(COST + 1, "0", "46.67"),
        row(2131, "0", "14"),
    ];
    assert_eq!(shown(&posted), expected);
    assert_eq!(posted.vat[1].base, amount("46.67"));
}

/// T14.
#[test]
fn reverse_charge_is_owed_and_recovered_and_not_paid_to_the_supplier() {
    let document = document(&[("10000.00", Treatment::NOTHING)], None, false);
    for (recoverable, input, cost) in [("100", "1500", "10000"), ("80", "1200", "10300")] {
        let output = VatAccount { account: Some(account(2132)), return_box: None };
        let code = CodeTax {
            recoverable: percent(recoverable),
            reverse_charge: Some((output, percent("15"))),
            ..code(1153)
        };
        let posted = posted(DocumentType::PurchaseInvoice, &document, &[code], &[0]);
        let expected =
            [row(PAYABLE, "0", "10000"), row(COST, cost, "0"), row(2132, "0", "1500"), row(1153, input, "0")];
        assert_eq!(shown(&posted), expected);
    }
}

/// T15.
#[test]
fn what_is_not_recovered_goes_to_the_cost_or_to_an_account() {
    let part = CodeTax { recoverable: percent("60"), ..code(1151) };
    let blocked = CodeTax { recoverable: Percentage::ZERO, irrecoverable: Some(account(6280)), ..code(1151) };
    let lines = [("1000.00", standard()), ("400.00", standard())];
    let posted =
        posted(DocumentType::PurchaseInvoice, &document(&lines, None, false), &[part, blocked], &[0, 1]);
    let expected = [
        row(PAYABLE, "0", "1610"),
        row(COST, "1060", "0"),
        row(COST + 1, "400", "0"),
        row(1151, "90", "0"),
        row(6280, "60", "0"),
    ];
    assert_eq!(shown(&posted), expected);
    let entries: Vec<_> =
        posted.vat.iter().map(|vat| (vat.base, vat.vat, vat.return_box.is_some())).collect();
    let entry = |base, vat, boxed| (amount(base), amount(vat), boxed);
    assert_eq!(entries, [entry("600", "90", true), entry("400", "60", false), entry("400", "60", false)]);
}

proptest! {
    /// Whatever its lines, discounts, charges and codes, a document's entry balances and its VAT is that of its groups.
    #[test]
    fn entries_balance(
        lines in prop::collection::vec((1_i64..10_000_000, 0_usize..3), 1..12),
        discount in 0_i64..100,
        charge in 0_i64..100_000,
        inclusive in any::<bool>(),
        recoverable in 0_i64..=100,
        type_index in 0_usize..5,
    ) {
        let treatments = [standard(), Treatment::new(TaxCategory::Zero, Percentage::ZERO, None).unwrap(), standard()];
        let line = |(price, code): &(i64, usize)| Line {
            quantity: Quantity::ONE,
            unit_price: Price::from_scaled(price * 10_000),
            price_base_quantity: Quantity::ONE,
            discount: None,
            charge: Amount::ZERO,
            tax: treatments[*code],
        };
        let document = Document {
            currency: Currency::iso(CurrencyCode::parse("SAR").unwrap()),
            prices_include_vat: inclusive,
            lines: lines.iter().map(line).collect(),
            discount: Some(Discount::Percent(Percentage::from_scaled(discount * 10_000).unwrap())),
            charges: vec![Charge { amount: Amount::from_scaled(charge * 100), tax: treatments[2] }],
        };
        let mut of_line: Vec<usize> = lines.iter().map(|(_, code)| *code).collect();
        of_line.push(2);
        let codes: Vec<CodeTax> = (0..3)
            .map(|n| CodeTax { recoverable: Percentage::from_scaled(recoverable * 10_000).unwrap(), ..code(2131 + n) })
            .collect();
        let document_type = DocumentType::ALL[type_index];
        let posted = posted(document_type, &document, &codes, &of_line);
        let sum = |side: fn((Amount, Amount)) -> Amount| {
            Amount::sum(posted.lines.iter().map(|line| side(line.amount.columns()))).unwrap()
        };
        prop_assert_eq!(sum(|(debit, _)| debit), sum(|(_, credit)| credit));
        let vat = Amount::sum(posted.vat.iter().map(|vat| vat.vat.abs())).unwrap();
        prop_assert_eq!(vat, calculate(&document).unwrap().totals.vat);
    }
}
