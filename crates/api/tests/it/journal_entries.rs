//! Journal entries from draft to reversal, as a client sees them.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::world::entry;
use testkit::{TenantKit, World};

async fn books() -> (World, TenantKit) {
    World::books_of(&[("1000", "asset"), ("4000", "income"), ("6000", "expense")]).await
}

const SALE: &[(&str, &str, &str)] = &[("1000", "115.00", ""), ("4000", "", "115.00")];

#[tokio::test]
async fn a_draft_is_posted_once_and_gets_its_number_then() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let created = client.post("/journal-entries", entry("2026-03-01", SALE, false)).await.expect(201);
    let draft = created.json();
    assert_eq!((&draft["status"], &draft["number"]), (&json!("draft"), &Value::Null));
    assert_eq!(
        created.header("location"),
        format!("/api/v1/journal-entries/{}", draft["id"].as_str().unwrap())
    );
    let path = format!("/journal-entries/{}", draft["id"].as_str().unwrap());

    client.post(&format!("{path}/post"), Value::Null).await.expect(428);
    client.with_etag("POST", &format!("{path}/post"), "\"7\"", Value::Null).await.expect(412);
    let posted =
        client.with_etag("POST", &format!("{path}/post"), &created.etag(), Value::Null).await.expect(200);
    let view = posted.json();
    assert_eq!(
        (&view["status"], &view["total"], &view["lineCount"]),
        (&json!("posted"), &json!("115.00"), &json!(2))
    );
    assert!(view["number"].as_str().unwrap().ends_with("000001"), "{view}");
    assert_eq!(view, client.get(&path).await.ok(), "what posting answered is what is read");

    let again =
        client.with_etag("POST", &format!("{path}/post"), &posted.etag(), Value::Null).await.expect(409);
    assert_eq!(again.code(), "entry_not_draft");
    client.with_etag("DELETE", &path, &posted.etag(), Value::Null).await.expect(409);
    let change = json!({ "description": "x", "notes": "free" });
    let refused = client.with_etag("PATCH", &path, &posted.etag(), change).await.expect(409);
    assert_eq!(refused.code(), "entry_field_fixed");
    let noted =
        client.with_etag("PATCH", &path, &posted.etag(), json!({ "notes": "seen" })).await.expect(200);
    assert_eq!(noted.json()["notes"], "seen");
}

#[tokio::test]
async fn everything_wrong_is_said_at_once() {
    let (_world, tenant) = books().await;
    let body = json!({
        "postingDate": "2026-03-01",
        "lines": [
            { "accountCode": "1000", "debit": "10.00", "dimensions": { "project": "none" } },
            { "accountCode": "9999", "credit": "10.00" },
            { "debit": "1.00", "credit": "1.00", "accountCode": "4000" },
        ],
    });
    let refused = tenant.client.post("/journal-entries", body).await.expect(422);
    let mut errors = refused.errors();
    errors.sort();
    assert_eq!(
        errors,
        [
            ("/lines/0/dimensions/project".to_owned(), "dimension_value_unknown".to_owned()),
            ("/lines/1/accountCode".to_owned(), "account_code_unknown".to_owned()),
            ("/lines/2/debit".to_owned(), "line_needs_one_side".to_owned()),
        ]
    );
    let unbalanced = &[("1000", "10.00", ""), ("4000", "", "9.99")];
    let refused =
        tenant.client.post("/journal-entries", entry("2026-03-01", unbalanced, true)).await.expect(422);
    assert_eq!(refused.code(), "unbalanced_entry");
    let arabic = tenant
        .client
        .call(
            "POST",
            "/journal-entries",
            &["Accept-Language: ar"],
            entry("2026-03-01", unbalanced, true).to_string(),
        )
        .await;
    assert!(arabic.json()["detail"].as_str().unwrap().contains("مجموع المدين"), "{}", arabic.text());
    let none = tenant.client.get("/journal-entries").await.ok();
    assert_eq!(none["items"], json!([]), "nothing was kept");
}

