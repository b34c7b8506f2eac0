//! Orders of customers: confirmed, changed, invoiced in parts, closed.

use super::*;

pub fn order(lines: &[Value]) -> Value {
    json!({ "partyCode": "C001", "documentDate": "2026-03-10", "lines": lines, "confirm": true })
}

async fn step(client: &Client, path: &str, step: &str) -> Answer {
    with_etag(client, "POST", &format!("{path}/{step}"), Value::Null).await
}

/// `toInvoice` of each line.
fn open(view: &Value) -> Vec<String> {
    let lines = view["lines"].as_array().unwrap().iter();
    lines.map(|line| text(&line["progress"]["toInvoice"]).to_owned()).collect()
}

#[tokio::test]
async fn an_order_is_invoiced_in_parts_until_nothing_is_open() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let mut body = order(&[line("10", "100.00", "S15"), line("2", "50.00", "S15")]);
    body["discountAmount"] = json!("100.00");
    body["charges"] = json!([{ "description": "Freight", "amount": "20.00", "taxCode": "S15" }]);
    let view = posted(client, "/sales-orders", body).await;
    assert_eq!(
        (
            totals(&view).as_str(),
            &view["status"],
            &view["number"],
            &view["billingState"],
            &view["journalEntryId"]
        ),
        (
            "1020.00 | 153.00 | 1173.00",
            &json!("confirmed"),
            &json!("SO-2026-000001"),
            &json!("none"),
            &Value::Null
        )
    );
    assert_eq!(
        client.get("/open-items").await.ok()["items"],
        json!([]),
        "an order leaves no trace in the books"
    );
    let path = format!("/sales-orders/{}", id(&view));
    assert_eq!(client.get(&path).await.ok(), view, "what is read is what was answered");

    let part =
        json!({ "lines": [{ "lineNo": 1, "quantity": "4" }], "documentDate": "2026-03-15", "post": true });
    let first = posted(client, &format!("{path}/invoice"), part).await;
    // 400.00 less its share of the discount, 36.36, and the whole freight.
    assert_eq!(totals(&first), "383.64 | 57.55 | 441.19");
    assert_eq!((&first["orderId"], &first["lines"][0]["orderLineNo"]), (&view["id"], &json!(1)));
    let read = client.get(&path).await.ok();
    assert_eq!(
        (open(&read), &read["billingState"]),
        (vec!["6".to_owned(), "2".to_owned()], &json!("partial"))
    );

    let more = json!({ "lines": [{ "lineNo": 1, "quantity": "7" }], "post": true });
    let refused = client.post(&format!("{path}/invoice"), more).await.expect(422);
    assert_eq!(refused.errors(), [("/lines/0/quantity".to_owned(), "invoice_exceeds_order".to_owned())]);
    assert!(refused.text().contains("6"), "{}", refused.text());

    let rest =
        posted(client, &format!("{path}/invoice"), json!({ "documentDate": "2026-03-20", "post": true }))
            .await;
    assert_eq!(totals(&rest), "636.36 | 95.45 | 731.81", "both invoices come to the order: 1020.00");
    let read = client.get(&path).await.ok();
    assert_eq!((open(&read), &read["billingState"]), (vec!["0".to_owned(), "0".to_owned()], &json!("full")));
    let nothing = client.post(&format!("{path}/invoice"), json!({})).await;
    assert_eq!((nothing.status.as_u16(), nothing.code().as_str()), (409, "nothing_open"));
    let list = client.get(&format!("/sales-invoices?orderId={}", id(&view))).await.ok();
    assert_eq!(list["items"].as_array().unwrap().len(), 2, "{list}");
    let list = client.get("/sales-orders?status=confirmed&partyCode=C001").await.ok();
    assert_eq!(
        (&list["items"][0]["number"], &list["items"][0]["billingState"]),
        (&view["number"], &json!("full"))
    );
    agree(client, "2026-12-31").await;
}

