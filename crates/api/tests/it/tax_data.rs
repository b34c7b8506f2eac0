//! The calculation of taxes on worked examples and on sales of real companies, whose figures were computed independently.

use std::collections::BTreeMap;
use std::path::PathBuf;

use domain::money::{Amount, Currency, CurrencyCode, Percentage, Price, Quantity};
use domain::tax::calculate::calculate;
use domain::tax::category::{TaxCategory, Treatment};
use domain::tax::document::{Calculation, Charge, Discount, Document, Line};
use domain::tax::exemption::ExemptionReason;
use serde_json::Value;

fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

fn percent(text: &str) -> Percentage {
    Percentage::parse(text).unwrap()
}

fn tax(category: &str, rate: &str, reason: Option<&str>) -> Treatment {
    let reason = reason.map(|reason| ExemptionReason::parse(reason).unwrap());
    Treatment::new(TaxCategory::parse(category).unwrap(), percent(rate), reason).unwrap()
}

fn line(quantity: &str, price: &str, tax: Treatment) -> Line {
    Line {
        quantity: Quantity::parse(quantity).unwrap(),
        unit_price: Price::parse(price).unwrap(),
        price_base_quantity: Quantity::ONE,
        discount: None,
        charge: Amount::ZERO,
        tax,
    }
}

fn document(lines: Vec<Line>, prices_include_vat: bool) -> Document {
    let currency = Currency::iso(CurrencyCode::parse("SAR").unwrap());
    Document { currency, prices_include_vat, lines, discount: None, charges: Vec::new() }
}

/// Net, VAT and total as the files write them.
fn totals(calculation: &Calculation) -> [String; 3] {
    let totals = &calculation.totals;
    [totals.net, totals.vat, totals.total].map(|amount| amount.display(2))
}

/// The rows of a file, each as its columns by name.
fn rows(path: PathBuf) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect()
}

fn by_document(rows: Vec<BTreeMap<String, String>>) -> BTreeMap<String, Vec<BTreeMap<String, String>>> {
    let mut documents: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for row in rows {
        documents.entry(row["document"].clone()).or_default().push(row);
    }
    documents
}

fn example(input: &Value) -> Document {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let one = |of: &Value| {
        let [quantity, price, category, rate] =
            ["qty", "price", "cat", "rate"].map(|name| text(&of[name]).unwrap());
        let base = text(&of["base"]).map_or(Quantity::ONE, |base| Quantity::parse(&base).unwrap());
        let discount = text(&of["discPct"]).map(|share| Discount::Percent(percent(&share)));
        let tax = tax(&category, &rate, text(&of["reason"]).as_deref());
        Line { price_base_quantity: base, discount, ..line(&quantity, &price, tax) }
    };
    let lines = input["lines"].as_array().unwrap().iter().map(one).collect();
    let discount = input["documentDiscount"].as_array().map(|discount| {
        let value = discount[1].as_str().unwrap();
        match discount[0].as_str().unwrap() {
            "percent" => Discount::Percent(percent(value)),
            _ => Discount::Amount(amount(value)),
        }
    });
    let charge = |of: &Value| {
        let [value, category, rate] = [0, 1, 2].map(|index| of[index].as_str().unwrap());
        Charge { amount: amount(value), tax: tax(category, rate, None) }
    };
    let charges = input["charges"].as_array().unwrap().iter().map(charge).collect();
    let document = document(lines, input["pricesIncludeVat"].as_bool().unwrap());
    Document { discount, charges, ..document }
}

#[test]
fn every_worked_example_comes_out() {
    let Some(folder) = testkit::data::shared("trade/vectors") else { return };
    let file = std::fs::read(folder.join("tax.json")).unwrap();
    let examples: BTreeMap<String, Value> = serde_json::from_slice(&file).unwrap();
    assert_eq!(examples.len(), 12);
    for (name, example_of) in examples {
        let (found, expected) = (calculate(&example(&example_of["input"])).unwrap(), &example_of["expected"]);
        let text = |name: &str| expected[name].as_str().unwrap().to_owned();
        assert_eq!(totals(&found), [text("totalExcl"), text("totalVat"), text("totalIncl")], "{name}");
        let lines = expected["lines"].as_array().unwrap();
        assert_eq!(found.lines.len(), lines.len(), "{name}");
        for (found, expected) in found.lines.iter().zip(lines) {
            let shown = [found.amount, found.discount, found.net, found.vat].map(|amount| amount.display(2));
            assert_eq!(
                shown,
                ["gross", "discount", "net", "vatShown"].map(|of| expected[of].as_str().unwrap()),
                "{name}"
            );
        }
        let groups = expected["groups"].as_array().unwrap();
        assert_eq!(found.groups.len(), groups.len(), "{name}");
        for (found, expected) in found.groups.iter().zip(groups) {
            let shown = [
                found.category.to_string(),
                found.rate.to_string(),
                found.taxable.display(2),
                found.vat.display(2),
            ];
            assert_eq!(
                shown,
                ["category", "rate", "taxable", "vat"].map(|of| expected[of].as_str().unwrap()),
                "{name}"
            );
            assert_eq!(found.reason.map(ExemptionReason::as_str), expected["reason"].as_str(), "{name}");
        }
    }
}

