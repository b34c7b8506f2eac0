//! Differences that are written off, and what nobody will pay.

use super::discounts::{open_items, receipt, state};
use super::*;

async fn tolerate(client: &Client, amount: &str) {
    let change = json!({ "paymentTolerances": [{ "currency": "SAR", "amount": amount }] });
    with_etag(client, "PATCH", "/company-profile", change).await.expect(200);
}

/// P5: a difference within the tolerance is written off when the caller says so, and only then.
#[tokio::test]
async fn a_small_difference_is_written_off_when_it_is_asked_for() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let invoice =
        posted(client, "/sales-invoices", invoice("2026-03-01", &[line("1", "1000.00", "S15")])).await;
    let wish = json!({ "documentId": invoice["id"], "writeOffDifference": true });
    let refused = client.post("/receipts", receipt("2026-03-20", "1149.65", wish.clone())).await.expect(422);
    assert_eq!(
        refused.errors(),
        [("/allocations/0/writeOffDifference".to_owned(), "difference_exceeds_tolerance".to_owned())]
    );
    tolerate(client, "0.50").await;
    let silent = json!({ "documentId": invoice["id"] });
    let silent = client.post("/receipts?dryRun=true", receipt("2026-03-20", "1149.65", silent)).await;
    assert!(silent.expect(200).json().get("created").is_none(), "nothing is written off silently");
    let paid = posted(client, "/receipts", receipt("2026-03-20", "1149.65", wish)).await;
    let difference = client.get(&format!("/write-offs/{}", text(&paid["created"][0]["id"]))).await.ok();
    assert_eq!((&difference["kind"], &difference["amount"]), (&json!("difference"), &json!("0.35")));
    let made = json!({ "journalEntryId": difference["entryId"] });
    assert_eq!(entry(client, &made).await, [row("1121", "0.00", "0.35"), row("7140", "0.35", "0.00")]);
    assert_eq!(state(client, "/sales-invoices", &invoice).await, "paid");
    agree(client, "2026-12-31").await;
    let wrong = json!({ "paymentTolerances": [
        { "currency": "SAR", "amount": "-1" }, { "currency": "SAR", "amount": "1" },
    ] });
    let refused = with_etag(client, "PATCH", "/company-profile", wrong).await.expect(422);
    let codes: Vec<_> = refused.errors().into_iter().map(|(at, code)| format!("{at} {code}")).collect();
    assert_eq!(
        codes,
        [
            "/paymentTolerances/0/amount payment_tolerance_negative",
            "/paymentTolerances/1/currency payment_tolerance_twice"
        ]
    );
}

/// A payment that is a little too much: what is left of it is written off, too.
#[tokio::test]
async fn what_was_paid_too_much_is_a_difference_as_well() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    tolerate(client, "0.50").await;
    let invoice =
        posted(client, "/sales-invoices", invoice("2026-03-01", &[line("1", "100.00", "S15")])).await;
    let wish = json!({ "documentId": invoice["id"], "writeOffDifference": true });
    let paid = posted(client, "/receipts", receipt("2026-03-20", "115.20", wish)).await;
    assert_eq!((&paid["openAmount"], &paid["paymentState"]), (&json!("0.00"), &json!("paid")), "{paid}");
    let difference = client.get(&format!("/write-offs/{}", text(&paid["created"][0]["id"]))).await.ok();
    let made = json!({ "journalEntryId": difference["entryId"] });
    assert_eq!(entry(client, &made).await, [row("1121", "0.20", "0.00"), row("7140", "0.00", "0.20")]);
    agree(client, "2026-12-31").await;
}

