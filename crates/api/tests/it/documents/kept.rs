//! Drafts: kept as they were sent, changed by merge patches, posted once.

use super::*;

fn draft(lines: &[Value]) -> Value {
    let mut body = invoice("2026-03-15", lines);
    body["post"] = json!(false);
    body
}

#[tokio::test]
async fn a_draft_changes_is_posted_and_then_stays() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let created = client.post("/sales-invoices", draft(&[line("1", "100.00", "S15")])).await.expect(201);
    let (etag, view) = (created.etag(), created.json());
    let path = format!("/sales-invoices/{}", id(&view));
    assert_eq!(
        (&view["status"], &view["number"], &view["openAmount"]),
        (&json!("draft"), &Value::Null, &Value::Null)
    );
    assert_eq!(
        client.get("/open-items").await.ok()["items"],
        json!([]),
        "a draft leaves no trace in the books"
    );

    let patch =
        json!({ "lines": [line("2", "100.00", "S15")], "discountPercent": "10", "reference": "PO-1" });
    let changed = client.with_etag("PATCH", &path, &etag, patch).await.expect(200);
    let view = changed.json();
    assert_eq!((totals(&view).as_str(), &view["reference"]), ("180.00 | 27.00 | 207.00", &json!("PO-1")));
    let stale = client.with_etag("PATCH", &path, &etag, json!({ "reference": null })).await;
    assert_eq!(stale.status, 412);
    let bare = client.call("PATCH", &path, &["Content-Type: application/json"], "{}").await;
    assert_eq!(bare.status, 428);
    let removed = json!({ "discountPercent": null, "reference": null });
    let view = client.with_etag("PATCH", &path, &changed.etag(), removed).await.expect(200).json();
    assert_eq!((totals(&view).as_str(), &view["reference"]), ("200.00 | 30.00 | 230.00", &Value::Null));

    let posted = with_etag(client, "POST", &format!("{path}/post"), Value::Null).await.expect(200).json();
    assert_eq!(
        (&posted["status"], &posted["number"], &posted["version"]),
        (&json!("posted"), &json!("INV-2026-000001"), &json!(4))
    );
    for (method, path, body) in [
        ("PATCH", path.clone(), json!({ "notes": "x" })),
        ("DELETE", path.clone(), Value::Null),
        ("POST", format!("{path}/post"), Value::Null),
    ] {
        let refused = with_etag(client, method, &path, body).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code().as_str()),
            (409, "document_not_draft"),
            "{method} {path}"
        );
    }
    let copy = client.post(&format!("{path}/copy"), Value::Null).await.expect(201).json();
    assert_eq!((&copy["status"], totals(&copy)), (&json!("draft"), totals(&posted)));
    let copied = format!("/sales-invoices/{}", id(&copy));
    assert_eq!(with_etag(client, "DELETE", &copied, Value::Null).await.status, 204);
    assert_eq!(client.get(&copied).await.status, 404);
}

