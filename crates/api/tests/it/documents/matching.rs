//! Orders to suppliers with tolerances, and bills that do not wait for receipts.

use super::*;

async fn item(client: &Client, code: &str, more: Value) -> Value {
    let mut body = json!({
        "code": code, "name": { "en": code }, "kind": "service", "categoryCode": "SERVICES", "baseUnitCode": "PCE", "purchaseTaxCode": "P15",
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    posted(client, "/items", body).await
}

fn of_item(code: &str, quantity: &str) -> Value {
    json!({ "itemCode": code, "quantity": quantity, "unitPrice": "50.00" })
}

async fn order(client: &Client, lines: &[Value]) -> String {
    let body = json!({ "partyCode": "V001", "documentDate": "2026-03-10", "lines": lines, "confirm": true });
    format!("/purchase-orders/{}", id(&posted(client, "/purchase-orders", body).await))
}

async fn receive(client: &Client, path: &str, quantity: &str, reason: Option<&str>) -> Answer {
    let mut body = json!({ "lines": [{ "lineNo": 1, "quantity": quantity }] });
    if let Some(reason) = reason {
        body["overReceiptReason"] = json!(reason);
    }
    with_etag(client, "POST", &format!("{path}/receive"), body).await
}

async fn bill(client: &Client, path: &str, number: &str, quantity: Option<&str>) -> Answer {
    let mut body = json!({ "supplierNumber": number, "documentDate": "2026-03-20", "postingDate": "2026-03-20", "post": true });
    if let Some(quantity) = quantity {
        body["lines"] = json!([{ "lineNo": 1, "quantity": quantity }]);
    }
    client.post(&format!("{path}/invoice"), body).await
}

fn progress(view: &Value) -> Value {
    view["lines"][0]["progress"].clone()
}

#[tokio::test]
async fn receipts_go_beyond_an_order_as_far_as_item_or_company_allow() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    with_etag(client, "PATCH", "/company-profile", json!({ "overReceiptPercent": "10" })).await.expect(200);
    let strict = item(client, "STRICT", json!({ "overReceiptPercent": "0" })).await;
    assert_eq!(strict["overReceiptPercent"], "0");
    let exact = order(client, &[of_item("STRICT", "10")]).await;
    let refused = receive(client, &exact, "11", None).await.expect(422);
    assert_eq!(refused.errors(), [("/lines/0/quantity".to_owned(), "over_receipt".to_owned())]);

    let path = order(client, &[line("10", "50.00", "P15")]).await;
    assert_eq!(progress(&client.get(&path).await.ok())["beyond"], "1");
    assert_eq!(progress(&client.get(&path).await.ok())["toDeliver"], "10");
    receive(client, &path, "11.000001", None).await.expect(422);
    let over = receive(client, &path, "11", None).await.expect(200).json();
    assert_eq!((&progress(&over)["toInvoice"], &over["receiptState"]), (&json!("11"), &json!("full")));
    let billed = bill(client, &path, "A-1", None).await.expect(201).json();
    assert_eq!(totals(&billed), "550.00 | 82.50 | 632.50", "what is received is billed");

    // A user with the permission accepts more and gives a reason, which the audit log keeps.
    let accepted = receive(client, &path, "3", Some("Two crates came along")).await.expect(200).json();
    assert_eq!(progress(&accepted)["beyond"], "4");
    assert!(reasons(client, &accepted).await.contains(&json!("Two crates came along")));
    // The revision keeps what was accepted, and the tolerance of today counts for the rest.
    with_etag(client, "PATCH", "/company-profile", json!({ "overReceiptPercent": "0" })).await.expect(200);
    let revised = with_etag(client, "PATCH", &path, json!({ "notes": "Thanks" })).await.expect(200).json();
    assert_eq!(progress(&revised)["beyond"], "4", "{revised}");
    agree(client, "2026-12-31").await;
}

/// The reasons with which the audit log keeps receipts of the order.
async fn reasons(client: &Client, order: &Value) -> Vec<Value> {
    let list = client.get(&format!("/audit-log?entityId={}&action=received", id(order))).await.ok();
    let mut reasons = Vec::new();
    for row in list["items"].as_array().unwrap() {
        let whole = client.get(&format!("/audit-log/{}", id(row))).await.ok();
        reasons.push(whole["after"]["reason"].clone());
    }
    reasons
}

#[tokio::test]
async fn a_clerk_without_the_permission_receives_no_more_than_the_tolerance() {
    let (world, tenant) = company().await;
    let path = order(&tenant.client, &[line("10", "50.00", "P15")]).await;
    let rights = ["purchase.purchase_order.receive", "purchase.purchase_order.read"];
    let clerk = crate::parties::member(&world, &tenant, "clerk", &rights).await;
    let refused = receive(&clerk, &path, "12", Some("They were there")).await.expect(422);
    assert_eq!(refused.errors(), [("/lines/0/quantity".to_owned(), "over_receipt".to_owned())]);
    receive(&clerk, &path, "10", None).await.expect(200);
}

#[tokio::test]
async fn bills_of_two_way_items_come_before_the_receipt_or_without_it() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    item(client, "RENT", json!({ "matchPolicy": "two_way", "overReceiptPercent": "10" })).await;
    let path = order(client, &[of_item("RENT", "10")]).await;
    let first = bill(client, &path, "R-1", Some("6")).await.expect(201).json();
    assert_eq!(first["status"], "posted");
    let refused = bill(client, &path, "R-2", Some("6")).await.expect(422);
    assert_eq!(refused.errors(), [("/lines/0/quantity".to_owned(), "invoice_exceeds_order".to_owned())]);
    receive(client, &path, "3", None).await.expect(200);
    receive(client, &path, "-3", None).await.expect(200);
    let rest = bill(client, &path, "R-2", None).await.expect(201).json();
    assert_eq!(totals(&rest), "200.00 | 30.00 | 230.00", "without lines, what is ordered");
    let view = client.get(&path).await.ok();
    assert_eq!((&view["billingState"], &progress(&view)["matchPolicy"]), (&json!("full"), &json!("two_way")));
    bill(client, &path, "R-3", Some("1")).await.expect(201);

    // By default bills wait; the company may say otherwise, for orders that are confirmed from then on.
    let waits = order(client, &[line("5", "10.00", "P15")]).await;
    assert_eq!(bill(client, &waits, "W-1", Some("1")).await.expect(422).code(), "invoice_exceeds_receipt");
    with_etag(client, "PATCH", "/company-profile", json!({ "matchPolicy": "two_way" })).await.expect(200);
    bill(client, &waits, "W-1", Some("1")).await.expect(422);
    let free = order(client, &[line("5", "10.00", "P15")]).await;
    bill(client, &free, "F-1", Some("5")).await.expect(201);
    agree(client, "2026-12-31").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_bills_at_once_never_exceed_the_order_and_its_tolerance() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    item(client, "RENT", json!({ "matchPolicy": "two_way", "overReceiptPercent": "10" })).await;
    let path = order(client, &[of_item("RENT", "20")]).await;
    let (one, two, three) = tokio::join!(
        bill(client, &path, "B-1", Some("11")),
        bill(client, &path, "B-2", Some("11")),
        bill(client, &path, "B-3", Some("11")),
    );
    let posted = [&one, &two, &three].iter().filter(|answer| answer.status == 201).count();
    assert_eq!(posted, 2, "{} {} {}", one.text(), two.text(), three.text());
    assert_eq!(progress(&client.get(&path).await.ok())["invoiced"], "22");
    let goods = order(client, &[of_item("RENT", "10")]).await;
    let (one, two) = tokio::join!(receive_any(client, &goods), receive_any(client, &goods));
    let done = [&one, &two].iter().filter(|answer| answer.status == 200).count();
    assert_eq!(done, 1, "{} {}", one.text(), two.text());
    agree(client, "2026-12-31").await;
}