/// R110: a bad debt leaves the receivable, its VAT stays, and it comes back when the customer pays after all.
#[tokio::test]
async fn a_bad_debt_is_written_off_and_reversed() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let invoice =
        posted(client, "/sales-invoices", invoice("2026-03-01", &[line("1", "1000.00", "S15")])).await;
    let body = json!({ "documentId": invoice["id"], "date": "2026-12-31", "reason": "Insolvent", "amount": "650.00" });
    let dry = client.post("/write-offs?dryRun=true", body.clone()).await.expect(200).json();
    assert_eq!(dry["amount"], "650.00");
    let debt = posted(client, "/write-offs", body).await;
    assert_eq!(
        (&debt["kind"], &debt["party"], &debt["control"]),
        (&json!("bad_debt"), &json!("C001"), &json!("receivable"))
    );
    let made = json!({ "journalEntryId": debt["entryId"] });
    assert_eq!(entry(client, &made).await, [row("1121", "0.00", "650.00"), row("6340", "650.00", "0.00")]);
    let item = &open_items(client, &invoice).await[0];
    assert_eq!((&item["openAmount"], &item["status"]), (&json!("500.00"), &json!("partly_settled")));
    let rest = json!({ "openItemIds": [item["id"]], "date": "2026-12-31", "reason": "The rest" });
    let rest = posted(client, "/write-offs", rest).await;
    assert_eq!(rest["items"][0]["amount"], "500.00");
    let nothing = json!({ "documentId": invoice["id"], "reason": "Again", "date": "2026-12-31" });
    assert_eq!(client.post("/write-offs", nothing).await.expect(409).code(), "write_off_nothing_open");
    assert_eq!(client.get("/tax-entries").await.ok()["items"].as_array().unwrap().len(), 1, "VAT stays");
    agree(client, "2026-12-31").await;
    let path = format!("/write-offs/{}/reverse", id(&rest));
    let early =
        with_etag(client, "POST", &path, json!({ "reason": "x", "date": "2026-12-30" })).await.expect(422);
    assert_eq!(early.errors(), [("/date".to_owned(), "undo_before_allocation".to_owned())]);
    let back =
        with_etag(client, "POST", &path, json!({ "reason": "Paid after all", "date": "2026-12-31" })).await;
    let back = back.expect(200).json();
    assert_eq!((&back["status"], back["reversalEntryId"].is_string()), (&json!("reversed"), true));
    let again = with_etag(client, "POST", &path, json!({ "reason": "Twice" })).await.expect(409);
    assert_eq!(again.code(), "write_off_reversed");
    assert_eq!(open_items(client, &invoice).await[0]["openAmount"], "500.00");
    agree(client, "2026-12-31").await;
    let list = client.get("/write-offs?party=C001&status=posted").await.ok();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let wrong = json!({ "openItemIds": ["0198c0de-7b1f-7c3a-9f00-2b6f1d6a4e11"], "reason": "x", "date": "2030-01-01", "amount": "-1" });
    let refused = client.post("/write-offs", wrong).await.expect(422);
    assert!(
        refused.errors().contains(&("/openItemIds/0".to_owned(), "unknown_reference".to_owned())),
        "{}",
        refused.text()
    );
}

/// R106: payments that are matched by a rule leave no small rests where the caller lets them be written off.
#[tokio::test]
async fn a_rule_writes_small_differences_off() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    tolerate(client, "0.50").await;
    let invoice =
        posted(client, "/sales-invoices", invoice("2026-03-01", &[line("1", "1000.00", "S15")])).await;
    let mut payment =
        json!({ "partyCode": "C001", "documentDate": "2026-03-20", "amount": "1149.65", "post": true });
    payment["reference"] = invoice["number"].clone();
    let payment = posted(client, "/receipts", payment).await;
    let oldest = json!({ "control": "receivable", "rule": "oldest_due", "writeOffDifferences": true });
    let refused = client.post("/allocations/auto", oldest).await.expect(422);
    assert_eq!(refused.errors(), [("/writeOffDifferences".to_owned(), "auto_difference_rule".to_owned())]);
    let silent = json!({ "control": "receivable", "rule": "reference", "date": "2026-03-20" });
    let silent = client.post("/allocations/auto?dryRun=true", silent).await.expect(200).json();
    assert!(silent.get("created").is_none(), "nothing is written off silently: {silent}");
    for rule in ["reference", "exact"] {
        let body = json!({
            "control": "receivable", "rule": rule, "date": "2026-03-20", "writeOffDifferences": true,
        });
        let dry = client.post("/allocations/auto?dryRun=true", body).await.expect(200).json();
        assert_eq!(dry["allocationCount"], 2, "{rule}: {dry}");
    }
    let body = json!({ "control": "receivable", "rule": "exact", "date": "2026-03-20", "writeOffDifferences": true });
    let made = client.post("/allocations/auto", body).await.expect(200).json();
    assert_eq!((&made["created"][0]["type"], &made["allocationCount"]), (&json!("write_off"), &json!(2)));
    assert_eq!(state(client, "/sales-invoices", &invoice).await, "paid");
    assert_eq!(state(client, "/receipts", &payment).await, "paid");
    agree(client, "2026-12-31").await;
}

