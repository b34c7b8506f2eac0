//! Lines in units that round: they close, they keep what their unit was worth, and their item and tax (R51, R52, R73).

use super::*;

/// An item whose box is a third of a kilogram, and one whose box is twelve pieces.
async fn items(client: &Client) -> [Value; 2] {
    let item = |code: &str, base: &str, (numerator, denominator): (u32, u32)| {
        json!({
            "code": code, "name": { "en": code }, "kind": "non_stock", "categoryCode": "GOODS", "baseUnitCode": base,
            "units": [{ "unitCode": "BX", "numerator": numerator, "denominator": denominator }],
        })
    };
    let flour = posted(client, "/items", item("FLOUR", "KGM", (1, 3))).await;
    [flour, posted(client, "/items", item("PEN", "PCE", (12, 1))).await]
}

fn boxes(item: &str, quantity: &str, price: &str, tax_code: &str) -> Value {
    json!({ "itemCode": item, "unitCode": "BX", "quantity": quantity, "unitPrice": price, "taxCode": tax_code })
}

async fn progress(client: &Client, path: &str, member: &str) -> String {
    text(&client.get(path).await.ok()["lines"][0]["progress"][member]).to_owned()
}

/// C13: seven thirds are invoiced one by one, and nothing is left that could be invoiced once more.
#[tokio::test]
async fn the_last_part_takes_what_rounding_left() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    items(client).await;
    let order = json!({
        "partyCode": "C001", "documentDate": "2026-03-10", "confirm": true,
        "lines": [boxes("FLOUR", "7", "1000.00", "S15")],
    });
    let order = posted(client, "/sales-orders", order).await;
    let path = format!("/sales-orders/{}", id(&order));
    let one =
        json!({ "lines": [{ "lineNo": 1, "quantity": "1" }], "documentDate": "2026-03-15", "post": true });
    for _ in 0..7 {
        let part = posted(client, &format!("{path}/invoice"), one.clone()).await;
        assert_eq!(totals(&part), "1000.00 | 150.00 | 1150.00");
    }
    let read = client.get(&path).await.ok();
    assert_eq!(
        (&read["billingState"], progress(client, &path, "toInvoice").await),
        (&json!("full"), "0".to_owned())
    );
    let more = client.post(&format!("{path}/invoice"), json!({ "post": true })).await;
    assert_eq!(more.code(), "nothing_open", "{}", more.text());
}

#[tokio::test]
async fn receipts_have_the_decimals_of_the_base_unit_and_the_last_one_takes_the_rest() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    items(client).await;
    let order = json!({
        "partyCode": "V001", "documentDate": "2026-03-10", "confirm": true,
        "lines": [boxes("FLOUR", "7", "1000.00", "P15")],
    });
    let order = posted(client, "/purchase-orders", order).await;
    let path = format!("/purchase-orders/{}", id(&order));
    for received in ["0.333", "0.666", "0.999", "1.332", "1.665", "1.998", "2.333"] {
        let one = json!({ "lines": [{ "lineNo": 1, "quantity": "1" }] });
        with_etag(client, "POST", &format!("{path}/receive"), one).await.expect(200);
        assert_eq!(progress(client, &path, "delivered").await, received);
    }
    let billing = json!({ "supplierNumber": "A-1", "documentDate": "2026-03-20", "postingDate": "2026-03-20", "post": true });
    let bill = posted(client, &format!("{path}/invoice"), billing).await;
    assert_eq!(totals(&bill), "7000.00 | 1050.00 | 8050.00");
}

