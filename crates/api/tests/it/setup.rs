//! A new ledger from a template, its settings, and the example books.

use serde_json::{Value, json};
use testkit::World;

async fn count(client: &testkit::Client, path: &str) -> u64 {
    client.get(&format!("{path}?limit=1&count=exact")).await.ok()["total"].as_u64().unwrap()
}

#[tokio::test]
async fn the_saudi_template_is_whole_and_may_be_applied_again() {
    let world = World::new().await;
    let kit = world.tenant("alpha", "SAR", "empty").await;
    assert_eq!(count(&kit.client, "/accounts").await, 0);
    assert_eq!(count(&kit.client, "/journals").await, 3);
    let setup = async |template: &str| {
        kit.client.post("/tenants/current/setup", json!({ "template": template })).await.ok()
    };
    let done = setup("sa-standard").await;
    assert_eq!(
        done,
        json!({
            "template": "sa-standard", "currencies": 7, "accounts": 134, "numberSeries": 14, "journals": 4,
            "dimensions": 3, "taxCodes": 20, "paymentTerms": 4, "partyGroups": 3, "units": 15, "itemCategories": 4,
            "priceLists": 1, "postingRules": 30, "reportLayouts": 4, "fiscalYears": 0, "ledgerSettings": 7,
        })
    );
    let again = setup("sa-standard").await;
    assert!(
        again.as_object().unwrap().values().all(|value| value == &json!(0) || value.is_string()),
        "{again}"
    );
    assert_eq!((count(&kit.client, "/accounts").await, count(&kit.client, "/currencies").await), (134, 8));

    let tree = kit.client.get("/accounts/tree").await.ok();
    let roots: Vec<_> = tree["items"].as_array().unwrap().iter().map(|node| node["code"].clone()).collect();
    assert_eq!(roots, ["1000", "2000", "3000", "4000", "5000", "6000", "7000", "8000"].map(Value::from));
    assert_eq!(tree["items"][0]["children"][0]["children"][0]["children"][0]["code"], "1111");
    let flat = kit.client.get("/accounts/tree?flat=true").await.ok();
    assert_eq!(flat["items"].as_array().unwrap().len(), 134);
    assert_eq!(flat["items"][3]["path"], json!(["1000", "1100", "1110", "1111"]));
    let settings = kit.client.get("/ledger-settings").await.ok();
    let retained = kit
        .client
        .get(&format!("/accounts/{}", settings["retainedEarningsAccountId"].as_str().unwrap()))
        .await;
    assert_eq!(retained.ok()["code"], "3140");
}

#[tokio::test]
async fn a_fiscal_year_may_begin_in_any_month() {
    let world = World::new().await;
    let kit = world.tenant("alpha", "SAR", "empty").await;
    let years = kit.client.get("/fiscal-years").await.ok();
    assert_eq!(
        (&years["items"][0]["start"], years["items"].as_array().unwrap().len()),
        (&json!("2026-01-01"), 1)
    );
    let path = format!("/fiscal-years/{}", years["items"][0]["id"].as_str().unwrap());
    kit.client.with_etag("DELETE", &path, "*", Value::Null).await.expect(204);
    let body = json!({ "template": "empty", "fiscalYearStart": "2024-07-01" });
    assert_eq!(kit.client.post("/tenants/current/setup", body).await.ok()["fiscalYears"], 2);
}

