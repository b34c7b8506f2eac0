//! Parties that were there twice and became one.

use super::discounts::{open_items, receipt, state};
use super::*;

/// Creates the customer a second time, under another code.
async fn twice(client: &Client) -> Value {
    let body = json!({
        "code": "C002", "name": { "en": "Horizon Co" }, "kind": "company", "customer": {},
        "registrations": [{ "scheme": "VAT", "number": "399999999910003" }],
        "contacts": [{ "name": "Sara" }],
    });
    client.post("/parties", body).await.expect(201).json()
}

async fn party(client: &Client, code: &str) -> Value {
    client.get(&format!("/parties?code={code}")).await.ok()["items"][0].clone()
}

async fn merge(client: &Client, from: &Value, into: &str) -> Answer {
    let path = format!("/parties/{}/merge", id(from));
    with_etag(client, "POST", &path, json!({ "intoCode": into })).await
}

fn sold_to(code: &str, date: &str, price: &str) -> Value {
    let mut body = invoice(date, &[line("1", price, "S15")]);
    body["partyCode"] = json!(code);
    body
}

/// R46: drafts and master data move, posted rows stay, and the survivor has all of it.
#[tokio::test]
async fn a_party_that_was_there_twice_becomes_one() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let double = twice(client).await;
    let account = json!({ "holder": "Horizon", "iban": "SA0380000000608010167519", "currency": "SAR" });
    client.post(&format!("/parties/{}/bank-accounts", id(&double)), account).await.expect(201);
    let mut address = party(client, "C001").await["addresses"].clone();
    address[0]["roles"] = json!(["legal"]);
    with_etag(client, "PATCH", &format!("/parties/{}", id(&double)), json!({ "addresses": address }))
        .await
        .expect(200);
    let old = posted(client, "/sales-invoices", sold_to("C002", "2026-03-01", "1000.00")).await;
    posted(client, "/sales-invoices", sold_to("C001", "2026-03-02", "100.00")).await;
    let mut draft = sold_to("C002", "2026-03-03", "10.00");
    draft["post"] = json!(false);
    let draft = posted(client, "/sales-invoices", draft).await;

    let dry = format!("/parties/{}/merge?dryRun=true", id(&double));
    with_etag(client, "POST", &dry, json!({ "intoCode": "C001" })).await.expect(200);
    assert_eq!(party(client, "C002").await["status"], "active");
    let survivor = merge(client, &double, "C001").await.expect(200).json();
    assert_eq!(
        (&survivor["code"], &survivor["vatNumber"], &survivor["contacts"][0]["name"]),
        (&json!("C001"), &json!("399999999910003"), &json!("Sara")),
        "{survivor}"
    );
    let gone = client.get(&format!("/parties/{}", id(&double))).await.ok();
    assert_eq!((&gone["status"], &gone["mergedIntoId"]), (&json!("archived"), &survivor["id"]));
    let accounts = client.get(&format!("/parties/{}/bank-accounts", id(&survivor))).await.ok();
    assert_eq!(accounts["items"].as_array().unwrap().len(), 1);

    let moved = client.get(&format!("/sales-invoices/{}", id(&draft))).await.ok();
    assert_eq!((&moved["partyCode"], &moved["partyName"]["en"]), (&json!("C001"), &json!("Horizon")));
    let kept = client.get(&format!("/sales-invoices/{}", id(&old))).await.ok();
    assert_eq!(kept["partyCode"], "C002", "what was posted stays as it was");
    for filter in ["partyCode=C001".to_owned(), format!("partyId={}", id(&survivor))] {
        let list = client.get(&format!("/sales-invoices?{filter}&count=exact")).await.ok();
        assert_eq!(list["total"], 3, "{filter}");
    }
    let items = client.get("/open-items?party=C001&count=exact").await.ok();
    assert_eq!((&items["total"], &items["items"][0]["party"]), (&json!(2), &json!("C001")));

    for code in ["C001", "C002"] {
        let statement =
            client.get(&format!("/reports/party-statement?party={code}&to=2026-03-31")).await.ok();
        assert_eq!(
            (&statement["party"], &statement["closing"]),
            (&json!("C001"), &json!("1265.00")),
            "{statement}"
        );
        assert_eq!(statement["lines"].as_array().unwrap().len(), 2);
        assert_eq!(statement["ageing"]["receivables"]["total"], "1265.00");
    }
    let ageing = client.get("/reports/receivables-ageing?asOf=2026-03-31").await.ok();
    let parties: Vec<_> =
        ageing["lines"].as_array().unwrap().iter().map(|line| text(&line["party"])).collect();
    assert_eq!(parties, ["C001"]);
    agree(client, "2026-12-31").await;
}

