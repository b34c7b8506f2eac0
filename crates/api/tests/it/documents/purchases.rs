//! Bills of suppliers.

use super::*;

fn bill(number: &str, lines: &[Value]) -> Value {
    json!({
        "partyCode": "V001", "supplierNumber": number, "documentDate": "2026-03-10", "postingDate": "2026-03-12", "lines": lines, "post": true,
    })
}

#[tokio::test]
async fn a_bill_is_owed_to_its_supplier_and_its_vat_is_recovered() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let mut body = bill("A-118", &[line("1", "5000.00", "P15")]);
    body["lines"][0]["accountCode"] = json!("6210");
    let view = posted(client, "/purchase-invoices", body).await;
    assert_eq!(
        (totals(&view).as_str(), &view["number"]),
        ("5000.00 | 750.00 | 5750.00", &json!("BILL-2026-000001"))
    );
    let expected =
        [row("2111", "0.00", "5750.00"), row("6210", "5000.00", "0.00"), row("1151", "750.00", "0.00")];
    assert_eq!(entry(client, &view).await, expected);
    let taxes = client.get(&format!("/tax-entries?sourceId={}", id(&view))).await.ok();
    let tax = &taxes["items"][0];
    assert_eq!(
        (&tax["side"], &tax["box"], &tax["tax"], &tax["taxDate"]),
        (&json!("input"), &json!("7"), &json!("750.00"), &json!("2026-03-12"))
    );
    agree(client, "2026-12-31").await;
}

/// C8: the same number twice is refused however it is written, and free again once the bill is reversed.
#[tokio::test]
async fn a_suppliers_number_is_on_one_bill() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let first = posted(client, "/purchase-invoices", bill("INV-0012", &[line("1", "10.00", "P15")])).await;
    for number in ["INV-0012", "inv 0012", "INV/0012"] {
        let twice = client.post("/purchase-invoices", bill(number, &[line("1", "10.00", "P15")])).await;
        assert_eq!(
            (twice.status.as_u16(), twice.code().as_str()),
            (409, "supplier_invoice_exists"),
            "{number}"
        );
        assert!(twice.text().contains(id(&first)), "{}", twice.text());
    }
    let mut draft = bill("", &[line("1", "10.00", "P15")]);
    draft["post"] = json!(false);
    posted(client, "/purchase-invoices", draft.clone()).await;
    posted(client, "/purchase-invoices", draft).await;
    let unnumbered = client.post("/purchase-invoices", bill("", &[line("1", "10.00", "P15")])).await;
    assert_eq!(unnumbered.code(), "supplier_number_missing");
    let path = format!("/purchase-invoices/{}/reverse", id(&first));
    let reversed =
        with_etag(client, "POST", &path, json!({ "reason": "Entered twice" })).await.expect(200).json();
    assert_eq!(
        (&reversed["status"], &reversed["openAmount"]),
        (&json!("reversed"), &json!("0.00")),
        "{reversed}"
    );
    let again = with_etag(client, "POST", &path, json!({ "reason": "Twice" })).await;
    assert_eq!(again.code(), "document_not_posted");
    posted(client, "/purchase-invoices", bill("INV-0012", &[line("1", "10.00", "P15")])).await;
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn the_suppliers_own_total_is_compared_and_his_rounding_taken_over() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    // 33.33 with 5.00 of VAT: the supplier rounded up.
    let mut body = bill("R-1", &[line("1", "33.33", "P15")]);
    body["supplierVat"] = json!("5.02");
    body["supplierTotal"] = json!("38.35");
    let view = posted(client, "/purchase-invoices", body).await;
    assert_eq!(totals(&view), "33.33 | 5.02 | 38.35");
    let mut far = bill("R-2", &[line("1", "100.00", "P15")]);
    far["supplierTotal"] = json!("115.10");
    let refused = client.post("/purchase-invoices", far).await.expect(422);
    assert_eq!(
        refused.errors(),
        [("/supplierTotal".to_owned(), "supplier_total_differs".to_owned())],
        "{}",
        refused.text()
    );
    agree(client, "2026-12-31").await;
}