#[tokio::test]
async fn a_reversal_undoes_and_is_linked_both_ways() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let posted = tenant.post("2026-03-01", SALE).await;
    let path = format!("/journal-entries/{}", posted["id"].as_str().unwrap());
    let reverse = format!("{path}/reverse");
    client.with_etag("POST", &reverse, "\"1\"", json!({})).await.expect(422);
    let body = json!({ "reason": "Posted twice", "postingDate": "2026-03-02" });
    let reversal = client.with_etag("POST", &reverse, "\"1\"", body.clone()).await.expect(201).json();
    assert_eq!(reversal["reversesId"], posted["id"]);
    assert_eq!(reversal["lines"][0]["credit"], "115.00");
    let original = client.get(&path).await.ok();
    assert_eq!((&original["status"], &original["reversedById"]), (&json!("reversed"), &reversal["id"]));
    let again = client.with_etag("POST", &reverse, "*", body.clone()).await.expect(409);
    assert_eq!(again.code(), "entry_already_reversed");
    let of_reversal = format!("/journal-entries/{}/reverse", reversal["id"].as_str().unwrap());
    let refused = client.with_etag("POST", &of_reversal, "*", body).await.expect(409);
    assert_eq!(refused.code(), "entry_is_reversal");
}

#[tokio::test]
async fn the_same_idempotency_key_does_it_once() {
    let (_world, tenant) = books().await;
    let body = entry("2026-03-01", SALE, true).to_string();
    let call = |body: String| tenant.client.call("POST", "/journal-entries", &["Idempotency-Key: k-1"], body);
    let first = call(body.clone()).await.expect(201);
    let second = call(body.clone()).await.expect(201);
    assert_eq!(second.header("idempotency-replayed"), "true");
    assert_eq!((first.json(), first.etag()), (second.json(), second.etag()));
    let other = call(entry("2026-03-02", SALE, true).to_string()).await.expect(422);
    assert_eq!(other.code(), "idempotency_key_reused");
    let list = tenant.client.get("/journal-entries?count=exact").await.ok();
    assert_eq!(list["total"], 1);
}

#[tokio::test]
async fn a_dry_run_keeps_nothing_and_burns_no_number() {
    let (_world, tenant) = books().await;
    let dry = tenant.client.post("/journal-entries?dryRun=true", entry("2026-03-01", SALE, true)).await;
    let would_be = dry.ok();
    assert_eq!(would_be["status"], "posted");
    let real = tenant.post("2026-03-01", SALE).await;
    assert_eq!(real["number"], would_be["number"]);
    assert_eq!(tenant.client.get("/journal-entries?count=exact").await.ok()["total"], 1);
}