/// Cancelling an invoice frees what it billed, and a credit note for a return as much as came back.
#[tokio::test]
async fn what_is_taken_back_of_an_invoice_is_open_again() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let view = posted(client, "/sales-orders", order(&[line("10", "100.00", "S15")])).await;
    let path = format!("/sales-orders/{}", id(&view));
    let invoice =
        posted(client, &format!("{path}/invoice"), json!({ "documentDate": "2026-03-15", "post": true }))
            .await;
    let note = json!({
        "correctsId": invoice["id"], "reason": "Came back", "documentDate": "2026-03-16", "post": true,
        "lines": [{ "correctsLineNo": 1, "quantity": "3" }],
    });
    posted(client, "/sales-credit-notes", note).await;
    let cheaper = json!({
        "correctsId": invoice["id"], "kind": "price", "reason": "Too dear", "documentDate": "2026-03-16", "post": true,
        "lines": [line("1", "10.00", "S15")],
    });
    posted(client, "/sales-credit-notes", cheaper).await;
    assert_eq!(open(&client.get(&path).await.ok()), ["3"], "a note about the price has no quantity");
    agree(client, "2026-12-31").await;
    let undo = json!({ "reason": "Wrong customer", "date": "2026-03-17" });
    with_etag(client, "POST", &format!("/sales-invoices/{}/cancel", id(&invoice)), undo).await.expect(201);
    assert_eq!(open(&client.get(&path).await.ok()), ["10"]);
    posted(client, &format!("{path}/invoice"), json!({ "documentDate": "2026-03-18", "post": true })).await;
    assert_eq!(open(&client.get(&path).await.ok()), ["0"]);
    agree(client, "2026-12-31").await;
}

