//! Identities of every document (EN 16931: BR-CO-10, 13, 14, 15, 16 and 17).

use proptest::prelude::*;

use super::tests::currency;
use super::*;
use crate::money::{Percentage, Price, Quantity};
use crate::tax::category::TaxCategory;
use crate::tax::document::{Charge, Discount, Line};
use crate::tax::exemption::ExemptionReason;
use crate::tax::payable::Payable;

const CURRENCIES: [&str; 4] = ["SAR", "KWD", "JPY", "CLF"];

fn treatment() -> impl Strategy<Value = Treatment> {
    (0..5_usize, 1_i64..=1_000_000).prop_map(|(kind, any)| {
        let (category, rate, reason) = match kind {
            0 | 1 => (TaxCategory::Standard, 150_000, None),
            2 => (TaxCategory::Standard, any, None),
            3 => (TaxCategory::Zero, 0, Some(ExemptionReason::Medicines)),
            _ => (TaxCategory::Exempt, 0, None),
        };
        Treatment::new(category, Percentage::from_scaled(rate).unwrap(), reason).unwrap()
    })
}

/// At most the whole; amounts are shares here, because what there is is not known yet.
fn share() -> impl Strategy<Value = Option<Percentage>> {
    prop::option::of(prop_oneof![3 => 0_i64..=200_000, 1 => 0_i64..=1_000_000])
        .prop_map(|share| share.and_then(Percentage::from_scaled))
}

fn line(scale: u8) -> impl Strategy<Value = Line> {
    let quantity = prop_oneof![1_i64..1_000_000, (1_i64..1_000).prop_map(|whole| whole * 1_000_000)];
    let base =
        prop_oneof![4 => Just(Quantity::ONE), 1 => (1_i64..2_000_000_000).prop_map(Quantity::from_scaled)];
    let parts = (quantity, 0_i64..1_000_000_000, base, share(), 0_i64..500, treatment(), any::<bool>());
    parts.prop_map(move |(quantity, price, price_base_quantity, share, charge, tax, by_amount)| {
        let (quantity, unit_price) = (Quantity::from_scaled(quantity), Price::from_scaled(price));
        let whole = unit_price.amount_of(quantity, price_base_quantity, scale).unwrap();
        let discount = share.map(|share| match share.of(whole, scale) {
            Some(amount) if by_amount => Discount::Amount(amount),
            _ => Discount::Percent(share),
        });
        let charge = steps(charge, scale);
        Line { quantity, unit_price, price_base_quantity, discount, charge, tax }
    })
}

fn steps(steps: i64, scale: u8) -> Amount {
    Amount::from_scaled(steps * 10_i64.pow(4 - u32::from(scale)))
}

fn document() -> impl Strategy<Value = Document> {
    let currency = (0..CURRENCIES.len()).prop_map(|index| currency(CURRENCIES[index]));
    (currency, any::<bool>(), share()).prop_flat_map(|(currency, prices_include_vat, share)| {
        let charge = (0_i64..10_000, treatment())
            .prop_map(move |(amount, tax)| Charge { amount: steps(amount, currency.scale), tax });
        let parts = (prop::collection::vec(line(currency.scale), 1..20), prop::collection::vec(charge, 0..4));
        parts.prop_map(move |(lines, charges)| {
            let discount = share.map(Discount::Percent);
            Document { currency, prices_include_vat, lines, discount, charges }
        })
    })
}

/// The amount that a document's discount comes to, given as an amount instead of a share.
fn by_amount(document: &Document, found: &Calculation) -> Document {
    let lines: Amount = Amount::sum(found.lines.iter().map(|line| line.discount)).unwrap();
    let without = Document { discount: None, ..document.clone() };
    let own = Amount::sum(calculate(&without).unwrap().lines.iter().map(|line| line.discount)).unwrap();
    let spread = lines.checked_sub(own).unwrap();
    let discount = found.totals.discount.checked_add(spread).unwrap();
    Document { discount: document.discount.map(|_| Discount::Amount(discount)), ..document.clone() }
}

