//! Lines of notes that take quantity and price of the corrected line are worth what the document made of it: with its discount and
//! its charges.

use super::*;

struct Side {
    invoices: &'static str,
    notes: &'static str,
    party: &'static str,
    taxed: &'static str,
    zero: &'static str,
}

const SIDES: [Side; 2] = [
    Side {
        invoices: "/sales-invoices",
        notes: "/sales-credit-notes",
        party: "C001",
        taxed: "S15",
        zero: "Z-MED",
    },
    Side {
        invoices: "/purchase-invoices",
        notes: "/purchase-credit-notes",
        party: "V001",
        taxed: "P15",
        zero: "PZ",
    },
];

impl Side {
    async fn charge(&self, client: &Client, number: &str, lines: &[Value], more: Value) -> Value {
        let mut body = json!({
            "partyCode": self.party, "documentDate": "2026-03-15", "postingDate": "2026-03-15", "lines": lines, "post": true,
        });
        if self.party == "V001" {
            body["supplierNumber"] = json!(number);
        }
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        posted(client, self.invoices, body).await
    }

    async fn back(&self, client: &Client, of: &Value, number: &str, more: Value) -> Answer {
        let mut body = json!({
            "correctsId": of["id"], "reason": "Returned", "documentDate": "2026-03-20", "postingDate": "2026-03-20", "post": true,
        });
        if self.party == "V001" {
            body["supplierNumber"] = json!(number);
        }
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        client.post(self.notes, body).await
    }
}

fn of_line(number: u32, quantity: &str) -> Value {
    json!({ "lines": [{ "correctsLineNo": number, "quantity": quantity }] })
}

#[tokio::test]
async fn a_returned_line_is_worth_what_was_paid_for_it() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    for side in SIDES {
        let lines = [line("3", "100", side.taxed), line("1", "50", side.taxed)];
        let sold = side.charge(client, "A-1", &lines, json!({ "discountPercent": "10" })).await;
        let first = side.back(client, &sold, "N-1", of_line(1, "3")).await.expect(201).json();
        assert_eq!(totals(&first), "270.00 | 40.50 | 310.50", "{first}");
        assert_eq!(first["totals"]["discount"], "30.00");
        let second = side.back(client, &sold, "N-2", of_line(2, "1")).await.expect(201).json();
        assert_eq!(totals(&second), "45.00 | 6.75 | 51.75", "{second}");

        let lines = [line("3", "100", side.taxed), line("1", "50", side.zero)];
        let sold = side.charge(client, "A-2", &lines, json!({ "discountPercent": "10" })).await;
        let one = side.back(client, &sold, "N-3", of_line(1, "1")).await.expect(201).json();
        assert_eq!(totals(&one), "90.00 | 13.50 | 103.50", "{one}");

        // A price or a discount of its own counts as it is written.
        let own = json!({ "lines": [{ "correctsLineNo": 1, "quantity": "1", "unitPrice": "80" }] });
        let own = side.back(client, &sold, "N-4", own).await.expect(201).json();
        assert_eq!(totals(&own), "80.00 | 12.00 | 92.00", "{own}");
        let mut own = of_line(1, "1");
        own["discountPercent"] = json!("20");
        let own = side.back(client, &sold, "N-5", own).await.expect(201).json();
        assert_eq!(totals(&own), "80.00 | 12.00 | 92.00", "{own}");
    }
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn charges_come_back_with_the_lines_unless_the_note_names_its_own() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    for side in SIDES {
        let freight =
            |amount: &str| json!([{ "description": "Freight", "amount": amount, "taxCode": side.taxed }]);
        let lines = [line("4", "112.45", side.taxed)];
        let sold = side.charge(client, "F-1", &lines, json!({ "charges": freight("25.00") })).await;
        assert_eq!(totals(&sold), "474.80 | 71.22 | 546.02");
        let one = side.back(client, &sold, "N-1", of_line(1, "1")).await.expect(201).json();
        assert_eq!(
            (totals(&one).as_str(), &one["totals"]["charges"]),
            ("118.70 | 17.81 | 136.51", &json!("6.25"))
        );
        let mut without = of_line(1, "1");
        without["charges"] = freight("0");
        let without = side.back(client, &sold, "N-2", without).await.expect(201).json();
        assert_eq!(totals(&without), "112.45 | 16.87 | 129.32");
        // The rest takes what that left.
        let rest = side.back(client, &sold, "N-3", json!({})).await.expect(201).json();
        assert_eq!(totals(&rest), "243.65 | 36.54 | 280.19", "{rest}");
    }
    agree(client, "2026-12-31").await;
}

/// Piece by piece, line by line: the notes come to the document, to the halala, whatever rounding did on the way.
#[tokio::test]
async fn notes_of_all_parts_come_to_the_document() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let hundredths = |value: &Value| text(value).replace('.', "").parse::<i64>().unwrap();
    for (nth, side) in SIDES.into_iter().enumerate() {
        for (round, inclusive) in [false, true].into_iter().enumerate() {
            for (kind, discount) in
                [json!({ "discountPercent": "7.5" }), json!({ "discountAmount": "10.01" })]
                    .into_iter()
                    .enumerate()
            {
                let mut cheap = line("7", "0.333", side.taxed);
                cheap["discountPercent"] = json!("3");
                let lines = [line("3", "33.33", side.taxed), cheap, line("2", "19.99", side.zero)];
                let mut more = json!({ "pricesIncludeVat": inclusive, "charges": [
                    { "description": "Freight", "amount": "10.00", "taxCode": side.taxed },
                    { "description": "Papers", "amount": "0.10", "taxCode": side.zero },
                ] });
                more.as_object_mut().unwrap().extend(discount.as_object().unwrap().clone());
                let name = format!("{nth}-{round}-{kind}");
                let sold = side.charge(client, &format!("S-{name}"), &lines, more).await;
                let mut left = ["net", "vat", "total"].map(|total| hundredths(&sold["totals"][total]));
                for (number, quantity) in [(1, 3), (2, 7), (3, 2)] {
                    for piece in 0..quantity {
                        let note = format!("N-{name}-{number}-{piece}");
                        let note = side.back(client, &sold, &note, of_line(number, "1")).await.expect(201);
                        for (left, total) in left.iter_mut().zip(["net", "vat", "total"]) {
                            *left -= hundredths(&note.json()["totals"][total]);
                            assert!(*left >= 0, "{name}: {}", note.text());
                        }
                    }
                }
                assert_eq!(left, [0, 0, 0], "{name}: {sold}");
                let none = side.back(client, &sold, &format!("N-{name}"), json!({})).await;
                assert_eq!(none.code(), "nothing_left_to_credit", "{}", none.text());
            }
        }
    }
    agree(client, "2026-12-31").await;
}
