//! Warnings: what is worth a look, in the language of the request, and kept nowhere (R46, R70).

use super::*;

fn codes(view: &Value) -> Vec<String> {
    let warnings = view["warnings"].as_array().map(Vec::as_slice).unwrap_or_default();
    warnings.iter().map(|one| format!("{} {}", text(&one["pointer"]), text(&one["code"]))).collect()
}

#[tokio::test]
async fn documents_are_made_and_tell_what_is_odd_about_them() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    // 15 March 2026 is a Sunday, a day of work; 20 March is a Friday. The quarter ends with March.
    let plain = posted(client, "/sales-invoices", invoice("2026-03-15", &[line("1", "10.00", "S15")])).await;
    assert_eq!(plain.get("warnings"), None, "{plain}");
    let mut odd = invoice("2026-04-02", &[line("1", "10.00", "S15"), line("3", "0", "S15")]);
    odd["supplyDate"] = json!("2026-03-30");
    odd["dueDate"] = json!("2026-05-01");
    let odd = posted(client, "/sales-invoices", odd).await;
    assert_eq!(
        codes(&odd),
        [
            "/lines/1/unitPrice line_price_zero",
            "/dueDate due_date_on_weekend",
            "/taxDate tax_date_in_other_period"
        ]
    );
    assert_eq!(odd["warnings"][1]["message"], "The due date 2026-05-01 is on a weekend.");
    let read = client.get(&format!("/sales-invoices/{}", id(&odd))).await.ok();
    assert_eq!(read.get("warnings"), None, "a record keeps none");
    let feed = client.get("/events?limit=1000").await.ok().to_string();
    assert!(!feed.contains("due_date_on_weekend"));
    let mut body = invoice("2026-04-02", &[line("1", "0", "S15"), line("1", "1.00", "S15")]);
    body["post"] = json!(false);
    let headers = ["Accept-Language: ar", "Content-Type: application/json"];
    let arabic = client.call("POST", "/sales-invoices?dryRun=true", &headers, body.to_string()).await.ok();
    assert_eq!(arabic["warnings"][0]["message"], "سعر السطر صفر.");
    // A change and a posting tell them as well.
    let draft = posted(client, "/sales-invoices", body).await;
    let path = format!("/sales-invoices/{}", id(&draft));
    let changed = with_etag(client, "PATCH", &path, json!({ "dueDate": "2026-05-02" })).await.ok();
    assert_eq!(codes(&changed), ["/lines/0/unitPrice line_price_zero", "/dueDate due_date_on_weekend"]);
    let posted = with_etag(client, "POST", &format!("{path}/post"), Value::Null).await.ok();
    assert_eq!(codes(&posted), codes(&changed));
}

#[tokio::test]
async fn closed_periods_are_told_before_a_posting_fails() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let period = client.get("/fiscal-periods?kind=regular&start=2026-02-01").await.ok();
    let close = format!("/fiscal-periods/{}/close", id(&period["items"][0]));
    with_etag(client, "POST", &close, Value::Null).await.expect(200);
    let mut body = invoice("2026-02-10", &[line("1", "10.00", "S15")]);
    body["post"] = json!(false);
    let draft = posted(client, "/sales-invoices", body.clone()).await;
    assert_eq!(codes(&draft), ["/postingDate posting_date_closed"]);
    body["postingDate"] = json!("2026-03-10");
    body["dueDate"] = json!("2026-02-25");
    let late = posted(client, "/sales-invoices", body).await;
    assert_eq!(codes(&late), ["/dueDate due_date_in_closed_period"]);
}