/// R110: VAT of a bad debt is taken back twelve months after the supply, as an adjustment of the box of its invoice, and comes back
/// when the write-off is reversed.
#[tokio::test]
async fn vat_of_a_bad_debt_is_taken_back_once_its_conditions_are_met() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    client.post("/fiscal-years/generate", json!({ "start": "2027-01-01" })).await;
    let invoice =
        posted(client, "/sales-invoices", invoice("2026-03-01", &[line("1", "200000.00", "S15")])).await;
    let body = json!({ "documentId": invoice["id"], "date": "2026-12-31", "reason": "Insolvent", "amount": "115000.00" });
    let debt = posted(client, "/write-offs", body).await;
    assert_eq!(debt["vatRelief"], Value::Null);
    let path = format!("/write-offs/{}/vat-relief", id(&debt));
    let early = json!({ "date": "2026-12-30", "customerInformedOn": "2027-01-01" });
    let refused = with_etag(client, "POST", &path, early).await.expect(422);
    let errors: Vec<_> = refused.errors().into_iter().map(|(at, code)| format!("{at} {code}")).collect();
    assert_eq!(
        errors,
        [
            "/date vat_relief_before_write_off",
            "/date vat_relief_too_early",
            "/customerInformedOn vat_relief_informed_late",
            "/proofReference vat_relief_proof_missing",
        ]
    );
    let good =
        json!({ "date": "2027-03-01", "customerInformedOn": "2027-02-01", "proofReference": "Judgment 12" });
    let relieved = with_etag(client, "POST", &path, good.clone()).await.expect(200).json();
    let relief = &relieved["vatRelief"];
    assert_eq!((&relief["base"], &relief["tax"]), (&json!("100000.00"), &json!("15000.00")));
    let made = json!({ "journalEntryId": relief["entryId"] });
    assert_eq!(
        entry(client, &made).await,
        [row("2131", "15000.00", "0.00"), row("6340", "0.00", "15000.00")]
    );
    let entries = client.get(&format!("/tax-entries?sourceId={}", id(&debt))).await.ok();
    let taken = &entries["items"][0];
    assert_eq!(
        (&taken["box"], &taken["base"], &taken["tax"], &taken["correctsId"], &taken["taxDate"]),
        (&json!("1"), &json!("-100000.00"), &json!("-15000.00"), &invoice["id"], &json!("2027-03-01")),
        "{entries}"
    );
    assert_eq!(with_etag(client, "POST", &path, good).await.expect(409).code(), "vat_relief_taken");
    agree(client, "2027-12-31").await;

    let back = json!({ "reason": "Paid after all", "date": "2027-04-01" });
    let back = with_etag(client, "POST", &format!("/write-offs/{}/reverse", id(&debt)), back).await;
    let back = back.expect(200).json();
    assert!(back["vatRelief"]["reversalEntryId"].is_string(), "{back}");
    let detail = client.get("/reports/vat-detail?from=2027-01-01&to=2027-12-31&box=1").await.ok();
    let taxes: Vec<_> = detail["lines"].as_array().unwrap().iter().map(|line| text(&line["tax"])).collect();
    assert_eq!((taxes, &detail["output"]["tax"]), (vec!["-15000.00", "15000.00"], &json!("0.00")));
    agree(client, "2027-12-31").await;
}

/// The conditions are the company's, and other write-offs have no VAT to be taken back.
#[tokio::test]
async fn the_conditions_of_relief_are_set_in_the_profile() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let profile = client.get("/company-profile").await.ok();
    assert_eq!((&profile["badDebtMonths"], &profile["badDebtProofAbove"]), (&json!(12), &json!("100000.00")));
    let change = json!({ "badDebtMonths": 1, "badDebtProofAbove": "-1" });
    let refused = with_etag(client, "PATCH", "/company-profile", change).await.expect(422);
    assert_eq!(refused.errors(), [("/badDebtProofAbove".to_owned(), "bad_debt_proof_negative".to_owned())]);
    let change = json!({ "badDebtMonths": 1, "badDebtProofAbove": "100.00" });
    with_etag(client, "PATCH", "/company-profile", change).await.expect(200);
    let invoice =
        posted(client, "/sales-invoices", invoice("2026-03-01", &[line("1", "100.00", "S15")])).await;
    let debt = json!({ "documentId": invoice["id"], "date": "2026-04-01", "reason": "Gone" });
    let debt = posted(client, "/write-offs", debt).await;
    let path = format!("/write-offs/{}/vat-relief", id(&debt));
    let unproved = json!({ "date": "2026-04-01", "customerInformedOn": "2026-03-31" });
    let refused = with_etag(client, "POST", &path, unproved).await.expect(422);
    assert_eq!(refused.errors(), [("/proofReference".to_owned(), "vat_relief_proof_missing".to_owned())]);
    let credit = posted(
        client,
        "/receipts",
        json!({
            "partyCode": "C001", "documentDate": "2026-04-02", "amount": "5.00", "post": true,
        }),
    )
    .await;
    let other = json!({ "openItemIds": [open_items(client, &credit).await[0]["id"]], "date": "2026-04-02", "reason": "x" });
    let other = posted(client, "/write-offs", other).await;
    let path = format!("/write-offs/{}/vat-relief", id(&other));
    let refused =
        with_etag(client, "POST", &path, json!({ "customerInformedOn": "2026-03-31" })).await.expect(409);
    assert_eq!(refused.code(), "vat_relief_not_bad_debt");
}
