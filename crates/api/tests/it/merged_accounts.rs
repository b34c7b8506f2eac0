//! Accounts that become one: what moves, what is renamed, what is refused, and two at once.

use serde_json::{Value, json};
use testkit::{Answer, Client, TenantKit, World};

/// Two accounts for the same thing, beside those of the template.
const DOUBLE: &str = "6911";
const SURVIVOR: &str = "6912";

async fn books() -> (World, TenantKit) {
    let world = World::new().await;
    let tenant = world.tenant("alpha", "SAR", "sa-standard").await;
    tenant.accounts(&[(DOUBLE, "expense"), (SURVIVOR, "expense")]).await;
    (world, tenant)
}

async fn account(client: &Client, code: &str) -> Value {
    client.get(&format!("/accounts?code={code}")).await.ok()["items"][0].clone()
}

async fn merge(client: &Client, from: &str, body: Value) -> Answer {
    let id = account(client, from).await["id"].clone();
    client.with_etag("POST", &format!("/accounts/{}/merge", id.as_str().unwrap()), "*", body).await
}

async fn balance(client: &Client, code: &str) -> String {
    let id = account(client, code).await["id"].clone();
    let path = format!("/accounts/{}/balance?asOf=2026-12-31", id.as_str().unwrap());
    client.get(&path).await.ok()["balance"].as_str().unwrap().to_owned()
}

fn renamed(view: &Value) -> Vec<(String, u64)> {
    let one = |one: &Value| (one["resource"].as_str().unwrap().to_owned(), one["count"].as_u64().unwrap());
    let mut all: Vec<_> = view["renamed"].as_array().unwrap().iter().map(one).collect();
    all.sort();
    all
}

#[tokio::test]
async fn the_balance_moves_by_an_entry_and_posted_lines_stay() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let dimension = client.get("/dimensions?code=branch").await.ok()["items"][0]["id"].clone();
    let values = format!("/dimensions/{}/values", dimension.as_str().unwrap());
    client.post(&values, json!({ "code": "RUH", "name": { "en": "Riyadh" } })).await.expect(201);
    let rate = json!({ "currency": "USD", "date": "2026-01-01", "rate": "3.75" });
    client.post("/exchange-rates", rate).await.expect(201);
    tenant.post("2026-01-05", &[(DOUBLE, "100", ""), ("1113", "", "100")]).await;
    let foreign = json!({ "postingDate": "2026-01-06", "currency": "USD", "post": true, "lines": [
        { "accountCode": DOUBLE, "debit": "20", "dimensions": { "branch": "RUH" } },
        { "accountCode": "1113", "credit": "20" },
    ]});
    client.post("/journal-entries", foreign).await.expect(201);
    let body = json!({ "intoCode": SURVIVOR, "date": "2026-01-31" });
    let id = account(client, DOUBLE).await["id"].clone();
    let path = format!("/accounts/{}/merge", id.as_str().unwrap());
    let tried = client.with_etag("POST", &format!("{path}?dryRun=true"), "*", body.clone()).await.ok();
    assert_eq!(tried["account"]["active"], false);
    assert_eq!(balance(client, DOUBLE).await, "175.00", "a dry run moves nothing");
    let merged = merge(client, DOUBLE, body).await.ok();
    assert_eq!(merged["account"]["mergedIntoId"], merged["into"]["id"]);
    assert_eq!((&merged["account"]["active"], &merged["date"]), (&json!(false), &json!("2026-01-31")));
    assert_eq!(
        (balance(client, DOUBLE).await, balance(client, SURVIVOR).await),
        ("0.00".into(), "175.00".into())
    );
    let entry =
        client.get(&format!("/journal-entries/{}", merged["journalEntryId"].as_str().unwrap())).await.ok();
    assert_eq!(entry["source"], json!({ "type": "account_merge", "id": id }));
    let lines = entry["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 4, "each currency and combination by itself: {entry}");
    let in_dollars = lines.iter().filter(|line| line["currency"] == "USD");
    assert!(
        in_dollars.clone().count() == 2
            && in_dollars.clone().all(|line| line["dimensions"]["branch"] == "RUH")
    );
    let kept = client.get(&format!("/ledger-lines?accountId={}", id.as_str().unwrap())).await.ok();
    assert_eq!(kept["items"].as_array().unwrap().len(), 4, "two that were posted and two of the merge");
    let january = client.get("/reports/trial-balance?to=2026-01-30").await.ok();
    let on_double = january["lines"].as_array().unwrap().iter().find(|line| line["account"] == DOUBLE);
    assert_eq!(on_double.unwrap()["closing"], "175.00", "the day before is as it was");
    let events = client.get("/events?limit=1000").await.ok();
    assert!(events["items"].as_array().unwrap().iter().any(|event| event["type"] == "account.merged"));
    let checks = client.get("/integrity/checks").await.ok();
    assert_eq!(checks["ok"], true, "{checks}");
    let list =
        client.get(&format!("/accounts?mergedIntoId={}", merged["into"]["id"].as_str().unwrap())).await.ok();
    assert_eq!(list["items"][0]["code"], DOUBLE);
}

