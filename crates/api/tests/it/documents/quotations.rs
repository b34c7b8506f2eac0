//! Offers: sent, accepted, declined, expired, and what becomes of them.

use super::*;

fn quotation(until: Option<&str>) -> Value {
    json!({
        "partyCode": "C001", "documentDate": "2026-03-10", "validUntil": until, "reference": "RFQ-9",
        "lines": [line("3", "1000.00", "S15")], "send": true,
    })
}

async fn step(client: &Client, view: &Value, step: &str, body: Value) -> Answer {
    with_etag(client, "POST", &format!("/quotations/{}/{step}", id(view)), body).await
}

#[tokio::test]
async fn a_quotation_is_sent_accepted_and_becomes_an_order() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let mut draft = quotation(None);
    draft["send"] = json!(false);
    let draft = posted(client, "/quotations", draft).await;
    assert_eq!((&draft["status"], &draft["number"]), (&json!("draft"), &Value::Null));
    let refused = step(client, &draft, "accept", Value::Null).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "step_not_possible"));
    let sent = step(client, &draft, "send", Value::Null).await.expect(200).json();
    assert_eq!(
        (&sent["status"], &sent["number"], totals(&sent).as_str()),
        (&json!("sent"), &json!("QUO-2026-000001"), "3000.00 | 450.00 | 3450.00")
    );
    let changed =
        with_etag(client, "PATCH", &format!("/quotations/{}", id(&sent)), json!({ "notes": "x" })).await;
    assert_eq!(changed.code(), "document_not_draft");
    let accepted = step(client, &sent, "accept", Value::Null).await.expect(200).json();
    assert_eq!(accepted["status"], "accepted");
    let order = step(client, &sent, "convert", json!({ "post": true })).await.expect(201).json();
    assert_eq!(
        (&order["type"], &order["status"], totals(&order), &order["reference"]),
        (&json!("sales_order"), &json!("confirmed"), totals(&sent), &json!("RFQ-9"))
    );
    let read = client.get(&format!("/quotations/{}", id(&sent))).await.ok();
    assert_eq!((&read["convertedToId"], &read["convertedToType"]), (&order["id"], &json!("sales_order")));
    let again = step(client, &sent, "convert", json!({})).await;
    assert_eq!((again.status.as_u16(), again.code().as_str()), (409, "quotation_converted"));
    let list = client.get(&format!("/quotations?convertedToId={}&status=accepted", id(&order))).await.ok();
    assert_eq!(list["items"][0]["number"], sent["number"]);
    assert_eq!(client.get("/quotations?status=confirmed").await.status, 400, "each type has its own states");
    let events = client.get("/events?limit=1000").await.ok();
    for wanted in ["quotation.sent", "quotation.accepted", "quotation.converted", "sales_order.confirmed"] {
        assert!(events["items"].as_array().unwrap().iter().any(|event| event["type"] == wanted), "{wanted}");
    }
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn a_quotation_becomes_an_invoice_without_being_accepted_first() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let sent = posted(client, "/quotations", quotation(None)).await;
    let invoice = step(client, &sent, "convert", json!({ "to": "sales_invoice" })).await.expect(201).json();
    assert_eq!((&invoice["type"], &invoice["status"]), (&json!("sales_invoice"), &json!("draft")));
    assert_eq!(client.get(&format!("/quotations/{}", id(&sent))).await.ok()["status"], "accepted");
    let declined = posted(client, "/quotations", quotation(None)).await;
    assert_eq!(
        step(client, &declined, "decline", Value::Null).await.expect(200).json()["status"],
        "declined"
    );
    let refused = step(client, &declined, "convert", json!({})).await;
    assert_eq!(refused.code(), "step_not_possible", "{}", refused.text());
}

#[tokio::test]
async fn a_quotation_is_accepted_only_while_it_is_valid() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let early = client.post("/quotations", quotation(Some("2026-03-01"))).await.expect(422);
    assert_eq!(early.errors(), [("/validUntil".to_owned(), "valid_until_early".to_owned())]);
    let mut body = quotation(Some("2020-01-31"));
    body["documentDate"] = json!("2020-01-01");
    let sent = posted(client, "/quotations", body).await;
    for call in ["accept", "convert"] {
        let body = if call == "convert" { json!({}) } else { Value::Null };
        let refused = step(client, &sent, call, body).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "quotation_expired"), "{call}");
    }
    let list = client.get("/quotations?validUntil[lt]=2026-01-01&status=sent").await.ok();
    assert_eq!(list["items"][0]["number"], sent["number"]);
}