async fn receive_any(client: &Client, path: &str) -> Answer {
    receive(client, path, "6", None).await
}

#[tokio::test]
async fn the_line_beats_its_item_which_beats_the_supplier_which_beats_the_company() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let supplier = client.get("/parties?code=V001").await.ok();
    let supplier = format!("/parties/{}", id(&supplier["items"][0]));
    with_etag(client, "PATCH", "/company-profile", json!({ "overReceiptPercent": "10" })).await.expect(200);
    let own = json!({ "supplier": { "overReceiptPercent": "20", "matchPolicy": "two_way" } });
    let saved = with_etag(client, "PATCH", &supplier, own).await.expect(200).json();
    assert_eq!(
        (&saved["supplier"]["overReceiptPercent"], &saved["supplier"]["matchPolicy"]),
        (&json!("20"), &json!("two_way"))
    );
    item(client, "OWN", json!({ "overReceiptPercent": "30", "matchPolicy": "three_way" })).await;
    let with = |mut line: Value, percent: &str, policy: &str| {
        line["overReceiptPercent"] = json!(percent);
        line["matchPolicy"] = json!(policy);
        line
    };
    let lines = [
        line("10", "50.00", "P15"),
        of_item("OWN", "10"),
        with(of_item("OWN", "10"), "0", "two_way"),
        with(line("10", "50.00", "P15"), "40", "three_way"),
    ];
    let path = order(client, &lines).await;
    let view = client.get(&path).await.ok();
    let found = |index: usize| {
        let line = &view["lines"][index];
        [&line["progress"]["beyond"], &line["progress"]["matchPolicy"], &line["overReceiptPercent"]]
            .map(|value| value.as_str().unwrap_or("none").to_owned())
    };
    assert_eq!(found(0), ["2", "two_way", "none"], "the supplier's: {view}");
    assert_eq!(found(1), ["3", "three_way", "none"], "the item's");
    assert_eq!(found(2), ["0", "two_way", "0"], "the line's");
    assert_eq!(found(3), ["4", "three_way", "40"], "the line's");
    receive(client, &path, "12.5", None).await.expect(422);
    receive(client, &path, "12", None).await.expect(200);
    // A change of other members keeps what the lines say; the company counts again where the supplier says nothing.
    let nothing = json!({ "supplier": { "overReceiptPercent": null, "matchPolicy": null } });
    with_etag(client, "PATCH", &supplier, nothing).await.expect(200);
    let revised = with_etag(client, "PATCH", &path, json!({ "notes": "Thanks" })).await.expect(200).json();
    assert_eq!(revised["lines"][3]["progress"]["beyond"], "4", "{revised}");
    let plain = client.get(&order(client, &[line("10", "50.00", "P15")]).await).await.ok();
    assert_eq!(
        (&progress(&plain)["beyond"], &progress(&plain)["matchPolicy"]),
        (&json!("1"), &json!("three_way"))
    );
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn only_lines_of_purchase_orders_have_tolerances() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    for (path, party, tax) in [("/sales-orders", "C001", "S15"), ("/purchase-invoices", "V001", "P15")] {
        let mut line = line("1", "5.00", tax);
        line["overReceiptPercent"] = json!("5");
        line["matchPolicy"] = json!("two_way");
        let refused = client.post(path, json!({ "partyCode": party, "lines": [line] })).await.expect(422);
        let at = |member: &str| (format!("/lines/0/{member}"), "line_member_unfit".to_owned());
        assert_eq!(refused.errors(), [at("overReceiptPercent"), at("matchPolicy")], "{path}");
    }
    let mut line = line("1", "5.00", "P15");
    line["overReceiptPercent"] = json!("101");
    let body = json!({ "partyCode": "V001", "lines": [line] });
    let refused = client.post("/purchase-orders", body).await.expect(422);
    assert_eq!(refused.errors()[0].0, "/lines/0/overReceiptPercent", "{}", refused.text());
    let supplier = client.get("/parties?code=V001").await.ok();
    let supplier = format!("/parties/{}", id(&supplier["items"][0]));
    let wrong = json!({ "supplier": { "overReceiptPercent": "-1" } });
    let refused = with_etag(client, "PATCH", &supplier, wrong).await.expect(422);
    assert_eq!(refused.errors()[0].0, "/supplier/overReceiptPercent", "{}", refused.text());
}
