//! VAT returns, as a client sees them.

use domain::ids::JournalEntryId;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::taxed::{Row, Taxed, boxes, path, row, sound, text};

#[tokio::test]
async fn filing_takes_entries_once_locks_the_days_and_is_not_reversed() {
    let taxed = Taxed::open().await;
    let client = taxed.client();
    assert_eq!(taxed.add(&[row("S1", "1", "100.00", "15.00", "2026-02-10")]).await, [false]);
    let prepared = taxed.prepare("2026-Q1").await;
    let again = client
        .with_etag("POST", &format!("{}/prepare", path(&prepared)), "\"1\"", Value::Null)
        .await
        .expect(200);
    let same = again.json();
    assert_eq!((&same["boxes"], &same["version"]), (&prepared["boxes"], &json!(2)));
    let dry = format!("{}/file?dryRun=true", path(&prepared));
    let body = json!({ "reference": "Z-1" });
    let preview = client.with_etag("POST", &dry, &again.etag(), body.clone()).await.ok();
    assert_eq!((&preview["status"], &preview["net"]), (&json!("filed"), &json!("15.00")));
    assert_eq!(client.get(&path(&prepared)).await.ok()["status"], "draft", "a dry run keeps nothing");

    // Entries posted meanwhile have to be looked at first.
    taxed.add(&[row("S2", "1", "100.00", "15.00", "2026-03-10")]).await;
    let file = format!("{}/file", path(&prepared));
    let refused = client.with_etag("POST", &file, &again.etag(), body.clone()).await.expect(409);
    assert_eq!(refused.code(), "vat_return_outdated");
    let prepare = format!("{}/prepare", path(&prepared));
    let fresh = client.with_etag("POST", &prepare, &again.etag(), Value::Null).await.expect(200);
    let filed = client.with_etag("POST", &file, &fresh.etag(), body.clone()).await.ok();
    assert_eq!((&filed["net"], &filed["entryCount"]), (&json!("30.00"), &json!(2)));
    assert_eq!(taxed.insert(Vec::new()).await, Vec::<bool>::new());
    assert_eq!(client.get("/locks/tax").await.ok()["lockedThrough"], "2026-03-31");
    let items = client.get("/tax-entries?returnId[isNull]=false&box=1&side=output&party=C1").await.ok();
    assert!(items["items"].as_array().unwrap().iter().all(|item| item["returnId"] == filed["id"]));
    assert_eq!(items["items"].as_array().unwrap().len(), 2);

    let entry = text(&filed["entryId"]);
    let reverse = format!("/journal-entries/{entry}/reverse");
    let refused = client.with_etag("POST", &reverse, "*", json!({ "reason": "No" })).await.expect(409);
    assert_eq!(refused.code(), "entry_belongs_to_document");
    let locked = json!({
        "postingDate": "2026-03-15", "controlReason": "x", "post": true,
        "lines": [{ "accountCode": "1111", "debit": "1.00" }, { "accountCode": "2131", "credit": "1.00", "taxCode": "S15", "taxBase": "6.67" }],
    });
    assert_eq!(client.post("/journal-entries", locked).await.expect(422).code(), "date_locked");
    for (method, action) in [("POST", "/prepare"), ("POST", "/file"), ("DELETE", "")] {
        let body = if action == "/file" { body.clone() } else { Value::Null };
        let refused = client.with_etag(method, &format!("{}{action}", path(&prepared)), "*", body).await;
        assert_eq!(refused.expect(409).code(), "vat_return_filed");
    }
    let note = Row { corrects: "S1", ..row("N1", "1", "-100.00", "-15.00", "2026-04-02") };
    assert_eq!(taxed.add(&[note]).await, [false]);
    let next = taxed.prepare("2026-Q2").await;
    assert_eq!(boxes(&next)["1"], (json!("0.00"), json!("-100.00"), json!("-15.00")));
    sound(client).await;
}