/// A box becomes smaller, or is no unit of the item any more: what was ordered stays what it was.
#[tokio::test]
async fn an_order_keeps_what_its_unit_was_worth() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let [_, pen] = items(client).await;
    let order = |party: &str, tax_code: &str| {
        json!({
            "partyCode": party, "documentDate": "2026-03-10", "confirm": true,
            "lines": [boxes("PEN", "2", "120.00", tax_code)],
        })
    };
    let sold = posted(client, "/sales-orders", order("C001", "S15")).await;
    let bought = posted(client, "/purchase-orders", order("V001", "P15")).await;
    let (sales, purchases) =
        (format!("/sales-orders/{}", id(&sold)), format!("/purchase-orders/{}", id(&bought)));
    let smaller = json!({ "units": [{ "unitCode": "BX", "numerator": 10, "denominator": 1 }] });
    with_etag(client, "PATCH", &format!("/items/{}", id(&pen)), smaller).await.expect(200);
    let one =
        json!({ "lines": [{ "lineNo": 1, "quantity": "1" }], "documentDate": "2026-03-15", "post": true });
    let first = posted(client, &format!("{sales}/invoice"), one).await;
    assert_eq!(
        (totals(&first).as_str(), progress(client, &sales, "invoiced").await),
        ("120.00 | 18.00 | 138.00", "12".to_owned())
    );
    with_etag(client, "PATCH", &format!("/items/{}", id(&pen)), json!({ "units": [] })).await.expect(200);
    let rest =
        posted(client, &format!("{sales}/invoice"), json!({ "documentDate": "2026-03-15", "post": true }))
            .await;
    assert_eq!(
        (totals(&rest).as_str(), progress(client, &sales, "toInvoice").await),
        ("120.00 | 18.00 | 138.00", "0".to_owned())
    );
    with_etag(client, "POST", &format!("{purchases}/receive"), json!({})).await.expect(200);
    let billing = json!({ "supplierNumber": "A-1", "documentDate": "2026-03-20", "postingDate": "2026-03-20", "post": true });
    let bill = posted(client, &format!("{purchases}/invoice"), billing).await;
    assert_eq!(totals(&bill), "240.00 | 36.00 | 276.00");
    let note = json!({
        "correctsId": rest["id"], "reason": "Returned", "documentDate": "2026-03-20", "post": true,
        "lines": [{ "correctsLineNo": 1, "quantity": "0.5" }],
    });
    posted(client, "/sales-credit-notes", note).await;
    assert_eq!(progress(client, &sales, "credited").await, "6");
    agree(client, "2026-12-31").await;
}

/// A line that bills or corrects another one is about the same thing at the same tax.
#[tokio::test]
async fn a_linked_line_keeps_item_and_tax_code() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    items(client).await;
    let order = json!({
        "partyCode": "C001", "documentDate": "2026-03-10", "confirm": true,
        "lines": [{ "itemCode": "PEN", "quantity": "2", "unitPrice": "10.00", "taxCode": "S15" }],
    });
    let order = posted(client, "/sales-orders", order).await;
    let of_order = |more: Value| {
        let mut line = json!({ "orderId": order["id"], "orderLineNo": 1, "quantity": "1" });
        line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        invoice("2026-03-15", &[line])
    };
    for (more, at, code) in [
        (json!({ "itemCode": "FLOUR", "unitCode": "KGM" }), "/lines/0/itemCode", "line_item_differs"),
        (json!({ "taxCode": "Z-MED" }), "/lines/0/taxCode", "line_tax_differs"),
    ] {
        let refused = client.post("/sales-invoices", of_order(more)).await.expect(422);
        assert!(refused.errors().contains(&(at.to_owned(), code.to_owned())), "{}", refused.text());
    }
    let sold =
        posted(client, "/sales-invoices", of_order(json!({ "itemCode": "PEN", "taxCode": "S15" }))).await;
    let note = |more: Value| {
        let mut line = json!({ "correctsLineNo": 1 });
        line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "correctsId": sold["id"], "reason": "x", "documentDate": "2026-03-20", "lines": [line], "post": true })
    };
    for (more, at, code) in [
        (json!({ "itemCode": "FLOUR", "unitCode": "KGM" }), "/lines/0/itemCode", "line_item_differs"),
        (json!({ "taxCode": "E-FIN" }), "/lines/0/taxCode", "line_tax_differs"),
        (json!({ "unitPrice": "10.01" }), "/lines/0/unitPrice", "return_price_exceeds"),
    ] {
        let refused = client.post("/sales-credit-notes", note(more)).await.expect(422);
        assert!(refused.errors().contains(&(at.to_owned(), code.to_owned())), "{}", refused.text());
    }
    let stray = invoice(
        "2026-03-15",
        &[json!({ "description": "x", "unitPrice": "1", "taxCode": "S15", "correctsLineNo": 1 })],
    );
    let refused = client.post("/sales-invoices", stray).await.expect(422);
    assert_eq!(refused.errors(), [("/lines/0/correctsLineNo".to_owned(), "line_member_unfit".to_owned())]);
}