#[tokio::test]
async fn what_is_not_posted_names_the_survivor() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let (double, survivor) = (account(client, DOUBLE).await, account(client, SURVIVOR).await);
    let lines = |code: &str| json!([{ "accountCode": code, "debit": "10" }, { "accountCode": "1113", "credit": "10" }]);
    let draft = json!({ "postingDate": "2026-02-01", "lines": lines(DOUBLE) });
    let draft = client.post("/journal-entries", draft).await.expect(201).json();
    let recurring = json!({ "code": "RENT", "name": { "en": "Rent" }, "startDate": "2027-01-01",
        "schedule": { "frequency": "monthly", "dayOfMonth": 5 }, "lines": lines(DOUBLE) });
    client.post("/recurring-entries", recurring).await.expect(201);
    let dimension = client.get("/dimensions?code=branch").await.ok()["items"][0]["id"].clone();
    let values = format!("/dimensions/{}/values", dimension.as_str().unwrap());
    for code in ["RUH", "JED"] {
        client.post(&values, json!({ "code": code, "name": { "en": code } })).await.expect(201);
    }
    for (account, value) in [(DOUBLE, "RUH"), (SURVIVOR, "JED")] {
        let default = json!({ "accountCode": account, "dimensionCode": "branch", "valueCode": value });
        client.post("/dimension-defaults", default).await.expect(201);
    }
    let key = json!({ "code": "K", "name": { "en": "Key" }, "basis": "fixed", "sourceCodeFrom": "6110",
        "targets": [{ "accountCode": DOUBLE, "share": "1" }, { "accountCode": SURVIVOR, "share": "2" }] });
    let key = client.post("/distribution-keys", key).await.expect(201).json();
    let delete = format!("/accounts/{}", double["id"].as_str().unwrap());
    let refused = client.with_etag("DELETE", &delete, "*", Value::Null).await.expect(409);
    assert!(refused.text().contains("distribution keys"), "a target of a key is in use: {}", refused.text());
    let budget = json!({ "code": "B", "name": { "en": "Budget" }, "fiscalYearCode": "2026" });
    let budget = client.post("/budgets", budget).await.expect(201).json();
    let at = format!("/budgets/{}/lines", budget["id"].as_str().unwrap());
    let all = [(DOUBLE, "2026-01-01", "5"), (SURVIVOR, "2026-01-01", "7"), (DOUBLE, "2026-02-01", "3")];
    let items =
        all.map(|(account, date, amount)| json!({ "accountCode": account, "date": date, "amount": amount }));
    client.post(&format!("{at}/bulk"), json!({ "items": items })).await.ok();
    let merged = merge(client, DOUBLE, json!({ "intoId": survivor["id"] })).await.ok();
    assert_eq!(merged["journalEntryId"], Value::Null, "nothing was held");
    let expected = [
        ("budget-lines", 2),
        ("dimension-defaults", 1),
        ("distribution-keys", 1),
        ("journal-entries", 1),
        ("recurring-entries", 1),
    ]
    .map(|(resource, count)| (resource.to_owned(), count));
    assert_eq!(renamed(&merged), expected);
    let budgeted = client.get(&at).await.ok();
    let amount = |line: &Value| (line["accountCode"].clone(), line["amount"].clone());
    let amounts: Vec<_> = budgeted["items"].as_array().unwrap().iter().map(amount).collect();
    let survivors = |amount: &str| (json!(SURVIVOR), json!(amount));
    assert_eq!(amounts, [survivors("12.00"), survivors("3.00")]);
    let path = format!("/journal-entries/{}", draft["id"].as_str().unwrap());
    let draft = client.get(&path).await.ok();
    assert_eq!(draft["lines"][0]["accountCode"], SURVIVOR);
    let posted = client.with_etag("POST", &format!("{path}/post"), "*", Value::Null).await.ok();
    assert_eq!(posted["lines"][0]["dimensions"]["branch"], "JED", "the survivor's own default");
    let key = client.get(&format!("/distribution-keys/{}", key["id"].as_str().unwrap())).await.ok();
    assert_eq!(key["targets"].as_array().unwrap().len(), 1, "{key}");
    assert!(key["targets"][0]["share"].as_str().unwrap().starts_with('3'));
}