#[tokio::test]
async fn limits_that_nothing_checks_are_told() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let limited = |code: &str, check: &str| {
        json!({
            "code": code, "name": { "en": code }, "kind": "person",
            "customer": { "creditLimit": "1000.00", "creditCheck": check },
        })
    };
    for (code, check) in [("FREE", "none"), ("STRICT", "invoice")] {
        client.post("/parties", limited(code, check)).await.expect(201);
    }
    let sold = |party: &str, price: &str, post: bool| {
        json!({
            "partyCode": party, "documentDate": "2026-03-15", "lines": [line("1", price, "S15")], "post": post,
        })
    };
    // 700.00 and VAT are 805.00; with 100.00 more it is 920.00 of 1,000.00.
    let first = posted(client, "/sales-invoices", sold("FREE", "700.00", true)).await;
    assert!(codes(&first).is_empty(), "{first}");
    let near = posted(client, "/sales-invoices", sold("FREE", "100.00", true)).await;
    assert_eq!(codes(&near), ["/partyCode credit_limit_near"]);
    let message = text(&near["warnings"][0]["message"]);
    assert_eq!(message, "With this document FREE owes 920.00 of the credit limit of 1000.00.");
    let over = posted(client, "/sales-invoices", sold("FREE", "100.00", true)).await;
    assert_eq!(codes(&over), ["/partyCode credit_limit_passed"]);
    // Where it is checked a draft tells it, and posting refuses it.
    let draft = posted(client, "/sales-invoices", sold("STRICT", "1000.00", false)).await;
    assert_eq!(codes(&draft), ["/partyCode credit_limit_passed"]);
    let refused = client.post("/sales-invoices", sold("STRICT", "1000.00", true)).await.expect(422);
    assert_eq!(refused.code(), "credit_limit_exceeded");
}

/// An order uses the limit; its revision and its invoice do not use it once more.
#[tokio::test]
async fn what_an_order_uses_of_a_limit_is_told_once() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let party = json!({
        "code": "ALL", "name": { "en": "ALL" }, "kind": "person",
        "customer": { "creditLimit": "1000.00", "creditCheck": "all" },
    });
    client.post("/parties", party).await.expect(201);
    let body = json!({
        "partyCode": "ALL", "documentDate": "2026-03-15", "lines": [line("1", "820.00", "S15")], "confirm": true,
    });
    let order = posted(client, "/sales-orders", body).await;
    assert_eq!(codes(&order), ["/partyCode credit_limit_near"], "943.00");
    let path = format!("/sales-orders/{}", id(&order));
    let revised = with_etag(client, "PATCH", &path, json!({ "notes": "By noon" })).await.ok();
    assert!(codes(&revised).is_empty(), "{revised}");
    let invoiced = json!({ "documentDate": "2026-03-16", "post": true });
    let invoice = posted(client, &format!("{path}/invoice"), invoiced).await;
    assert!(codes(&invoice).is_empty(), "{invoice}");
}

#[tokio::test]
async fn what_is_taken_over_of_a_supplier_is_told() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let body = json!({
        "partyCode": "V001", "supplierNumber": "A-1", "documentDate": "2026-03-10", "postingDate": "2026-03-12",
        "lines": [line("3", "33.33", "P15")], "supplierVat": "15.02",
    });
    let view = posted(client, "/purchase-invoices", body).await;
    assert_eq!(codes(&view), ["/supplierVat supplier_vat_taken_over"]);
    let message = text(&view["warnings"][0]["message"]);
    assert_eq!(message, "The supplier's VAT of 15.02 was taken over; the lines come to 15.00.");
}

#[tokio::test]
async fn parties_with_one_name_are_told_and_not_refused() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let party =
        |code: &str, name: Value| json!({ "code": code, "name": name, "kind": "company", "customer": {} });
    let same = client.post("/parties", party("C002", json!({ "ar": "شركة الافق" }))).await.expect(201).json();
    assert_eq!(codes(&same), ["/name party_name_taken"]);
    assert_eq!(same["warnings"][0]["message"], "Other active parties have the same name: C001.");
    let path = format!("/parties/{}", id(&same));
    assert_eq!(client.get(&path).await.ok().get("warnings"), None);
    let other = with_etag(client, "PATCH", &path, json!({ "name": { "en": "Another" } })).await.ok();
    assert_eq!(other.get("warnings"), None);
    let renamed = with_etag(client, "PATCH", &path, json!({ "name": { "en": "HORI ZON" } })).await.ok();
    assert_eq!(codes(&renamed), ["/name party_name_taken"]);
    let kept = with_etag(client, "PATCH", &path, json!({ "language": "en" })).await.ok();
    assert_eq!(kept.get("warnings"), None, "told once");
}