#[tokio::test]
async fn settings_name_fitting_accounts_only() {
    let (_world, kit) = World::books().await;
    let id = async |code: &str| {
        kit.client.get(&format!("/accounts?code={code}")).await.ok()["items"][0]["id"].clone()
    };
    let read = kit.client.get("/ledger-settings").await;
    let wrong = json!({
        "retainedEarningsAccountId": id("4110").await, "roundingAccountId": id("1111").await,
        "openingAccountId": id("1121").await,
    });
    let refused = kit.client.with_etag("PATCH", "/ledger-settings", &read.etag(), wrong).await.expect(422);
    assert_eq!(refused.errors().len(), 3, "{}", refused.text());
    let unread = json!({ "exchangeAccountId": id("6240").await });
    let unread = kit.client.with_etag("PATCH", "/ledger-settings", &read.etag(), unread).await.expect(422);
    assert_eq!(unread.errors(), [("/exchangeAccountId".to_owned(), "unknown_member".to_owned())]);
    let right = json!({ "roundingAccountId": id("6240").await, "openingAccountId": null });
    let changed = kit.client.with_etag("PATCH", "/ledger-settings", &read.etag(), right.clone()).await;
    assert_eq!(changed.ok()["openingAccountId"], Value::Null);
    assert_eq!(kit.client.get("/ledger-settings").await.ok()["roundingAccountId"], id("6240").await);
    kit.client.with_etag("PATCH", "/ledger-settings", &read.etag(), right).await.expect(412);

    let rounding = format!("/accounts/{}", id("6240").await.as_str().unwrap());
    let stop = kit.client.with_etag("PATCH", &rounding, "*", json!({ "active": false })).await.expect(409);
    assert_eq!(stop.code(), "account_in_ledger_settings");
    kit.client.with_etag("DELETE", &rounding, "*", Value::Null).await.expect(409);
}

#[tokio::test]
async fn the_first_start_has_example_books_that_agree() {
    let world = World::with(&[("Bootstrap:Template", "sa-standard")]).await;
    let client = world.home().await;
    let entries = count(&client, "/journal-entries").await;
    assert!((80..110).contains(&entries), "{entries} entries");
    assert_eq!(client.get("/journal-entries?status=draft").await.ok()["items"], json!([]));
    let first = client.get("/journal-entries?sort=postingDate&limit=1").await.ok();
    assert_eq!(first["items"][0]["postingDate"], "2025-11-01");
    let last = client.get("/journal-entries?sort=-postingDate&limit=1").await.ok();
    assert_eq!(last["items"][0]["postingDate"], "2026-03-15");
    // All accounts together are in balance.
    let mut scaled = 0_i64;
    for root in client.get("/accounts/tree").await.ok()["items"].as_array().unwrap() {
        let path = format!("/accounts/{}/balance", root["id"].as_str().unwrap());
        let view = client.get(&path).await.ok();
        scaled += view["balance"].as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
    }
    assert_eq!(scaled, 0);
    for series in client.get("/number-series").await.ok()["items"].as_array().unwrap() {
        let gaps = client.get(&format!("/number-series/{}/gaps", series["id"].as_str().unwrap())).await.ok();
        assert_eq!(gaps["gapless"], true, "{gaps}");
    }
    // Its entries name customers and suppliers that are there.
    let parties = client.get("/parties?limit=100").await.ok();
    let codes: Vec<&Value> =
        parties["items"].as_array().unwrap().iter().map(|party| &party["code"]).collect();
    assert_eq!(codes.len(), 6);
    let lines = client.get("/ledger-lines?party[isNull]=false&limit=1000").await.ok();
    let lines = lines["items"].as_array().unwrap();
    assert!(!lines.is_empty() && lines.iter().all(|line| codes.contains(&&line["party"])));
    let invoices = client.get("/sales-invoices?status=posted&count=exact").await.ok();
    assert_eq!(invoices["total"], 15, "an invoice of goods and one of services a month, and cash sales");
    let returns = client.get("/vat-returns").await.ok();
    assert_eq!(
        (&returns["items"][0]["status"], &returns["items"][0]["to"]),
        (&json!("filed"), &json!("2025-12-31"))
    );
    let checks = client.get("/integrity/checks").await.ok();
    assert_eq!(checks["ok"], true, "{checks}");
    let usd = client.get("/ledger-lines?currency=USD&limit=1").await.ok();
    assert_eq!(usd["items"][0]["rate"], "3.75");
}