/// Documents after a merge belong to the survivor, whichever code they name: payments, notes, invoices of orders, and new
/// documents.
#[tokio::test]
async fn business_goes_on_with_the_survivor() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let double = twice(client).await;
    let addresses = party(client, "C001").await["addresses"].clone();
    let change = json!({ "addresses": addresses });
    with_etag(client, "PATCH", &format!("/parties/{}", id(&double)), change).await.expect(200);
    let old = posted(client, "/sales-invoices", sold_to("C002", "2026-03-01", "1000.00")).await;
    let order = json!({ "partyCode": "C002", "lines": [line("1", "50.00", "S15")], "confirm": true });
    let order = posted(client, "/sales-orders", order).await;
    merge(client, &double, "C001").await.expect(200);
    let wish = json!({ "documentId": old["id"] });
    posted(client, "/receipts", receipt("2026-03-20", "1150.00", wish)).await;
    assert_eq!(state(client, "/sales-invoices", &old).await, "paid");
    agree(client, "2026-12-31").await;
    let billed = with_etag(client, "POST", &format!("/sales-orders/{}/invoice", id(&order)), json!({})).await;
    assert_eq!(billed.expect(201).json()["partyCode"], "C001");
    let later = posted(client, "/sales-invoices", sold_to("C002", "2026-03-21", "5.00")).await;
    assert_eq!(later["partyCode"], "C001", "the old code names the survivor");
    let cancel = format!("/sales-invoices/{}/cancel", id(&old));
    let note = json!({ "reason": "Returned", "date": "2026-03-25", "undoAllocations": true });
    let note = with_etag(client, "POST", &cancel, note).await.expect(201).json();
    assert_eq!(note["partyCode"], "C001");
    assert_eq!(open_items(client, &old).await[0]["openAmount"], "0.00");
    agree(client, "2026-12-31").await;
    let events = client.get("/events?limit=1000").await.ok();
    let merged = events["items"].as_array().unwrap().iter().any(|event| event["type"] == "party.merged");
    assert!(merged, "{events}");
}

/// Debts of a customer under both codes use up one credit limit.
#[tokio::test]
async fn the_survivors_credit_limit_counts_both() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let double = twice(client).await;
    let addresses = party(client, "C001").await["addresses"].clone();
    with_etag(client, "PATCH", &format!("/parties/{}", id(&double)), json!({ "addresses": addresses }))
        .await
        .expect(200);
    posted(client, "/sales-invoices", sold_to("C002", "2026-03-01", "1000.00")).await;
    merge(client, &double, "C001").await.expect(200);
    let limit = json!({ "customer": { "creditLimit": "1200.00", "creditCheck": "invoice" } });
    let path = format!("/parties/{}", id(&party(client, "C001").await));
    with_etag(client, "PATCH", &path, limit).await.expect(200);
    let refused = client.post("/sales-invoices", sold_to("C001", "2026-03-02", "100.00")).await.expect(422);
    assert_eq!(refused.errors(), [("/partyCode".to_owned(), "credit_limit_exceeded".to_owned())]);
    posted(client, "/sales-invoices", sold_to("C001", "2026-03-02", "40.00")).await;
}

#[tokio::test]
async fn a_merge_is_refused_where_it_makes_no_sense() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let double = twice(client).await;
    let refused = merge(client, &double, "C002").await.expect(422);
    assert_eq!(refused.errors(), [("/intoCode".to_owned(), "party_merge_self".to_owned())]);
    let refused = merge(client, &double, "NONE").await.expect(422);
    assert_eq!(refused.errors(), [("/intoCode".to_owned(), "unknown_reference".to_owned())]);
    let walk_in = json!({ "code": "CASH", "name": { "en": "Cash" }, "anonymous": true, "customer": {} });
    client.post("/parties", walk_in).await.expect(201);
    let refused = merge(client, &double, "CASH").await.expect(422);
    assert_eq!(refused.errors(), [("/intoCode".to_owned(), "party_merge_anonymous".to_owned())]);
    let supplier = party(client, "V001").await;
    with_etag(client, "POST", &format!("/parties/{}/archive", id(&supplier)), json!({})).await.expect(200);
    let refused = merge(client, &double, "V001").await.expect(422);
    assert_eq!(refused.errors(), [("/intoCode".to_owned(), "party_merge_into_archived".to_owned())]);
    merge(client, &double, "C001").await.expect(200);
    assert_eq!(merge(client, &double, "C001").await.expect(409).code(), "party_merged");
    let path = format!("/parties/{}", id(&double));
    let change = with_etag(client, "PATCH", &path, json!({ "language": "en" })).await.expect(409);
    assert_eq!(change.code(), "party_merged");
    let back = with_etag(client, "POST", &format!("{path}/unarchive"), json!({})).await.expect(409);
    assert_eq!(back.code(), "party_merged");
    assert_eq!(with_etag(client, "DELETE", &path, Value::Null).await.expect(409).code(), "party_merged");
    let used = party(client, "C001").await;
    let used = with_etag(client, "DELETE", &format!("/parties/{}", id(&used)), Value::Null).await.expect(409);
    assert_eq!(used.code(), "in_use");
    let again = json!({ "code": "C002", "name": { "en": "New" }, "customer": {} });
    assert_eq!(
        client.post("/parties", again).await.expect(409).code(),
        "already_exists",
        "the code is taken for ever"
    );
}
