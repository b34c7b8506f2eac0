//! Refusals of documents: every reason at once, in both languages.

use super::*;

#[tokio::test]
async fn everything_that_is_wrong_with_a_draft_is_said_at_once() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let body = json!({
        "partyCode": "V001", "currency": "XXX", "documentDate": "2026-03-15", "dueDate": "2026-03-01", "paymentTermCode": "NOPE",
        "lines": [
            { "quantity": "0", "unitPrice": "1.00", "taxCode": "S15" },
            { "description": "a", "unitPrice": "1.00" },
            { "description": "b", "taxCode": "S15" },
            { "itemCode": "NOPE", "taxCode": "P15" },
            { "description": "c", "unitPrice": "1", "taxCode": "P15", "discountPercent": "1", "discountAmount": "1", "dimensions": { "cost-centre": "NOPE" } },
        ],
    });
    let refused = client.post("/sales-invoices", body).await.expect(422);
    let errors = refused.errors();
    for (pointer, code) in [
        ("/partyCode", "party_role_missing"),
        ("/currency", "currency_unknown"),
        ("/dueDate", "due_date_early"),
        ("/lines/0/description", "line_text_missing"),
        ("/lines/0/quantity", "quantity_not_positive"),
        ("/lines/1/taxCode", "line_tax_missing"),
        ("/lines/2/unitPrice", "line_price_missing"),
        ("/lines/3/itemCode", "unknown_reference"),
        ("/lines/4/taxCode", "tax_code_kind_not_taken"),
        ("/lines/4/discountAmount", "named_twice"),
        ("/lines/4/dimensions", "dimension_value_unknown"),
    ] {
        assert!(errors.contains(&(pointer.to_owned(), code.to_owned())), "{pointer} {code}: {errors:?}");
    }
}

#[tokio::test]
async fn what_only_posting_refuses_does_not_keep_a_draft_away() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    let customer = json!({
        "code": "C001", "name": { "en": "Horizon" }, "kind": "company", "customer": { "blocked": "invoices", "blockedReason": "Owes" },
    });
    client.post("/parties", customer).await.expect(201);
    let stock = json!({ "code": "P1", "name": { "en": "Paper" }, "kind": "stock", "categoryCode": "GOODS", "baseUnitCode": "PCE" });
    let stock = client.post("/items", stock).await;
    assert_eq!(stock.status, 201, "{}", stock.text());
    let mut body = json!({
        "partyCode": "C001", "documentDate": "2026-03-15",
        "lines": [{ "itemCode": "P1", "unitPrice": "1.00", "taxCode": "S15" }],
    });
    client.post("/sales-invoices", body.clone()).await.expect(201);
    body["post"] = json!(true);
    let refused = client.post("/sales-invoices", body.clone()).await.expect(422);
    let mut codes: Vec<String> = refused.errors().into_iter().map(|(_, code)| code).collect();
    codes.sort();
    assert_eq!(
        codes,
        ["buyer_address_incomplete", "party_blocked", "seller_not_registered", "stock_not_available"]
    );
    let pointers: Vec<String> = refused.errors().into_iter().map(|(pointer, _)| pointer).collect();
    assert!(
        pointers.contains(&"/partyCode".to_owned()) && pointers.contains(&"/lines/0/itemCode".to_owned())
    );
    assert!(pointers.iter().all(|pointer| !pointer.ends_with("Id")), "what the caller sent: {pointers:?}");
    let headers = ["Content-Type: application/json", "Accept-Language: ar"];
    let arabic = client.call("POST", "/sales-invoices", &headers, body.to_string()).await;
    assert!(
        arabic.text().contains("الرمز البريدي") && arabic.text().contains("ليس للمنشأة رقم ضريبي"),
        "{}",
        arabic.text()
    );
}

#[tokio::test]
async fn a_locked_tax_date_names_the_first_open_one() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    client
        .call(
            "PUT",
            "/locks/tax",
            &["Content-Type: application/json", "If-Match: *"],
            json!({ "lockedThrough": "2026-03-31" }).to_string(),
        )
        .await
        .expect(200);
    let mut body = invoice("2026-04-02", &[line("1", "100.00", "S15")]);
    body["supplyDate"] = json!("2026-03-30");
    let refused = client.post("/sales-invoices", body.clone()).await.expect(422);
    assert_eq!(
        refused.errors(),
        [("/taxDate".to_owned(), "tax_date_locked".to_owned())],
        "{}",
        refused.text()
    );
    assert!(refused.text().contains("2026-04-01"));
    body["taxDate"] = json!("2026-04-01");
    let view = posted(client, "/sales-invoices", body).await;
    assert_eq!((&view["supplyDate"], &view["taxDate"]), (&json!("2026-03-30"), &json!("2026-04-01")));
}

#[tokio::test]
async fn a_refused_posting_burns_no_number() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let mut body = invoice("2026-03-15", &[line("1", "100.00", "S15")]);
    body["lines"][0]["accountCode"] = json!("4000");
    let refused = client.post("/sales-invoices", body).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    let view = posted(client, "/sales-invoices", invoice("2026-03-15", &[line("1", "100.00", "S15")])).await;
    assert_eq!(view["number"], "INV-2026-000001");
}