/// Two clients at one line: it is invoiced once.
#[tokio::test]
async fn two_clients_do_not_invoice_a_line_twice() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let view = posted(client, "/sales-orders", order(&[line("10", "100.00", "S15")])).await;
    let path = format!("/sales-orders/{}/invoice", id(&view));
    let body =
        json!({ "lines": [{ "lineNo": 1, "quantity": "6" }], "documentDate": "2026-03-15", "post": true });
    let (one, two) = tokio::join!(client.post(&path, body.clone()), client.post(&path, body.clone()));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422], "{} {}", one.text(), two.text());
    let refused = if one.status == 422 { one } else { two };
    assert_eq!(refused.code(), "invoice_exceeds_order");
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn a_confirmed_order_changes_but_not_below_what_is_invoiced() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let view =
        posted(client, "/sales-orders", order(&[line("10", "100.00", "S15"), line("5", "10.00", "S15")]))
            .await;
    let path = format!("/sales-orders/{}", id(&view));
    let part =
        json!({ "lines": [{ "lineNo": 1, "quantity": "4" }], "documentDate": "2026-03-15", "post": true });
    posted(client, &format!("{path}/invoice"), part).await;
    let below = json!({ "lines": [line("3", "100.00", "S15")] });
    let refused = with_etag(client, "PATCH", &path, below).await.expect(422);
    assert_eq!(refused.errors(), [("/lines/0/quantity".to_owned(), "order_below_progress".to_owned())]);
    let mut gone = line("5", "10.00", "S15");
    gone["lineNo"] = json!(2);
    let refused = with_etag(client, "PATCH", &path, json!({ "lines": [gone.clone()] })).await.expect(422);
    assert_eq!(refused.errors(), [("/lines".to_owned(), "order_below_progress".to_owned())]);
    let twice = json!({ "lines": [gone.clone(), gone] });
    assert_eq!(with_etag(client, "PATCH", &path, twice).await.code(), "line_named_twice");
    let refused = with_etag(client, "PATCH", &path, json!({ "currency": "USD", "rate": "3.75" })).await;
    assert_eq!(refused.code(), "order_fixed", "{}", refused.text());
    // Another price for what is left, a line that goes and one that is new.
    let mut added = line("1", "7.00", "S15");
    added["lineNo"] = json!(9);
    let patch = json!({ "lines": [line("6", "90.00", "S15"), added] });
    let changed = with_etag(client, "PATCH", &path, patch).await.expect(200).json();
    assert_eq!((open(&changed), &changed["version"]), (vec!["2".to_owned(), "1".to_owned()], &json!(2)));
    assert_eq!((&changed["status"], &changed["number"]), (&view["status"], &view["number"]));
    let rest =
        posted(client, &format!("{path}/invoice"), json!({ "documentDate": "2026-03-20", "post": true }))
            .await;
    assert_eq!(totals(&rest), "187.00 | 28.05 | 215.05");
    let log = client.get(&format!("/audit-log?entityId={}", id(&view))).await.ok();
    let actions: Vec<&str> =
        log["items"].as_array().unwrap().iter().map(|row| text(&row["action"])).collect();
    assert!(actions.contains(&"updated") && actions.contains(&"confirmed"), "{actions:?}");
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn an_order_is_closed_reopened_and_cancelled() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let view = posted(client, "/sales-orders", order(&[line("10", "100.00", "S15")])).await;
    let path = format!("/sales-orders/{}", id(&view));
    let part =
        json!({ "lines": [{ "lineNo": 1, "quantity": "4" }], "documentDate": "2026-03-15", "post": true });
    let invoice = posted(client, &format!("{path}/invoice"), part.clone()).await;
    let refused = step(client, &path, "cancel").await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "order_has_progress"));
    let closed = step(client, &path, "close").await.expect(200).json();
    assert_eq!((&closed["status"], open(&closed)), (&json!("closed"), vec!["0".to_owned()]));
    assert_eq!(closed["lines"][0]["progress"]["cancelled"], "6");
    for (call, code) in
        [("close", "step_not_possible"), ("cancel", "step_not_possible"), ("confirm", "document_not_draft")]
    {
        let refused = step(client, &path, call).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, code), "{call}");
    }
    let refused = client.post(&format!("{path}/invoice"), part).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "order_not_confirmed"));
    let arabic =
        client.call("POST", &format!("{path}/close"), &["If-Match: *", "Accept-Language: ar"], "").await;
    assert!(arabic.text().contains("لا يمكن تنفيذ الخطوة"), "{}", arabic.text());
    // An invoice by hand on a closed order is refused, too.
    let by_hand = json!({
        "partyCode": "C001", "documentDate": "2026-03-15", "post": true,
        "lines": [{ "orderId": view["id"], "orderLineNo": 1, "quantity": "1" }],
    });
    let refused = client.post("/sales-invoices", by_hand.clone()).await;
    assert_eq!(refused.code(), "order_not_confirmed", "{}", refused.text());
    let open_again = step(client, &path, "reopen").await.expect(200).json();
    assert_eq!((&open_again["status"], open(&open_again)), (&json!("confirmed"), vec!["6".to_owned()]));
    let by_hand = posted(client, "/sales-invoices", by_hand).await;
    assert_eq!(
        (totals(&by_hand).as_str(), &by_hand["lines"][0]["unitPrice"]),
        ("100.00 | 15.00 | 115.00", &invoice["lines"][0]["unitPrice"])
    );
    let other = posted(client, "/sales-orders", order(&[line("1", "1.00", "S15")])).await;
    let other = format!("/sales-orders/{}", id(&other));
    assert_eq!(step(client, &other, "cancel").await.expect(200).json()["status"], "cancelled");
    assert_eq!(with_etag(client, "DELETE", &other, Value::Null).await.code(), "document_not_draft");
    let mut draft = order(&[line("1", "1.00", "S15")]);
    draft["confirm"] = json!(false);
    let draft = format!("/sales-orders/{}", id(&posted(client, "/sales-orders", draft).await));
    assert_eq!(step(client, &draft, "confirm").await.expect(200).json()["number"], "SO-2026-000003");
    agree(client, "2026-12-31").await;
}