/// RFC 7396: members of an object are merged into the object before, and lists are replaced whole.
#[tokio::test]
async fn a_patch_reaches_into_objects_and_replaces_lists() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    for (dimension, values) in [("cost-centre", ["CC-A", "CC-B"]), ("project", ["PR-A", "PR-B"])] {
        let found = client.get(&format!("/dimensions?code={dimension}")).await.ok();
        let path = match found["items"][0]["id"].as_str() {
            Some(id) => format!("/dimensions/{id}/values"),
            None => {
                let body = json!({ "code": dimension, "name": { "en": dimension } });
                let made = client.post("/dimensions", body).await.expect(201).json();
                format!("/dimensions/{}/values", id(&made))
            }
        };
        for value in values {
            client.post(&path, json!({ "code": value, "name": { "en": value } })).await.expect(201);
        }
    }
    let mut body = draft(&[line("1", "100.00", "S15"), line("1", "50.00", "S15")]);
    body["dimensions"] = json!({ "cost-centre": "CC-A", "project": "PR-A" });
    let view = posted(client, "/sales-invoices", body).await;
    let path = format!("/sales-invoices/{}", id(&view));
    let patch = json!({ "dimensions": { "cost-centre": "CC-B" } });
    let view = with_etag(client, "PATCH", &path, patch).await.expect(200).json();
    assert_eq!(view["lines"][0]["dimensions"], json!({ "cost-centre": "CC-B", "project": "PR-A" }));
    let patch = json!({ "dimensions": { "project": null }, "lines": [line("2", "10.00", "S15")] });
    let view = with_etag(client, "PATCH", &path, patch).await.expect(200).json();
    assert_eq!(view["lines"][0]["dimensions"], json!({ "cost-centre": "CC-B" }));
    assert_eq!((view["lines"].as_array().unwrap().len(), text(&view["lines"][0]["quantity"])), (1, "2"));
    let wrong = json!({ "dimensions": { "cost-centre": 7 }, "notes": 5 });
    let refused = with_etag(client, "PATCH", &path, wrong).await.expect(422);
    let mut pointers: Vec<String> = refused.errors().into_iter().map(|(pointer, _)| pointer).collect();
    pointers.sort();
    assert_eq!(pointers, ["/dimensions/cost-centre", "/notes"], "{}", refused.text());
}

#[tokio::test]
async fn a_patch_is_checked_as_a_body_is() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let view = posted(client, "/sales-invoices", draft(&[line("1", "100.00", "S15")])).await;
    let path = format!("/sales-invoices/{}", id(&view));
    let bad = json!({ "lines": [], "currency": 7, "colour": "red", "post": true, "discountAmount": "x" });
    let refused = with_etag(client, "PATCH", &path, bad).await.expect(422);
    let mut pointers: Vec<String> = refused.errors().into_iter().map(|(pointer, _)| pointer).collect();
    pointers.sort();
    assert_eq!(
        pointers,
        ["/colour", "/currency", "/discountAmount", "/lines", "/post"],
        "{}",
        refused.text()
    );
    let unknown = json!({ "partyCode": "NOBODY", "partyId": null });
    let refused = with_etag(client, "PATCH", &path, unknown).await.expect(422);
    assert_eq!(refused.errors(), [("/partyCode".to_owned(), "unknown_reference".to_owned())]);
}

/// Dry run answers what posting then does, and keeps nothing; a key makes one invoice of two requests.
#[tokio::test]
async fn a_dry_run_keeps_nothing_and_a_key_makes_one_invoice() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let body = invoice("2026-03-15", &[line("1", "100.00", "S15")]);
    let dry = client.post("/sales-invoices?dryRun=true", body.clone()).await;
    assert!(dry.status.is_success(), "{}", dry.text());
    let dry = dry.json();
    assert_eq!(client.get("/sales-invoices").await.ok()["items"], json!([]));
    let headers = ["Content-Type: application/json", "Idempotency-Key: k1"];
    let first = client.call("POST", "/sales-invoices", &headers, body.to_string()).await.expect(201).json();
    let second = client.call("POST", "/sales-invoices", &headers, body.to_string()).await.expect(201).json();
    assert_eq!(first, second);
    assert_eq!(
        (&dry["number"], &dry["totals"]),
        (&first["number"], &first["totals"]),
        "a dry run burns no number"
    );
    assert_eq!(client.get("/sales-invoices").await.ok()["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn who_may_not_post_keeps_a_draft() {
    let (world, tenant) = company().await;
    let permissions = ["sales.sales_invoice.create", "sales.sales_invoice.read"];
    let clerk = crate::parties::member(&world, &tenant, "clerk", &permissions).await;
    let body = invoice("2026-03-15", &[line("1", "100.00", "S15")]);
    let refused = clerk.post("/sales-invoices", body).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (403, "document_post_permission"));
    clerk.post("/sales-invoices", draft(&[line("1", "100.00", "S15")])).await.expect(201);
}