#[tokio::test]
async fn what_is_no_double_is_refused() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    tenant.accounts(&[("1991", "asset")]).await;
    let usd = json!({ "code": "6913", "name": { "en": "Dollars" }, "type": "expense", "currency": "USD" });
    client.post("/accounts", usd).await.expect(201);
    let refused = async |from: &str, body: Value| merge(client, from, body).await.errors();
    let one = |at: &str, code: &str| vec![(at.to_owned(), code.to_owned())];
    let into = |code: &str| json!({ "intoCode": code });
    assert_eq!(refused(DOUBLE, into(DOUBLE)).await, one("/intoCode", "account_merge_self"));
    assert_eq!(refused(DOUBLE, into("6913")).await, one("/intoCode", "account_merge_currency"));
    assert_eq!(refused(DOUBLE, into("0000")).await, one("/intoCode", "unknown_reference"));
    assert_eq!(refused(DOUBLE, json!({})).await, one("/intoId", "required"));
    let wrong = refused(DOUBLE, into("1991")).await;
    assert!(wrong.contains(&("/intoCode".to_owned(), "account_merge_type".to_owned())), "{wrong:?}");
    let control = refused("1991", into("1121")).await;
    assert!(control.contains(&("/intoCode".to_owned(), "account_merge_unfit".to_owned())), "{control:?}");

    tenant.post("2026-03-05", &[(DOUBLE, "10", ""), ("1113", "", "10")]).await;
    let early = json!({ "intoCode": SURVIVOR, "date": "2026-03-04" });
    assert_eq!(refused(DOUBLE, early).await, one("/date", "account_merge_early"));
    let lock = json!({ "lockedThrough": "2026-03-31" });
    client.with_etag("PUT", "/locks/fiscal", "*", lock).await.expect(200);
    let locked = merge(client, DOUBLE, json!({ "intoCode": SURVIVOR, "date": "2026-03-31" })).await.errors();
    assert_eq!((locked.len(), locked[0].0.as_str()), (1, "/date"), "{locked:?}");
    assert_eq!(balance(client, DOUBLE).await, "10.00");

    merge(client, DOUBLE, json!({ "intoCode": SURVIVOR, "date": "2026-04-01" })).await.expect(200);
    assert_eq!(merge(client, DOUBLE, into(SURVIVOR)).await.expect(409).code(), "account_merged");
    let path = format!("/accounts/{}", account(client, DOUBLE).await["id"].as_str().unwrap());
    let change = client.with_etag("PATCH", &path, "*", json!({ "active": true })).await.expect(409);
    assert_eq!(change.code(), "account_merged");
    tenant.accounts(&[("6914", "expense")]).await;
    assert_eq!(refused("6914", into(DOUBLE)).await, one("/intoCode", "account_merge_inactive"));
    let third = merge(client, SURVIVOR, json!({ "intoCode": "6914", "date": "2026-04-01" })).await.ok();
    assert_eq!(renamed(&third), [("accounts".to_owned(), 1)]);
    let double = account(client, DOUBLE).await;
    assert_eq!(double["mergedIntoId"], third["into"]["id"], "it points to the one that is left");
}

#[tokio::test]
async fn open_lines_refuse_a_merge_until_they_are_matched() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    for code in ["1992", "1993"] {
        let clearing = json!({ "code": code, "name": { "en": code }, "type": "asset", "reconcilable": true });
        client.post("/accounts", clearing).await.expect(201);
    }
    tenant.post("2026-03-05", &[("1992", "10", ""), ("1113", "", "10")]).await;
    let refused = merge(client, "1992", json!({ "intoCode": "1993" })).await;
    assert_eq!(refused.code(), "account_merge_open_lines", "{}", refused.text());
}

#[tokio::test]
async fn of_two_merges_at_once_one_is_done() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    tenant.post("2026-03-05", &[(DOUBLE, "10", ""), ("1113", "", "10")]).await;
    let body = json!({ "intoCode": SURVIVOR });
    let (first, second) = tokio::join!(merge(client, DOUBLE, body.clone()), merge(client, DOUBLE, body));
    let statuses = [first.status.as_u16(), second.status.as_u16()];
    assert!(statuses == [200, 409] || statuses == [409, 200], "{statuses:?}");
    assert_eq!(
        (balance(client, DOUBLE).await, balance(client, SURVIVOR).await),
        ("0.00".into(), "10.00".into())
    );
}