/// 809 invoices with discounts and freight, under both readings of their prices.
#[test]
fn northwind_is_right_to_the_cent() {
    let Some(folder) = testkit::data::shared("trade/northwind") else { return };
    let lines = by_document(rows(folder.join("order_lines.csv")));
    let freight: BTreeMap<_, _> = rows(folder.join("orders.csv"))
        .into_iter()
        .map(|order| (order["document"].clone(), order["freight"].clone()))
        .collect();
    let standard = tax("S", "15", None);
    let expected = rows(folder.join("expected_invoices.csv"));
    assert_eq!(expected.len(), 809);
    let (mut vat, mut summed_otherwise) = (Amount::ZERO, 0);
    for invoice in &expected {
        let number = &invoice["document"];
        let one = |row: &BTreeMap<String, String>| {
            let discount = Some(Discount::Percent(percent(&row["discount_percent"])));
            Line { discount, ..line(&row["quantity"], &row["unit_price"], standard) }
        };
        let charges = vec![Charge { amount: amount(&freight[number]), tax: standard }];
        let without = Document { charges, ..document(lines[number].iter().map(one).collect(), false) };
        let found = calculate(&without).unwrap();
        assert_eq!(totals(&found), ["taxable", "vat", "total"].map(|of| invoice[of].as_str()), "{number}");
        assert_eq!(found.totals.lines_net.display(2), invoice["lines_net"], "{number}");
        assert_eq!(found.totals.charges.display(2), invoice["charge"], "{number}");
        vat = vat.checked_add(found.totals.vat).unwrap();
        let shown =
            found.lines.iter().map(|line| line.vat).chain(found.charges.iter().map(|charge| charge.vat));
        summed_otherwise += usize::from(Amount::sum(shown) != Some(found.totals.vat));

        let found = calculate(&Document { prices_include_vat: true, ..without }).unwrap();
        let names = ["net", "vat", "total"].map(|of| format!("{of}_if_prices_include_vat"));
        assert_eq!(totals(&found), names.map(|name| invoice[&name].as_str()), "{number}");
    }
    assert_eq!(vat, amount("195571.75"));
    assert_eq!(summed_otherwise, 163, "documents whose VAT is not the sum of their lines' VAT");
}

/// Four days of a shop: 468 documents, under both readings of their prices, and the totals of the days.
#[test]
fn online_retail_is_right_to_the_cent() {
    let Some(folder) = testkit::data::shared("trade/online-retail") else { return };
    let lines = by_document(rows(folder.join("lines.csv")));
    let standard = tax("S", "15", None);
    let expected = rows(folder.join("expected_documents.csv"));
    assert_eq!(expected.len(), 468);
    let mut days: BTreeMap<String, [i64; 2]> = BTreeMap::new();
    for document_of in &expected {
        let number = &document_of["document"];
        let own: Vec<_> = lines[number].iter().filter(|row| row["kind"] == document_of["kind"]).collect();
        assert_eq!(own.len().to_string(), document_of["lines"], "{number}");
        let own: Vec<Line> =
            own.iter().map(|row| line(&row["quantity"], &row["unit_price"], standard)).collect();
        for (reading, prices_include_vat) in [("include", true), ("exclude", false)] {
            let found = calculate(&document(own.clone(), prices_include_vat)).unwrap();
            let names = ["net", "vat", "total"].map(|of| format!("{of}_if_prices_{reading}_vat"));
            assert_eq!(totals(&found), names.map(|name| document_of[&name].as_str()), "{number}");
            if prices_include_vat {
                let sign = if document_of["kind"] == "credit_note" { -1 } else { 1 };
                let day = days.entry(document_of["document_date"].clone()).or_default();
                day[0] += sign * found.totals.net.scaled();
                day[1] += sign * found.totals.vat.scaled();
            }
        }
    }
    for day in rows(folder.join("expected_days.csv")) {
        let expected = ["net", "vat"].map(|of| amount(&day[&format!("{of}_if_prices_include_vat")]).scaled());
        assert_eq!(days[&day["document_date"]], expected, "{}", day["document_date"]);
    }
}

/// The standard's list of reasons, each with its category.
#[test]
fn reasons_are_those_of_the_e_invoicing_standard() {
    let Some(folder) = testkit::data::shared("zatca") else { return };
    let listed: BTreeMap<String, String> = rows(folder.join("vatex.csv"))
        .into_iter()
        .map(|row| (row["code"].clone(), row["category"].clone()))
        .collect();
    let ours: BTreeMap<String, String> = ExemptionReason::ALL
        .iter()
        .map(|reason| (reason.to_string(), reason.category().to_string()))
        .collect();
    assert_eq!(ours, listed);
}