#[tokio::test]
async fn a_late_entry_is_declared_by_amending_or_falls_into_the_next_return() {
    let mut taxed = Taxed::open().await;
    taxed.add(&[row("S1", "1", "100.00", "15.00", "2026-02-10")]).await;
    let first = taxed.file(&taxed.prepare("2026-Q1").await).await;
    let second = taxed.file(&taxed.prepare("2026-Q2").await).await;
    assert_eq!((&second["entryCount"], &second["entryId"]), (&json!(0), &Value::Null), "there was nothing");
    taxed.world.clock.set("2026-10-10T09:00:00Z");
    let client = taxed.world.sign_in(&taxed.tenant.email, testkit::world::PASSWORD, None).await;
    taxed.tenant.client = client.clone();
    let late = Row { day: "2026-03-20", ..row("late", "7", "40000.00", "6000.00", "") };
    let entry = taxed.entry(&late, JournalEntryId::new(Uuid::nil()));
    taxed.insert(vec![entry]).await;

    let third = taxed.prepare("2026-Q3").await;
    assert_eq!((&third["lateVat"], &third["net"]), (&json!("6000.00"), &json!("-6000.00")));
    assert_eq!(third["warnings"][0]["code"], "late_over_limit");
    let amend = format!("{}/amend", path(&first));
    client.post(&amend, json!({ "reason": "Late invoice" })).await.expect(428);
    let answer = client.with_etag("POST", &amend, "*", json!({ "reason": "Late invoice" })).await.expect(201);
    let amendment = answer.json();
    assert_eq!((&amendment["amendsId"], &amendment["reason"]), (&first["id"], &json!("Late invoice")));
    assert_eq!((&amendment["net"], &amendment["lateVat"]), (&json!("-6000.00"), &json!("0.00")));
    let again = client.with_etag("POST", &amend, "*", json!({ "reason": "x" })).await.expect(409);
    assert_eq!(again.code(), "period_already_prepared");
    let filed = taxed.file(&amendment).await;
    let settled = client.get(&format!("/journal-entries/{}", text(&filed["entryId"]))).await.ok();
    assert_eq!(settled["postingDate"], "2026-07-01", "the first day that the tax lock leaves open");
    assert_eq!(client.get("/locks/tax").await.ok()["lockedThrough"], "2026-06-30", "it does not move back");

    let prepare = format!("{}/prepare", path(&third));
    let third = client.with_etag("POST", &prepare, "*", Value::Null).await.ok();
    assert_eq!((&third["lateVat"], &third["warnings"]), (&json!("0.00"), &json!([])), "declared already");
    assert_eq!(
        (&third["creditBroughtForward"], &third["net"]),
        (&json!("6000.00"), &json!("-6000.00")),
        "the credit of the amendment is carried forward"
    );
    let third = taxed.file(&third).await;
    assert_eq!(third["entryId"], Value::Null, "a credit that stays where it is needs no entry");
    let amend = format!("{}/amend", path(&filed));
    let once_more = client.with_etag("POST", &amend, "*", json!({ "reason": "x" })).await.expect(201).json();
    assert_eq!(once_more["amendsId"], first["id"], "the return of the period is amended once more");
}

