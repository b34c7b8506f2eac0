//! Names, codes and parties: what looks alike is one thing, and nothing reads as something it is not.

use serde_json::{Value, json};
use testkit::World;

fn account(code: &str, name: &str) -> Value {
    json!({ "code": code, "name": { "en": name }, "type": "asset" })
}

#[tokio::test]
async fn codes_that_differ_in_case_or_digits_are_one_code() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    let made = client.post("/accounts", account("٩٩A١", "Arabic digits")).await.expect(201).json();
    assert_eq!(made["code"], "99A1");
    for same in ["99A1", "99a1", "٩٩a1", "۹۹A۱"] {
        let refused = client.post("/accounts", account(same, "Again")).await.expect(409);
        assert_eq!(refused.code(), "already_exists", "{same}");
    }
    // Its own code in other letters is no collision.
    let path = format!("/accounts/{}", made["id"].as_str().unwrap());
    let headers = ["If-Match: *", "Content-Type: application/json"];
    client.call("PATCH", &path, &headers, json!({ "code": "99a1" }).to_string()).await.expect(200);

    let dimension = |code: &str| json!({ "code": code, "name": { "en": "Place" } });
    let made = client.post("/dimensions", dimension("Place")).await.expect(201).json();
    client.post("/dimensions", dimension("PLACE")).await.expect(409);
    let values = format!("/dimensions/{}/values", made["id"].as_str().unwrap());
    client.post(&values, json!({ "code": "R1", "name": { "en": "Riyadh" } })).await.expect(201);
    client.post(&values, json!({ "code": "r١", "name": { "en": "Riyadh" } })).await.expect(409);
    client
        .post("/journals", json!({ "code": "general", "name": { "en": "x" }, "numberSeriesCode": "GENERAL" }))
        .await
        .expect(409);
    client
        .post("/roles", json!({ "code": "Clerk", "name": { "en": "x" }, "permissions": [] }))
        .await
        .expect(201);
    client
        .post("/roles", json!({ "code": "clerk", "name": { "en": "x" }, "permissions": [] }))
        .await
        .expect(409);

    // Entries and files find accounts by either digits.
    let entry = json!({ "postingDate": "2026-02-01", "post": true, "lines": [
        { "accountCode": "٦٢١٠", "debit": "5" }, { "accountCode": "1113", "credit": "5" } ] });
    client.post("/journal-entries", entry).await.expect(201);
    let csv = "entry,date,account,debit,credit\n1,2026-02-01,٦٢١٠,5,\n1,2026-02-01,1113,,5\n";
    let kind = ["Content-Type: text/csv", "Prefer: wait=60"];
    client.call("POST", "/imports?type=journal-entries&post=true", &kind, csv).await.expect(200);
    let accounts = "code,type,name\n99B,asset,One\n٩٩b,asset,Two\n";
    let refused = client.call("POST", "/imports?type=accounts", &kind, accounts).await.expect(422).json();
    assert_eq!(refused["errors"][0]["code"], "import_account_twice");
    for bad in ["счёт", "代码", "a b"] {
        let file = format!("code,type,name\n{bad},asset,Bad\n");
        let refused = client.call("POST", "/imports?type=accounts", &kind, file).await.expect(422).json();
        assert_eq!(refused["errors"][0]["code"], "invalid_code", "a file takes what a body takes: {bad}");
        client.post("/accounts", account(bad, "Bad")).await.expect(422);
    }
}

#[tokio::test]
async fn names_and_descriptions_are_one_line_in_one_direction() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    for (bad, code) in [
        ("Cash\nbox", "text_line_break"),
        ("Cash\tbox", "text_line_break"),
        ("Cash \u{202E}xob", "text_direction_control"),
        ("Cash \u{2066}box", "text_direction_control"),
        ("Cash \u{7}box", "text_control_character"),
    ] {
        let refused = client.post("/accounts", account("9990", bad)).await.expect(422);
        assert_eq!(refused.errors(), [("/name/en".to_owned(), code.to_owned())], "{bad:?}");
        let entry = json!({ "postingDate": "2026-02-01", "description": bad, "lines": [
            { "accountCode": "6210", "debit": "5", "party": bad, "description": bad }, { "accountCode": "1113", "credit": "5" } ] });
        let refused = client.post("/journal-entries", entry).await.expect(422);
        assert_eq!(refused.errors().len(), 3, "{}", refused.text());
    }
    let nothing = client.post("/accounts", account("9990", "\u{200B}\u{200F} ")).await.expect(422);
    assert_eq!(nothing.errors()[0].1, "name_missing");
    let made = client.post("/accounts", account("9990", "\u{200F}نقد\u{200F} ")).await.expect(201).json();
    assert_eq!(made["name"]["en"], "نقد");
    let notes = json!({ "postingDate": "2026-02-01", "notes": "one\ntwo", "lines": [] });
    let kept = client.post("/journal-entries", notes).await.expect(201).json();
    assert_eq!(kept["notes"], "one\ntwo");

    let kind = ["Content-Type: text/csv", "Prefer: wait=60"];
    let file = |text: &str| {
        format!(
            "entry,date,account,debit,credit,description\n1,2026-02-01,6210,5,,\"{text}\"\n1,2026-02-01,1113,,5,\n"
        )
    };
    let path = "/imports?type=journal-entries&post=true";
    let refused = client.call("POST", path, &kind, file("Rent \u{202E}May")).await.expect(422).json();
    assert_eq!(refused["errors"][0]["code"], "text_direction_control");
    client.call("POST", path, &kind, file("Rent\r\nMay")).await.expect(200);
    let list = client.get("/journal-entries?status=posted").await.ok();
    assert_eq!(list["items"][0]["description"], "Rent May", "line breaks of a cell are layout");
}

#[tokio::test]
async fn parties_that_look_alike_are_one_party() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    let entry = |party: &str, reason: &str| {
        json!({ "postingDate": "2026-02-01", "post": true, "controlReason": reason, "lines": [
            { "accountCode": "1121", "debit": "5", "party": party }, { "accountCode": "4120", "credit": "5" } ] })
    };
    for same in ["C-1", "C-1\u{200F}", "\u{200B}C-1", "C-١"] {
        let made = client.post("/journal-entries", entry(same, "audited")).await.expect(201).json();
        assert_eq!(made["lines"][0]["party"], "C-1", "{same:?}");
    }
    for (party, reason, code) in
        [("\u{200B}", "audited", "party_required"), ("C-1", "\u{200B}\u{2060}", "control_reason_required")]
    {
        let refused = client.post("/journal-entries", entry(party, reason)).await.expect(422);
        assert!(refused.errors().iter().any(|(_, found)| found == code), "{code}: {}", refused.text());
    }
}

/// Drafts of opening entries may be many, and each is posted by itself.
#[tokio::test]
async fn several_opening_drafts_are_posted_one_by_one() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    let kind = ["Content-Type: text/csv", "Prefer: wait=60"];
    for amount in ["100", "200"] {
        let file = format!("account,debit,credit\n1113,{amount},\n");
        client.call("POST", "/imports?type=opening-balances&post=false", &kind, file).await.expect(200);
    }
    let list = client.get("/journal-entries?kind=opening").await.ok();
    let drafts: Vec<_> = list["items"].as_array().unwrap().iter().map(|entry| entry["id"].clone()).collect();
    let post = |id: &Value| format!("/journal-entries/{}/post", id.as_str().unwrap());
    for draft in &drafts {
        client.call("POST", &post(draft), &["If-Match: *"], "").await.expect(200);
    }
    assert_eq!(client.get("/opening-balances").await.ok()["entries"].as_array().unwrap().len(), 2);
}