#[tokio::test]
async fn numbers_have_no_gaps_whoever_posts_and_fails() {
    const TRIES: u32 = 60;
    let (_world, tenant) = books().await;
    let calls = (0..60).map(|n| {
        let good = n % 3 != 0;
        let lines: &[(&str, &str, &str)] =
            if good { SALE } else { &[("1000", "1.00", ""), ("4000", "", "2.00")] };
        let client = &tenant.client;
        async move {
            let mut tries = TRIES;
            loop {
                let answer = client.post("/journal-entries", entry("2026-03-01", lines, true)).await;
                tries -= 1;
                // A client that was refused, because others wait for a slow database, comes again as it was told.
                if answer.status != 503 || answer.code() != "overloaded" || tries == 0 {
                    return answer;
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    });
    let calls: Vec<_> = calls.collect();
    let answers = futures::future::join_all(calls).await;
    let failed = answers.iter().find(|answer| answer.status.is_server_error());
    assert!(failed.is_none(), "{}", failed.map_or(String::new(), |answer| answer.text()));
    let mut numbers: Vec<String> = answers
        .into_iter()
        .filter(|answer| answer.status.is_success())
        .map(|answer| answer.json()["number"].as_str().unwrap().to_owned())
        .collect();
    numbers.sort();
    assert_eq!(numbers.len(), 40);
    for (index, number) in numbers.iter().enumerate() {
        assert!(number.ends_with(&format!("{:06}", index + 1)), "{number} at {index}");
    }
}

#[tokio::test]
async fn lists_page_filter_and_export() {
    let (_world, tenant) = books().await;
    for day in 1..=7 {
        tenant.post(&format!("2026-03-{day:02}"), SALE).await;
    }
    let client = &tenant.client;
    let mut dates = Vec::new();
    let mut next = Some("/journal-entries?sort=-postingDate&limit=3".to_owned());
    while let Some(path) = next {
        let page = client.get(&path).await.ok();
        dates.extend(
            page["items"].as_array().unwrap().iter().map(|e| e["postingDate"].as_str().unwrap().to_owned()),
        );
        next = page["nextCursor"]
            .as_str()
            .map(|c| format!("/journal-entries?sort=-postingDate&limit=3&cursor={c}"));
    }
    let expected: Vec<_> = (1..=7).rev().map(|day| format!("2026-03-{day:02}")).collect();
    assert_eq!(dates, expected);
    let some =
        client.get("/journal-entries?postingDate[gte]=2026-03-06&status=posted&count=exact").await.ok();
    assert_eq!(some["total"], 2);
    let unknown = client.get("/journal-entries?colour=red").await.expect(400);
    assert_eq!(unknown.code(), "unknown_parameter");
    let csv = client
        .call("GET", "/ledger-lines?sort=postingDate", &["Accept: text/csv"], "")
        .await
        .expect(200)
        .text();
    assert_eq!(csv.lines().count(), 1 + 14, "{csv}");
    let ndjson =
        client.call("GET", "/journal-entries", &["Accept: application/x-ndjson"], "").await.expect(200);
    assert_eq!(ndjson.text().lines().count(), 7);
}

#[tokio::test]
async fn a_copy_and_its_original_name_each_other() {
    let (_world, kit) = linked_books().await;
    let client = &kit.client;
    let original = kit.post("2026-02-01", &[("61", "5.00", ""), ("1", "", "5.00")]).await;
    let id = original["id"].as_str().unwrap();
    assert_eq!((&original["copiedFromId"], &original["copiedToId"]), (&Value::Null, &Value::Null));
    let copy = async |id: &str| {
        client.post(&format!("/journal-entries/{id}/copy"), json!({})).await.expect(201).json()
    };
    let first = copy(id).await;
    assert_eq!(first["copiedFromId"], json!(id));
    let second = copy(id).await;
    let shown = client.get(&format!("/journal-entries/{id}")).await.ok();
    assert_eq!(shown["copiedToId"], second["id"]);
    let listed = client.get(&format!("/journal-entries?copiedFromId={id}&sort=id")).await.ok();
    let ids: Vec<_> = listed["items"].as_array().unwrap().iter().map(|entry| entry["id"].clone()).collect();
    assert_eq!(ids, [first["id"].clone(), second["id"].clone()]);
    let path = format!("/journal-entries/{}", second["id"].as_str().unwrap());
    let posted = client.with_etag("POST", &format!("{path}/post"), "*", Value::Null).await.ok();
    assert_eq!(posted["copiedFromId"], json!(id), "amended: reversed, copied, posted");
    assert_eq!(client.get(&path).await.ok()["copiedFromId"], json!(id));
    // A draft that is deleted leaves no link behind.
    let of_draft = copy(first["id"].as_str().unwrap()).await;
    client
        .with_etag("DELETE", &format!("/journal-entries/{}", first["id"].as_str().unwrap()), "*", Value::Null)
        .await
        .expect(204);
    let orphan = client.get(&format!("/journal-entries/{}", of_draft["id"].as_str().unwrap())).await.ok();
    assert_eq!(orphan["copiedFromId"], Value::Null);
}

#[tokio::test]
async fn a_reversal_is_not_copied_and_says_so() {
    let (_world, kit) = linked_books().await;
    let client = &kit.client;
    let original = kit.post("2026-02-01", &[("61", "5.00", ""), ("1", "", "5.00")]).await;
    let reverse = format!("/journal-entries/{}/reverse", original["id"].as_str().unwrap());
    let reversal =
        client.with_etag("POST", &reverse, "*", json!({ "reason": "twice" })).await.expect(201).json();
    let path = format!("/journal-entries/{}/copy", reversal["id"].as_str().unwrap());
    let refused = client.post(&path, json!({})).await.expect(409);
    assert_eq!(refused.code(), "reversal_not_copied");
    assert!(refused.text().contains("cannot be copied"), "{}", refused.text());
    let again = client.with_etag("POST", &reverse, "*", json!({ "reason": "twice" })).await.expect(409);
    assert_eq!(again.code(), "entry_already_reversed");
    assert!(again.text().contains(original["number"].as_str().unwrap()), "{}", again.text());
}

#[tokio::test]
async fn a_draft_names_journals_and_accounts_that_exist() {
    let (world, kit) = linked_books().await;
    let client = &kit.client;
    let other = world.tenant("beta", "SAR", "empty").await;
    other.accounts(&[("1", "asset")]).await;
    let first =
        async |client: &testkit::Client, path: &str| client.get(path).await.ok()["items"][0]["id"].clone();
    let foreign = [first(&other.client, "/journals").await, first(&other.client, "/accounts?code=1").await];
    let unknown = json!("0198c0de-7b1f-7c3a-9f00-2b6f1d6a4e11");
    let own = client.post("/journal-entries", entry_of("1")).await.expect(201).json();
    let path = format!("/journal-entries/{}", own["id"].as_str().unwrap());
    for id in [&unknown, &foreign[0]] {
        let mut body = entry_of("1");
        body["journalId"] = id.clone();
        let expected = [("/journalId".to_owned(), "journal_unknown".to_owned())];
        assert_eq!(client.post("/journal-entries", body.clone()).await.expect(422).errors(), expected);
        body["post"] = json!(true);
        assert_eq!(client.post("/journal-entries", body).await.expect(422).errors(), expected);
        let patch = client.with_etag("PATCH", &path, "*", json!({ "journalId": id })).await.expect(422);
        assert_eq!(patch.errors(), expected);
    }
    for id in [&unknown, &foreign[1]] {
        let mut body = entry_of("1");
        body["lines"][1] = json!({ "accountId": id, "credit": "5.00" });
        let expected = [("/lines/1/accountId".to_owned(), "account_unknown".to_owned())];
        assert_eq!(client.post("/journal-entries", body.clone()).await.expect(422).errors(), expected);
        let patch =
            client.with_etag("PATCH", &path, "*", json!({ "lines": body["lines"] })).await.expect(422);
        assert_eq!(patch.errors(), expected);
        body["post"] = json!(true);
        assert_eq!(client.post("/journal-entries", body).await.expect(422).errors(), expected);
    }
}

#[tokio::test]
async fn an_amount_is_told_the_decimals_of_its_currency() {
    let (_world, kit) = linked_books().await;
    for amount in ["1.23456", "12,50", "abc"] {
        let mut body = entry_of("1");
        body["lines"][0]["debit"] = json!(amount);
        let refused = kit.client.post("/journal-entries", body).await.expect(422);
        assert!(
            refused.text().contains("no more decimals than the currency has (SAR 2"),
            "{}",
            refused.text()
        );
    }
    let mut body = entry_of("1");
    body["lines"][0]["debit"] = json!("5.123");
    body["post"] = json!(true);
    assert!(
        kit.client.post("/journal-entries", body).await.expect(422).text().contains("SAR has 2 decimals")
    );
}

async fn linked_books() -> (World, testkit::TenantKit) {
    let world = World::new().await;
    let kit = world.tenant("alpha", "SAR", "empty").await;
    kit.client.post("/fiscal-years/generate", json!({ "start": "2026-01-01" })).await;
    kit.accounts(&[("61", "expense"), ("1", "asset")]).await;
    (world, kit)
}

fn entry_of(credit: &str) -> Value {
    testkit::world::entry("2026-02-01", &[("61", "5.00", ""), (credit, "", "5.00")], false)
}