fn sum(amounts: impl IntoIterator<Item = Amount>) -> Amount {
    Amount::sum(amounts).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn the_parts_of_a_document_add_up(document in document()) {
        let found = calculate(&document).unwrap();
        let Totals { lines_net, discount, charges, net, vat, total } = found.totals;
        // BR-CO-10, BR-CO-12: lines and charges.
        prop_assert_eq!(lines_net, sum(found.lines.iter().map(|line| line.net)));
        prop_assert_eq!(charges, sum(found.charges.iter().map(|charge| charge.net)));
        // BR-CO-13: net = lines - discount + charges, for the document and for each group.
        let plus = |a: Amount, b: Amount| a.checked_add(b).unwrap();
        prop_assert_eq!(plus(net, discount), plus(lines_net, charges));
        for group in &found.groups {
            prop_assert_eq!(plus(group.taxable, group.discount), plus(group.lines_net, group.charges));
            prop_assert!(!group.taxable.is_negative() && !group.vat.is_negative());
        }
        // BR-CO-14 and BR-CO-15.
        prop_assert_eq!(vat, sum(found.groups.iter().map(|group| group.vat)));
        prop_assert_eq!(total, plus(net, vat));
        // Line by line.
        for line in &found.lines {
            prop_assert_eq!(line.gross, plus(line.net, line.vat));
            prop_assert!(!line.net.is_negative() && !line.vat.is_negative());
            for amount in [line.amount, line.discount, line.net, line.vat] {
                prop_assert!(amount.fits(document.currency.scale));
            }
        }
    }

    #[test]
    fn the_vat_of_a_group_is_near_its_rate(document in document()) {
        let found = calculate(&document).unwrap();
        let step = document.currency.minor_unit().scaled();
        for group in &found.groups {
            let of_group = |tax: &Treatment| (tax.category(), tax.rate()) == (group.category, group.rate);
            let lines = document.lines.iter().filter(|line| of_group(&line.tax)).count();
            let charges = document.charges.iter().filter(|charge| of_group(&charge.tax)).count();
            let exact = i128::from(group.taxable.scaled()) * i128::from(group.rate.scaled());
            let off = (i128::from(group.vat.scaled()) * 1_000_000 - exact).abs();
            let bound = i128::from(step) * i128::try_from(lines + charges).unwrap() * 1_000_000;
            prop_assert!(off <= bound, "{group:?}");
            if !document.prices_include_vat {
                prop_assert!(2 * off <= i128::from(step) * 1_000_000, "half a step: {group:?}");
            }
        }
    }

    #[test]
    fn prices_with_vat_come_to_what_was_asked_for(document in document()) {
        let document = Document { prices_include_vat: true, ..document };
        let found = calculate(&document).unwrap();
        let line = |line: &crate::tax::document::LineTax| {
            line.amount.checked_sub(line.discount).and_then(|rest| rest.checked_add(line.charge)).unwrap()
        };
        let asked = sum(found.lines.iter().map(line).chain(document.charges.iter().map(|charge| charge.amount)));
        prop_assert_eq!(found.totals.total, asked);
        for (found, line) in found.lines.iter().map(|found| (found, line(found))) {
            prop_assert_eq!(found.gross, line);
        }
    }

    #[test]
    fn a_discount_is_the_same_as_share_and_as_amount(document in document()) {
        let found = calculate(&document).unwrap();
        prop_assert_eq!(calculate(&by_amount(&document, &found)).unwrap(), found);
    }

    /// BR-CO-16.
    #[test]
    fn what_is_payable_is_total_less_prepaid_plus_rounding(
        total in 0_i64..1_000_000_000, share in 0_i64..=1_000_000, step in prop::option::of(1_i64..100_000),
    ) {
        let total = steps(total, 2);
        let prepaid = Percentage::from_scaled(share).unwrap().of(total, 2).unwrap();
        let found = Payable::of(total, prepaid, step.map(|step| steps(step, 2)), currency("SAR")).unwrap();
        let payable = total.checked_sub(prepaid).unwrap().checked_add(found.rounding).unwrap();
        prop_assert_eq!(found.payable, payable);
        match step {
            None => prop_assert!(found.rounding.is_zero()),
            Some(step) => {
                prop_assert_eq!(payable.scaled() % (step * 100), 0);
                prop_assert!(2 * found.rounding.scaled().abs() <= step * 100);
            }
        }
    }

    /// Whatever is asked, the answer is amounts or errors.
    #[test]
    fn nothing_panics(
        numbers in prop::collection::vec((any::<i64>(), any::<i64>(), any::<i64>(), any::<i64>()), 1..5),
        discount in any::<i64>(), inclusive in any::<bool>(), tax in treatment(),
    ) {
        let line = |(quantity, price, base, charge): (i64, i64, i64, i64)| Line {
            quantity: Quantity::from_scaled(quantity),
            unit_price: Price::from_scaled(price),
            price_base_quantity: Quantity::from_scaled(base),
            discount: Some(Discount::Amount(Amount::from_scaled(discount))),
            charge: Amount::from_scaled(charge),
            tax,
        };
        let lines: Vec<Line> = numbers.iter().copied().map(line).collect();
        let charge = |(amount, ..): &(i64, i64, i64, i64)| Charge { amount: Amount::from_scaled(*amount), tax };
        let document = Document {
            currency: currency("CLF"),
            prices_include_vat: inclusive,
            lines,
            discount: Some(Discount::Amount(Amount::from_scaled(discount))),
            charges: numbers.iter().map(charge).collect(),
        };
        if let Err(violations) = calculate(&document) {
            prop_assert!(!violations.is_empty());
        }
    }
}
