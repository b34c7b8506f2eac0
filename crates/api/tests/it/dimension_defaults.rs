//! Dimensions that accounts give to lines which name none.

use serde_json::{Value, json};
use testkit::World;

use crate::dimensions::books;

fn default(account: &str, dimension: &str, value: &str) -> Value {
    json!({ "accountCode": account, "dimensionCode": dimension, "valueCode": value })
}

fn entry(dimensions: Value, post: bool) -> Value {
    let mut body = testkit::world::entry("2026-02-01", &[("61", "5.00", ""), ("1", "", "5.00")], post);
    body["lines"][0]["dimensions"] = dimensions;
    body
}

#[tokio::test]
async fn lines_that_name_none_get_the_value_of_their_account() {
    let world = World::new().await;
    let kit = books(&world).await;
    let client = &kit.client;
    let journal =
        json!({ "code": "BANK", "name": { "en": "Bank" }, "kind": "bank", "numberSeriesCode": "GENERAL" });
    client.post("/journals", journal).await.expect(201);
    let made = client.post("/dimension-defaults", default("61", "branch", "RUH")).await.expect(201);
    let mut of_journal = default("61", "branch", "JED");
    of_journal["journalCode"] = json!("BANK");
    client.post("/dimension-defaults", of_journal).await.expect(201);
    let twice = client.post("/dimension-defaults", default("61", "branch", "JED")).await.expect(409);
    assert_eq!(twice.code(), "already_exists");

    let draft = client.post("/journal-entries", entry(json!({}), false)).await.expect(201).json();
    assert_eq!(draft["lines"][0]["dimensions"], json!({ "branch": "RUH" }));
    assert_eq!(draft["lines"][1]["dimensions"], json!({}));
    let posted =
        client.post("/journal-entries", entry(json!({ "project": "P1" }), true)).await.expect(201).json();
    assert_eq!(posted["lines"][0]["dimensions"], json!({ "branch": "RUH", "project": "P1" }));
    let named =
        client.post("/journal-entries", entry(json!({ "branch": "JED" }), true)).await.expect(201).json();
    assert_eq!(named["lines"][0]["dimensions"], json!({ "branch": "JED" }));
    let mut bank = entry(json!({}), true);
    bank["journalCode"] = json!("BANK");
    let bank = client.post("/journal-entries", bank).await.expect(201).json();
    assert_eq!(bank["lines"][0]["dimensions"], json!({ "branch": "JED" }));

    // A draft from before the default, and a reversal from after its change.
    let path = format!("/dimension-defaults/{}", made.json()["id"].as_str().unwrap());
    client.with_etag("PATCH", &path, "*", json!({ "valueCode": "JED" })).await.ok();
    let post = format!("/journal-entries/{}/post", draft["id"].as_str().unwrap());
    let kept = client.with_etag("POST", &post, "*", Value::Null).await.ok();
    assert_eq!(kept["lines"][0]["dimensions"], json!({ "branch": "RUH" }), "what the draft shows is posted");
    let reverse = format!("/journal-entries/{}/reverse", posted["id"].as_str().unwrap());
    let reversal =
        client.with_etag("POST", &reverse, "*", json!({ "postingDate": "2026-02-02", "reason": "x" })).await;
    let dimensions = reversal.expect(201).json()["lines"][0]["dimensions"].clone();
    assert_eq!(dimensions, json!({ "branch": "RUH", "project": "P1" }));
    client.with_etag("PATCH", &path, "*", json!({ "active": false })).await.ok();
    let none = client.post("/journal-entries", entry(json!({}), true)).await.expect(201).json();
    assert_eq!(none["lines"][0]["dimensions"], json!({}));
    let checks = client.get("/integrity/checks").await.ok();
    assert_eq!(checks["ok"], true, "{checks}");
}