#[tokio::test]
async fn periods_are_given_once_and_filed_in_their_order() {
    let taxed = Taxed::open().await;
    let client = taxed.client();
    let refused = async |body: Value| client.post("/vat-returns", body).await.expect(422).errors();
    let at = |pointer: &str, code: &str| vec![(pointer.to_owned(), code.to_owned())];
    assert_eq!(refused(json!({ "period": "2026-Q5" })).await, at("/period", "vat_period_invalid"));
    let neither = client.post("/vat-returns", json!({})).await.expect(422);
    assert_eq!(neither.code(), "vat_period_required");
    let wrong = json!({ "from": "2026-03-31", "to": "2026-03-01" });
    assert_eq!(refused(wrong).await, at("/to", "vat_period_dates"));
    let negative = json!({ "period": "2026-01", "openingCredit": "-1.00" });
    assert_eq!(refused(negative).await, at("/openingCredit", "vat_opening_credit"));

    let opening = json!({ "period": "2026-Q1", "openingCredit": "1510.00" });
    let first = client.post("/vat-returns", opening).await.expect(201).json();
    assert_eq!(first["net"], "-1510.00");
    let twice = client.post("/vat-returns", json!({ "period": "2026-03" })).await.expect(409);
    assert_eq!(twice.code(), "period_already_prepared");
    let second = taxed.prepare("2026-Q2").await;
    let file = |view: &Value| format!("{}/file", path(view));
    let body = json!({ "reference": "Z-1" });
    client.post(&file(&first), body.clone()).await.expect(428);
    client.with_etag("POST", &file(&first), "\"9\"", body.clone()).await.expect(412);
    let early = client.with_etag("POST", &file(&second), "*", body.clone()).await.expect(409);
    assert_eq!(early.code(), "period_order");
    let headers = ["If-Match: *", "Accept-Language: ar"];
    let arabic = client.call("POST", &file(&second), &headers, body.to_string()).await.expect(409).text();
    assert!(arabic.contains("بترتيب فتراتها"), "{arabic}");
    let too_early = json!({ "reference": "Z-1", "postingDate": "2026-03-30" });
    taxed.add(&[row("S1", "1", "100.00", "15.00", "2026-02-10")]).await;
    client.with_etag("POST", &format!("{}/prepare", path(&first)), "*", Value::Null).await.ok();
    let refused = client.with_etag("POST", &file(&first), "*", too_early).await.expect(422);
    assert_eq!(refused.errors(), at("/postingDate", "vat_settlement_too_early"));
    let later = json!({ "reference": "Z-1", "postingDate": "2026-04-30" });
    let filed = client.with_etag("POST", &file(&first), "*", later).await.ok();
    let entry = client.get(&format!("/journal-entries/{}", text(&filed["entryId"]))).await.ok();
    assert_eq!(
        (&entry["postingDate"], &entry["source"]["type"]),
        (&json!("2026-04-30"), &json!("vat_return"))
    );

    for (period, code) in [("2026-03", "period_already_filed"), ("2025-Q4", "period_order")] {
        assert_eq!(client.post("/vat-returns", json!({ "period": period })).await.expect(409).code(), code);
    }
    client.with_etag("DELETE", &path(&second), "*", Value::Null).await.expect(204);
    client.get(&path(&second)).await.expect(404);
    let gap = taxed.prepare("2026-05").await;
    let refused = client.with_etag("POST", &file(&gap), "*", body.clone()).await.expect(409);
    assert_eq!(refused.code(), "period_order");
    let running = taxed.prepare("2026-07").await;
    let refused = client.with_etag("POST", &file(&running), "*", body).await.expect(422);
    assert_eq!(refused.code(), "vat_period_not_ended");
    let amend = format!("{}/amend", path(&running));
    let refused = client.with_etag("POST", &amend, "*", json!({ "reason": "x" })).await.expect(409);
    assert_eq!(refused.code(), "vat_return_not_filed");
    let list = client.get("/vat-returns?status=draft&sort=from").await.ok();
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    assert_eq!(list["items"][0].get("boxes"), None);
}

#[tokio::test]
async fn boxes_that_there_are_not_are_not_found_and_entries_of_others_are_left_out() {
    let taxed = Taxed::open().await;
    let client = taxed.client();
    taxed
        .add_only(&[
            row("S1", "1", "1.00", "0.15", "2026-02-10"),
            row("S2", "77", "1.00", "0.15", "2026-02-10"),
        ])
        .await;
    let prepared = taxed.prepare("2026-02").await;
    assert_eq!(
        (&prepared["entryCount"], &prepared["warnings"][0]["code"]),
        (&json!(1), &json!("box_unknown"))
    );
    for code in ["17", "0", "x", "77"] {
        let missing = client.get(&format!("{}/boxes/{code}/entries", path(&prepared))).await;
        assert_eq!(missing.expect(404).code(), "not_found");
    }
    for (code, count) in [("1", 1), ("6", 1), ("2", 0), ("12", 0), ("14", 0)] {
        let page = client.get(&format!("{}/boxes/{code}/entries", path(&prepared))).await.ok();
        assert_eq!(page["items"].as_array().unwrap().len(), count, "box {code}");
    }
    let period = client.get("/fiscal-periods?start=2026-02-01").await.ok()["items"][0]["id"].clone();
    let checklist = client.get(&format!("/close-checklist?fiscalPeriodId={}", text(&period))).await.ok();
    let asked =
        checklist["items"].as_array().unwrap().iter().find(|item| item["code"] == "vat_return").unwrap();
    assert_eq!((&asked["status"], &asked["count"]), (&json!("warning"), &json!(2)));
}

#[tokio::test]
async fn one_of_two_returns_prepared_at_once_is_kept() {
    let taxed = Taxed::open().await;
    let calls = (0..4).map(|_| taxed.client().post("/vat-returns", json!({ "period": "2026-Q1" })));
    let answers = futures::future::join_all(calls).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert!(answers.iter().filter(|a| a.status != 201).all(|a| a.code() == "period_already_prepared"));
}