/// Orders count where the customer's orders are checked, and an invoiced order does not count twice.
#[tokio::test]
async fn orders_stay_within_the_credit_limit() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let party = client.get("/parties?code=C001").await.ok()["items"][0].clone();
    let limited = json!({ "customer": { "creditLimit": "1500.00", "creditCheck": "all" } });
    with_etag(client, "PATCH", &format!("/parties/{}", id(&party)), limited).await.expect(200);
    let body = order(&[line("1", "1000.00", "S15")]);
    let (one, two) =
        tokio::join!(client.post("/sales-orders", body.clone()), client.post("/sales-orders", body.clone()));
    let (made, refused) = if one.status == 201 { (one, two) } else { (two, one) };
    let view = made.expect(201).json();
    assert_eq!(refused.errors(), [("/partyCode".to_owned(), "credit_limit_exceeded".to_owned())]);
    assert!(refused.text().contains("1150.00") && refused.text().contains("1500.00"), "{}", refused.text());
    let path = format!("/sales-orders/{}", id(&view));
    let dearer = with_etag(client, "PATCH", &path, json!({ "lines": [line("1", "1400.00", "S15")] })).await;
    assert_eq!(dearer.code(), "credit_limit_exceeded", "{}", dearer.text());
    posted(client, &format!("{path}/invoice"), json!({ "documentDate": "2026-03-15", "post": true })).await;
    let more = client.post("/sales-invoices", invoice("2026-03-15", &[line("1", "400.00", "S15")])).await;
    assert_eq!(more.code(), "credit_limit_exceeded", "{}", more.text());
    let mut urgent = body;
    urgent["creditOverrideReason"] = json!("Urgent");
    posted(client, "/sales-orders", urgent).await;
}

#[tokio::test]
async fn what_is_wrong_with_lines_of_orders_is_said_at_once() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let other = json!({ "code": "C002", "name": { "en": "Other" }, "kind": "company", "customer": {} });
    client.post("/parties", other).await.expect(201);
    let view = posted(client, "/sales-orders", order(&[line("10", "100.00", "S15")])).await;
    let unknown = "0198c0de-7b1f-7c3a-9f00-2b6f1d6a4e11";
    let body = json!({
        "partyCode": "C002", "documentDate": "2026-03-15",
        "lines": [
            { "orderId": view["id"], "orderLineNo": 1, "quantity": "1" },
            { "orderId": view["id"], "orderLineNo": 7, "quantity": "1", "description": "x", "unitPrice": "1", "taxCode": "S15" },
            { "orderId": unknown, "orderLineNo": 1, "description": "x", "unitPrice": "1", "taxCode": "S15" },
            { "orderId": view["id"], "description": "x", "unitPrice": "1", "taxCode": "S15" },
            { "lineNo": 3, "description": "x", "unitPrice": "1", "taxCode": "S15" },
        ],
    });
    let refused = client.post("/sales-invoices", body).await.expect(422);
    let errors = refused.errors();
    for (pointer, code) in [
        ("/lines/0/orderId", "document_party_differs"),
        ("/lines/1/orderLineNo", "order_line_unknown"),
        ("/lines/2/orderId", "unknown_reference"),
        ("/lines/3/orderLineNo", "required"),
        ("/lines/4/lineNo", "line_member_unfit"),
    ] {
        assert!(errors.contains(&(pointer.to_owned(), code.to_owned())), "{pointer} {code}: {errors:?}");
    }
    let mut order = order(&[line("1", "1.00", "S15")]);
    order["lines"][0]["orderId"] = view["id"].clone();
    order["lines"][0]["orderLineNo"] = json!(1);
    let refused = client.post("/sales-orders", order).await.expect(422);
    assert_eq!(refused.errors(), [("/lines/0/orderId".to_owned(), "line_member_unfit".to_owned())]);
}