/// T14: services from abroad are paid without VAT, which is owed and recovered.
#[tokio::test]
async fn reverse_charge_is_owed_and_recovered() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let mut body = bill("RC-1", &[line("1", "10000.00", "RC15")]);
    body["lines"][0]["accountCode"] = json!("6210");
    let view = posted(client, "/purchase-invoices", body).await;
    assert_eq!(totals(&view), "10000.00 | 0.00 | 10000.00");
    let mut lines = entry(client, &view).await;
    lines.sort();
    let expected = [
        row("1153", "1500.00", "0.00"),
        row("2111", "0.00", "10000.00"),
        row("2132", "0.00", "1500.00"),
        row("6210", "10000.00", "0.00"),
    ];
    assert_eq!(lines, expected);
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn a_supplier_gives_back_what_he_billed() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let billed = posted(client, "/purchase-invoices", bill("B-1", &[line("10", "50.00", "P15")])).await;
    let body = json!({
        "correctsId": billed["id"], "supplierNumber": "CR-1", "reason": "Damaged", "documentDate": "2026-03-14", "postingDate": "2026-03-14",
        "lines": [{ "correctsLineNo": 1, "quantity": "3" }], "post": true,
    });
    let note = posted(client, "/purchase-credit-notes", body.clone()).await;
    assert_eq!(
        (totals(&note).as_str(), &note["number"]),
        ("150.00 | 22.50 | 172.50", &json!("PCN-2026-000001"))
    );
    assert_eq!(entry(client, &note).await[0], row("2111", "172.50", "0.00"));
    let path = format!("/purchase-credit-notes/{}/reverse", id(&note));
    with_etag(client, "POST", &path, json!({ "reason": "Wrong bill" })).await.expect(200);
    let mut all = body;
    all["lines"] = json!([{ "correctsLineNo": 1, "quantity": "10" }]);
    posted(client, "/purchase-credit-notes", all).await;
    agree(client, "2026-12-31").await;
}

/// T16: customs asks for duty, and for VAT on goods that it did not sell.
#[tokio::test]
async fn customs_charges_vat_on_what_it_did_not_sell() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let customs =
        json!({ "code": "ZATCA", "name": { "en": "Customs" }, "kind": "government", "supplier": {} });
    client.post("/parties", customs).await.expect(201);
    let mut duty = line("1", "5000.00", "P-OOS");
    duty["accountCode"] = json!("6290");
    let vat =
        json!({ "kind": "tax_only", "taxCode": "IMP15", "taxBase": "105000.00", "taxAmount": "15750.00" });
    let mut body = bill("DEC-1", &[vat.clone(), duty.clone()]);
    body["partyCode"] = json!("ZATCA");
    body["kind"] = json!("customs");
    body["supplierTotal"] = json!("20750.00");
    let view = posted(client, "/purchase-invoices", body.clone()).await;
    assert_eq!((totals(&view).as_str(), &view["kind"]), ("5000.00 | 15750.00 | 20750.00", &json!("customs")));
    let numbers: Vec<_> =
        view["lines"].as_array().unwrap().iter().map(|line| line["lineNo"].clone()).collect();
    assert_eq!((numbers, &view["lines"][0]["taxBase"]), (vec![json!(1), json!(2)], &json!("105000.00")));
    let mut lines = entry(client, &view).await;
    lines.sort();
    let expected =
        [row("1152", "15750.00", "0.00"), row("2111", "0.00", "20750.00"), row("6290", "5000.00", "0.00")];
    assert_eq!(lines, expected);
    let taxes = client.get(&format!("/tax-entries?sourceId={}&box=8", id(&view))).await.ok();
    let tax = &taxes["items"][0];
    assert_eq!((&tax["base"], &tax["tax"]), (&json!("105000.00"), &json!("15750.00")));
    agree(client, "2026-12-31").await;

    // VAT alone, without duty.
    let mut alone = body.clone();
    alone["supplierNumber"] = json!("DEC-2");
    alone["supplierTotal"] = json!("15750.00");
    alone["lines"] = json!([vat]);
    let alone = posted(client, "/purchase-invoices", alone).await;
    assert_eq!(totals(&alone), "0.00 | 15750.00 | 15750.00");
    let note = json!({ "correctsId": alone["id"], "supplierNumber": "N-1", "reason": "x", "lines": [line("1", "1.00", "P15")] });
    let refused = client.post("/purchase-credit-notes", note).await.expect(409);
    assert!(refused.errors().contains(&("/correctsId".to_owned(), "customs_not_corrected".to_owned())));
    let reverse = format!("/purchase-invoices/{}/reverse", id(&alone));
    with_etag(client, "POST", &reverse, json!({ "reason": "Entered twice" })).await.expect(200);
    agree(client, "2026-12-31").await;

    body["supplierNumber"] = json!("DEC-3");
    let refused = |change: fn(&mut Value)| {
        let mut body = body.clone();
        change(&mut body);
        async move { client.post("/purchase-invoices", body).await.expect(422).errors() }
    };
    let one = |pointer: &str, code: &str| vec![(pointer.to_owned(), code.to_owned())];
    let without = refused(|body| body["kind"] = json!("standard")).await;
    assert_eq!(without, one("/lines/0/kind", "tax_only_not_taken"));
    let missing = refused(|body| body["lines"][0]["taxBase"] = Value::Null).await;
    assert_eq!(missing, one("/lines/0/taxBase", "required"));
    let negative = refused(|body| body["lines"][0]["taxAmount"] = json!("-1")).await;
    assert_eq!(negative, one("/lines/0/taxAmount", "tax_only_negative"));
    let code = refused(|body| body["lines"][0]["taxCode"] = json!("P15")).await;
    assert_eq!(code, one("/lines/0/taxCode", "tax_code_kind_not_taken"));
    let none = refused(|body| {
        body["lines"] =
            json!([{ "description": "Duty", "unitPrice": "1", "taxCode": "P-OOS", "accountCode": "6290" }])
    })
    .await;
    assert_eq!(none, one("/lines", "customs_tax_missing"));
    let other = refused(|body| body["lines"][1]["taxBase"] = json!("1")).await;
    assert_eq!(other, one("/lines/1/taxBase", "tax_only_member"));
    let total = refused(|body| body["supplierTotal"] = json!("20750.01")).await;
    assert_eq!(total, one("/supplierTotal", "supplier_total_differs"));
}