#[tokio::test]
async fn rules_are_checked_after_defaults() {
    let world = World::new().await;
    let kit = books(&world).await;
    let client = &kit.client;
    let rule = json!({ "kind": "mandatory", "accountCode": "61", "dimensionCode": "branch" });
    client.post("/dimension-rules", rule).await.expect(201);
    let refused = client.post("/journal-entries", entry(json!({}), true)).await.expect(422);
    assert_eq!(refused.errors()[0].1, "dimension_required");
    client.post("/dimension-defaults", default("61", "branch", "RUH")).await.expect(201);
    client.post("/journal-entries", entry(json!({}), true)).await.expect(201);
    let rule = json!({ "kind": "forbidden", "accountCode": "61", "dimensionCode": "project" });
    client.post("/dimension-rules", rule).await.expect(201);
    client.post("/dimension-defaults", default("61", "project", "P1")).await.expect(201);
    let refused = client.post("/journal-entries", entry(json!({}), true)).await.expect(422);
    assert_eq!(refused.errors()[0].1, "dimension_forbidden");
}

#[tokio::test]
async fn what_a_default_names_is_there_and_stays() {
    let world = World::new().await;
    let kit = books(&world).await;
    let client = &kit.client;
    let refused = client.post("/dimension-defaults", default("99", "branch", "P1")).await.expect(422);
    let told = |at: &str, code: &str| (at.to_owned(), code.to_owned());
    assert_eq!(
        refused.errors(),
        [told("/accountCode", "unknown_reference"), told("/valueCode", "unknown_reference")]
    );
    let branch = client.get("/dimensions?code=branch").await.ok()["items"][0]["id"].clone();
    let values = format!("/dimensions/{}/values", branch.as_str().unwrap());
    let all = json!({ "code": "ALL", "name": { "en": "All" }, "postable": false });
    client.post(&values, all).await.expect(201);
    let heading = client.post("/dimension-defaults", default("61", "branch", "ALL")).await.expect(422);
    assert_eq!(heading.errors(), [told("/valueCode", "dimension_value_is_heading")]);
    client.post("/dimension-defaults", default("62", "branch", "RUH")).await.expect(201);
    let account = client.get("/accounts?code=62").await.ok()["items"][0]["id"].clone();
    let path = format!("/accounts/{}", account.as_str().unwrap());
    let used = client.with_etag("DELETE", &path, "*", Value::Null).await.expect(409);
    assert!(used.code() == "in_use" && used.text().contains("dimension defaults"), "{}", used.text());
}

#[tokio::test]
async fn a_file_of_accounts_brings_them_and_a_file_of_entries_gets_them() {
    let world = World::new().await;
    let kit = books(&world).await;
    let client = &kit.client;
    let import = async |path: &str, text: &str| {
        client.call("POST", path, &["Content-Type: text/csv"], text.to_owned()).await
    };
    let file = "code,name,type,الأبعاد الافتراضية\n63,Rent,expense,branch=RUH; project=P1\n62,62,expense,\n";
    import("/imports?type=accounts", file).await.expect(200);
    let made = client.get("/dimension-defaults").await.ok();
    assert_eq!(made["items"].as_array().unwrap().len(), 2, "{made}");
    import("/imports?type=accounts", file).await.expect(200);
    let other = "code,name,type,default_dimensions\n63,Rent,expense,branch=JED\n";
    let refused = import("/imports?type=accounts", other).await.expect(422);
    assert_eq!(refused.errors()[0].1, "import_account_differs");
    import("/imports?type=accounts&update=true", other).await.expect(200);
    for (cell, code) in [("JED", "import_cell_dimensions"), ("branch=X", "dimension_value_unknown")] {
        let bad = format!("code,name,type,default_dimensions\n64,Other,expense,{cell}\n");
        let refused = import("/imports?type=accounts", &bad).await.expect(422);
        assert_eq!(refused.errors()[0].1, code, "{}", refused.text());
    }
    let entries = "entry,date,account,debit,credit\n1,2026-02-01,63,5,\n1,2026-02-01,1,,5\n";
    import("/imports?type=journal-entries&post=true", entries).await.expect(200);
    let lines = client.get("/ledger-lines?accountCode=63").await.ok();
    assert_eq!(lines["items"][0]["dimensions"], json!({ "branch": "JED", "project": "P1" }));
}