/// R51, R52: an order in boxes is invoiced in pieces, and closes.
#[tokio::test]
async fn progress_is_counted_in_base_units() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let item = json!({
        "code": "HELP", "name": { "en": "Help" }, "kind": "service", "categoryCode": "SERVICES", "baseUnitCode": "HUR",
        "units": [{ "unitCode": "DAY", "numerator": 8, "denominator": 1 }],
    });
    let made = client.post("/items", item).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let line = json!({ "itemCode": "HELP", "unitCode": "DAY", "quantity": "5", "unitPrice": "800.00", "taxCode": "S15" });
    let view = posted(client, "/sales-orders", order(&[line])).await;
    assert_eq!(view["lines"][0]["progress"]["ordered"], "40");
    let hours = json!({
        "partyCode": "C001", "documentDate": "2026-03-15", "post": true,
        "lines": [{ "orderId": view["id"], "orderLineNo": 1, "quantity": "12", "unitCode": "HUR", "unitPrice": "100.00" }],
    });
    posted(client, "/sales-invoices", hours).await;
    let path = format!("/sales-orders/{}", id(&view));
    assert_eq!(open(&client.get(&path).await.ok()), ["28"]);
    let rest =
        posted(client, &format!("{path}/invoice"), json!({ "documentDate": "2026-03-16", "post": true }))
            .await;
    assert_eq!(
        (text(&rest["lines"][0]["quantity"]), totals(&rest).as_str()),
        ("3.5", "2800.00 | 420.00 | 3220.00")
    );
    assert_eq!(open(&client.get(&path).await.ok()), ["0"]);
    let refused = with_etag(client, "DELETE", &format!("/items/{}", id(&made.json())), Value::Null).await;
    assert_eq!(refused.code(), "in_use");
    agree(client, "2026-12-31").await;
}

/// One line is given up; the order and its other lines go on, and a closed line stays closed when the order changes.
#[tokio::test]
async fn single_lines_are_closed_and_reopened() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let view =
        posted(client, "/sales-orders", order(&[line("10", "100.00", "S15"), line("2", "50.00", "S15")]))
            .await;
    let path = format!("/sales-orders/{}", id(&view));
    let part =
        json!({ "lines": [{ "lineNo": 1, "quantity": "4" }], "documentDate": "2026-03-15", "post": true });
    posted(client, &format!("{path}/invoice"), part).await;
    let close = format!("{path}/close-lines");
    let wrong = with_etag(client, "POST", &close, json!({ "lines": [1, 9, 1] })).await.expect(422);
    let expected = [("/lines/1", "order_line_unknown"), ("/lines/2", "line_named_twice")];
    assert_eq!(wrong.errors(), expected.map(|(at, code)| (at.to_owned(), code.to_owned())));
    client.post(&close, json!({ "lines": [1] })).await.expect(428);
    let closed = with_etag(client, "POST", &close, json!({ "lines": [1] })).await.ok();
    assert_eq!(
        (open(&closed), &closed["status"]),
        (vec!["0".to_owned(), "2".to_owned()], &json!("confirmed"))
    );
    assert_eq!(closed["lines"][0]["progress"]["cancelled"], "6");
    assert_eq!(client.get(&path).await.ok(), closed, "what is read is what was answered");
    let again = with_etag(client, "POST", &close, json!({ "lines": [1] })).await.expect(409);
    assert_eq!(again.code(), "order_lines_unchanged");
    // A change of the order leaves it closed.
    let lines = json!([
        { "lineNo": 1, "description": "Work", "quantity": "8", "unitPrice": "100.00", "taxCode": "S15" },
        { "lineNo": 2, "description": "Work", "quantity": "3", "unitPrice": "50.00", "taxCode": "S15" },
    ]);
    let changed = with_etag(client, "PATCH", &path, json!({ "lines": lines })).await.ok();
    assert_eq!(open(&changed), ["0", "3"]);
    let reopened =
        with_etag(client, "POST", &format!("{path}/reopen-lines"), json!({ "lines": [1] })).await.ok();
    assert_eq!(open(&reopened), ["4", "3"]);
    with_etag(client, "POST", &close, json!({ "lines": [2] })).await.expect(200);
    // The rest is invoiced, without the closed line.
    let rest =
        posted(client, &format!("{path}/invoice"), json!({ "documentDate": "2026-03-20", "post": true }))
            .await;
    assert_eq!(totals(&rest), "400.00 | 60.00 | 460.00");
    let closed = step(client, &path, "close").await.expect(200).json();
    assert_eq!(closed["status"], "closed");
    let late = with_etag(client, "POST", &close, json!({ "lines": [2] })).await.expect(409);
    assert_eq!(late.code(), "step_not_possible");
    let feed = client.get("/events?limit=1000").await.ok().to_string();
    assert!(feed.contains("sales_order.lines_closed") && feed.contains("sales_order.lines_reopened"));
    agree(client, "2026-12-31").await;
}