/// What is copied from a PDF has other dashes.
#[tokio::test]
async fn a_supplier_number_is_the_same_with_every_dash_and_has_a_letter_or_digit() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let bill = |number: &str| {
        json!({
            "partyCode": "V001", "supplierNumber": number, "documentDate": "2026-03-10", "postingDate": "2026-03-10",
            "lines": [line("1", "100.00", "P15")], "post": true,
        })
    };
    posted(client, "/purchase-invoices", bill("INV-0012/26")).await;
    for number in [
        "INV\u{2011}0012/26",
        "INV\u{2013}0012/26",
        "INV\u{2212}0012\u{2215}26",
        "INV.0012.26",
        "inv 0012,26",
    ] {
        let refused = client.post("/purchase-invoices", bill(number)).await.expect(409);
        assert_eq!(refused.code(), "supplier_invoice_exists", "{number}");
    }
    for number in ["---", "\u{2013}", "."] {
        let refused = client.post("/purchase-invoices", bill(number)).await.expect(422);
        assert_eq!(refused.errors(), [("/supplierNumber".to_owned(), "supplier_number_blank".to_owned())]);
    }
    posted(client, "/purchase-invoices", bill("0")).await;
    let refused = client.post("/purchase-invoices", bill("000")).await.expect(409);
    assert_eq!(refused.code(), "supplier_invoice_exists");
}

/// Who has no number has no return to recover VAT in.
#[tokio::test]
async fn a_company_without_a_vat_number_recovers_none() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    with_etag(client, "PATCH", "/company-profile", json!({ "vatNumber": null })).await.expect(200);
    let mut body = json!({
        "partyCode": "V001", "supplierNumber": "B-1", "documentDate": "2026-03-10", "postingDate": "2026-03-10",
        "lines": [line("1", "100.00", "P15")],
        "charges": [{ "description": "Freight", "amount": "5.00", "taxCode": "P15" }],
    });
    let draft = client.post("/purchase-invoices", body.clone()).await.expect(201).json();
    let post = format!("/purchase-invoices/{}/post", id(&draft));
    let refused = with_etag(client, "POST", &post, Value::Null).await.expect(422);
    let at = |pointer: &str| (pointer.to_owned(), "buyer_not_registered".to_owned());
    assert_eq!(refused.errors(), [at("/lines/0/taxCode"), at("/charges/0/taxCode")], "{}", refused.text());
    let customs = json!({
        "partyCode": "V001", "kind": "customs", "supplierNumber": "C-1", "documentDate": "2026-03-10", "postingDate": "2026-03-10",
        "lines": [{ "kind": "tax_only", "description": "VAT", "taxCode": "IMP15", "taxBase": "100.00", "taxAmount": "15.00" }],
        "post": true,
    });
    let refused = client.post("/purchase-invoices", customs).await.expect(422);
    assert_eq!(refused.errors(), [at("/lines/0/taxCode")], "{}", refused.text());
    for (at, code) in [("lines", "P15-BLOCKED"), ("charges", "P15-BLOCKED")] {
        body[at][0]["taxCode"] = json!(code);
    }
    body["post"] = json!(true);
    body["supplierNumber"] = json!("B-2");
    let bill = posted(client, "/purchase-invoices", body).await;
    assert!(
        entry(client, &bill).await.iter().all(|(account, ..)| account != "1151"),
        "it is part of the cost"
    );
    agree(client, "2026-03-31").await;
}