/// An entry that a document made is taken back with the document only.
#[tokio::test]
async fn the_entry_of_an_invoice_is_not_reversed_by_itself() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let view = posted(client, "/sales-invoices", invoice("2026-03-15", &[line("1", "100.00", "S15")])).await;
    let path = format!("/journal-entries/{}/reverse", text(&view["journalEntryId"]));
    let refused =
        with_etag(client, "POST", &path, json!({ "reason": "x", "postingDate": "2026-03-16" })).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "entry_belongs_to_document"));
    assert!(refused.text().contains("cancel or credit"), "{}", refused.text());
}

/// Two invoices at once never use the last riyal twice; who may, goes beyond the limit with a reason.
#[tokio::test]
async fn a_credit_limit_holds_whoever_posts_at_the_same_time() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let party = client.get("/parties?code=C001").await.ok()["items"][0].clone();
    let limited = json!({ "customer": { "creditLimit": "1000.00", "creditCheck": "invoice" } });
    with_etag(client, "PATCH", &format!("/parties/{}", id(&party)), limited).await.expect(200);
    let body = invoice("2026-03-15", &[line("1", "600.00", "S15")]);
    let (one, two) = tokio::join!(
        client.post("/sales-invoices", body.clone()),
        client.post("/sales-invoices", body.clone())
    );
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422], "{} {}", one.text(), two.text());
    let refused = if one.status == 422 { one } else { two };
    assert_eq!(refused.errors(), [("/partyCode".to_owned(), "credit_limit_exceeded".to_owned())]);
    assert!(refused.text().contains("690.00") && refused.text().contains("1000.00"), "{}", refused.text());
    let mut beyond = body;
    beyond["creditOverrideReason"] = json!("The order is urgent");
    posted(client, "/sales-invoices", beyond).await;
}

/// Files belong to documents as they do to entries, and go with their draft.
#[tokio::test]
async fn documents_have_files() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let mut body = invoice("2026-03-15", &[line("1", "600.00", "S15")]);
    body["post"] = json!(false);
    let draft = posted(client, "/sales-invoices", body).await;
    let path = format!("/attachments?documentType=sales_invoice&documentId={}&name=order.txt", id(&draft));
    client.call("POST", &path, &["Content-Type: text/plain"], "as ordered").await.expect(201);
    let list = format!("/attachments?documentType=sales_invoice&documentId={}", id(&draft));
    assert_eq!(client.get(&list).await.ok()["items"].as_array().unwrap().len(), 1);
    let other = format!("/attachments?documentType=receipt&documentId={}&name=x.txt", id(&draft));
    assert_eq!(client.call("POST", &other, &["Content-Type: text/plain"], "x").await.status, 422);
    with_etag(client, "DELETE", &format!("/sales-invoices/{}", id(&draft)), Value::Null).await.expect(204);
    assert_eq!(client.get(&list).await.ok()["items"], json!([]));
}

/// Records that documents name are kept: the party, the item and the units that decide its quantities.
#[tokio::test]
async fn what_documents_name_is_not_deleted() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let item = json!({ "code": "HOUR", "name": { "en": "Hour" }, "kind": "service", "categoryCode": "SERVICES", "baseUnitCode": "HUR" });
    let item = client.post("/items", item).await;
    assert_eq!(item.status, 201, "{}", item.text());
    let item = item.json();
    let body = json!({
        "partyCode": "C001", "documentDate": "2026-03-15", "post": true,
        "lines": [{ "itemCode": "HOUR", "quantity": "2", "unitPrice": "100.00", "taxCode": "S15" }],
    });
    let sold = posted(client, "/sales-invoices", body).await;
    assert_eq!(
        entry(client, &sold).await[1],
        row("4150", "0.00", "200.00"),
        "services have an account of their own"
    );
    for path in [format!("/items/{}", id(&item)), format!("/parties/{}", text(&sold["partyId"]))] {
        let refused = with_etag(client, "DELETE", &path, Value::Null).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code().as_str()),
            (409, "in_use"),
            "{path} {}",
            refused.text()
        );
    }
    let kind =
        with_etag(client, "PATCH", &format!("/items/{}", id(&item)), json!({ "kind": "non_stock" })).await;
    assert_eq!(kind.code(), "item_has_entries", "{}", kind.text());
}

/// A rate on a document in the company currency would be dropped without a word.
#[tokio::test]
async fn a_document_in_the_company_currency_has_no_other_rate_than_one() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let mut body = invoice("2026-03-15", &[line("1", "100.00", "S15")]);
    body["rate"] = json!("2");
    let refused = client.post("/sales-invoices", body.clone()).await.expect(422);
    assert_eq!(refused.errors(), [("/rate".to_owned(), "document_rate_not_one".to_owned())]);
    body["rate"] = json!("1");
    posted(client, "/sales-invoices", body).await;
    let receipt = json!({ "partyCode": "C001", "amount": "5.00", "rate": "2", "documentDate": "2026-03-15" });
    let refused = client.post("/receipts", receipt).await.expect(422);
    assert_eq!(refused.errors(), [("/rate".to_owned(), "document_rate_not_one".to_owned())]);
}

#[tokio::test]
async fn the_ageing_of_a_party_that_is_not_there_is_refused() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    for report in ["receivables-ageing", "payables-ageing"] {
        let refused = client.get(&format!("/reports/{report}?party=NOPE")).await.expect(422);
        assert_eq!(refused.errors(), [("party".to_owned(), "unknown_reference".to_owned())]);
        let known = client.get(&format!("/reports/{report}?party=C001")).await.ok();
        assert_eq!(known["lines"], json!([]), "{known}");
    }
}
