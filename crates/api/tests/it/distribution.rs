//! Distribution keys and runs as a client meets them: what a period gathered is moved exactly, once, and can be taken back.

use proptest::prelude::*;
use serde_json::{Value, json};
use testkit::{Client, TenantKit, World};

/// Books with a dimension of three branches and a few expenses of March.
async fn books() -> (World, TenantKit) {
    let (world, kit) = World::books().await;
    let client = &kit.client;
    let made =
        client.post("/dimensions", json!({ "code": "site", "name": { "en": "Branch" } })).await.expect(201);
    let values = format!("/dimensions/{}/values", made.json()["id"].as_str().unwrap());
    for code in ["RUH", "JED", "DMM"] {
        client.post(&values, json!({ "code": code, "name": { "en": code } })).await.expect(201);
    }
    (world, kit)
}

async fn spend(client: &Client, account: &str, amount: &str, branch: Option<&str>) {
    let dimensions = branch.map_or(json!({}), |branch| json!({ "site": branch }));
    let body = json!({ "postingDate": "2026-03-10", "post": true, "lines": [
        { "accountCode": account, "debit": amount, "dimensions": dimensions },
        { "accountCode": "1113", "credit": amount },
    ] });
    client.post("/journal-entries", body).await.expect(201);
}

fn rent(targets: &[(&str, &str)]) -> Value {
    let targets: Vec<_> =
        targets.iter().map(|(code, share)| json!({ "valueCode": code, "share": share })).collect();
    json!({
        "code": "RENT", "name": { "ar": "إيجار", "en": "Rent" }, "basis": "fixed", "sourceCodeFrom": "6210",
        "sourceDimensionCode": "site", "targetDimensionCode": "site", "targets": targets, "monthly": true,
    })
}

/// The net of an account by branch, from the lines of the ledger.
async fn by_branch(client: &Client, account: &str) -> Vec<(String, i64)> {
    let mut sums = std::collections::BTreeMap::new();
    let lines = client.get(&format!("/ledger-lines?accountCode={account}&limit=1000")).await.ok();
    for line in lines["items"].as_array().unwrap() {
        let halalas = |member: &str| {
            line[member].as_str().unwrap_or("0").replace('.', "").parse::<i64>().unwrap_or_default()
        };
        let branch = line["dimensions"]["site"].as_str().unwrap_or("-").to_owned();
        *sums.entry(branch).or_insert(0) += halalas("debit") - halalas("credit");
    }
    sums.into_iter().filter(|(_, sum)| *sum != 0).collect()
}

fn sums(list: &[(&str, i64)]) -> Vec<(String, i64)> {
    list.iter().map(|(branch, sum)| ((*branch).to_owned(), *sum)).collect()
}

async fn run(client: &Client, key: &str) -> testkit::Answer {
    client.post("/distribution-runs", json!({ "keyCode": key, "date": "2026-03-15" })).await
}

async fn due(client: &Client) -> Value {
    let period = client.get("/fiscal-periods?start=2026-03-01").await.ok()["items"][0]["id"].clone();
    let view =
        client.get(&format!("/close-checklist?fiscalPeriodId={}", period.as_str().unwrap())).await.ok();
    let items = view["items"].as_array().unwrap();
    items.iter().find(|item| item["code"] == "distributions").unwrap()["count"].clone()
}

#[tokio::test]
async fn rent_without_a_branch_goes_to_the_branches_by_fixed_shares_once_a_period() {
    let (_world, kit) = books().await;
    let client = &kit.client;
    spend(client, "6210", "100.00", None).await;
    spend(client, "6210", "7.00", Some("RUH")).await;
    client.post("/distribution-keys", rent(&[("RUH", "1"), ("JED", "1"), ("DMM", "1")])).await.expect(201);
    assert_eq!(due(client).await, 1);
    let preview = client
        .post("/distribution-runs?dryRun=true", json!({ "keyCode": "RENT", "date": "2026-03-15" }))
        .await
        .ok();
    assert_eq!(client.get("/distribution-runs").await.ok()["items"], json!([]));
    let answer = run(client, "RENT").await.expect(201);
    let done = answer.json();
    assert_eq!(preview["parts"], done["parts"]);
    assert_eq!((&done["amount"], &done["date"]), (&json!("100.00"), &json!("2026-03-31")));
    let parts: Vec<_> = done["parts"].as_array().unwrap().iter().map(|part| &part["amount"]).collect();
    assert_eq!(parts, ["33.34", "33.33", "33.33"]);
    assert_eq!(by_branch(client, "6210").await, sums(&[("DMM", 3333), ("JED", 3333), ("RUH", 4034)]));
    assert_eq!(due(client).await, 0);
    assert_eq!(run(client, "RENT").await.expect(409).code(), "distribution_done");
    let entry = client.get(&format!("/journal-entries/{}", done["entryId"].as_str().unwrap())).await.ok();
    assert_eq!(entry["source"], json!({ "type": "distribution_run", "id": done["id"] }));

    let path = format!("/distribution-runs/{}", done["id"].as_str().unwrap());
    assert_eq!(client.get(&path).await.ok(), done);
    let undo = format!("{path}/undo");
    client.post(&undo, json!({ "reason": "Wrong" })).await.expect(428);
    let undone = client.with_etag("POST", &undo, &answer.etag(), json!({ "reason": "Wrong" })).await.ok();
    assert_eq!(undone["status"], "undone");
    assert_eq!(by_branch(client, "6210").await, sums(&[("-", 10000), ("RUH", 700)]));
    let twice = client.with_etag("POST", &undo, "*", json!({ "reason": "x" })).await.expect(409);
    assert_eq!(twice.code(), "distribution_undone");
    run(client, "RENT").await.expect(201);
    assert_eq!(client.get("/integrity/checks").await.ok()["ok"], true);
    let key = client.get("/distribution-keys?code=RENT").await.ok()["items"][0]["id"].clone();
    let key = format!("/distribution-keys/{}", key.as_str().unwrap());
    assert_eq!(client.with_etag("DELETE", &key, "*", Value::Null).await.expect(409).code(), "in_use");
}

#[tokio::test]
async fn costs_are_distributed_by_balances_and_by_figures_of_their_day() {
    let (_world, kit) = books().await;
    let client = &kit.client;
    spend(client, "6210", "100.00", None).await;
    spend(client, "6220", "30.00", Some("JED")).await;
    spend(client, "6220", "10.00", Some("DMM")).await;
    let mut key = rent(&[]);
    key["basis"] = json!("balance");
    key["basisCodeFrom"] = json!("6220");
    key["targets"] = json!([{ "valueCode": "RUH" }, { "valueCode": "JED" }, { "valueCode": "DMM" }]);
    client.post("/distribution-keys", key.clone()).await.expect(201);
    let done = run(client, "RENT").await.expect(201).json();
    assert_eq!(done["parts"][1]["weight"], "30.00");
    assert_eq!(by_branch(client, "6210").await, sums(&[("DMM", 2500), ("JED", 7500)]));

    for (date, branch, quantity) in [
        ("2026-01-01", "RUH", "1"),
        ("2026-02-01", "RUH", "300"),
        ("2026-01-01", "JED", "100"),
        ("2026-04-01", "DMM", "900"),
    ] {
        let figure = json!({
            "measure": "AREA", "dimensionCode": "site", "valueCode": branch, "date": date, "quantity": quantity,
        });
        client.post("/statistical-figures", figure.clone()).await.expect(201);
        let again = client.post("/statistical-figures", figure).await;
        assert_eq!(again.expect(409).errors(), [("/date".to_owned(), "already_exists".to_owned())]);
    }
    spend(client, "6230", "40.00", None).await;
    let by_area = json!({
        "code": "AREA", "name": { "en": "Area" }, "basis": "figures", "measure": "AREA", "sourceCodeFrom": "6230",
        "targetDimensionCode": "site", "targets": [{ "valueCode": "RUH" }, { "valueCode": "JED" }, { "valueCode": "DMM" }],
    });
    client.post("/distribution-keys", by_area).await.expect(201);
    let done = run(client, "AREA").await.expect(201).json();
    assert_eq!(done["parts"][0]["weight"], "300");
    assert_eq!(by_branch(client, "6230").await, sums(&[("JED", 1000), ("RUH", 3000)]));
}

#[tokio::test]
async fn accounts_are_targets_too_and_a_period_without_amounts_has_a_run_without_an_entry() {
    let (_world, kit) = books().await;
    let client = &kit.client;
    let key = json!({
        "code": "SPLIT", "name": { "en": "Split" }, "basis": "fixed", "sourceCodeFrom": "6210",
        "targets": [{ "accountCode": "6220", "share": "2" }, { "accountCode": "6230", "share": "1" }],
    });
    client.post("/distribution-keys", key).await.expect(201);
    let empty = run(client, "SPLIT").await.expect(201);
    assert_eq!((&empty.json()["entryId"], &empty.json()["amount"]), (&Value::Null, &json!("0.00")));
    let path = format!("/distribution-runs/{}/undo", empty.json()["id"].as_str().unwrap());
    client.with_etag("POST", &path, "*", json!({ "reason": "later" })).await.ok();
    spend(client, "6210", "10.00", Some("JED")).await;
    run(client, "SPLIT").await.expect(201);
    assert_eq!(by_branch(client, "6210").await, sums(&[]));
    assert_eq!(by_branch(client, "6220").await, sums(&[("JED", 667)]));
    assert_eq!(by_branch(client, "6230").await, sums(&[("JED", 333)]));
}

#[tokio::test]
async fn a_key_of_zero_is_refused_and_so_is_a_basis_of_zero() {
    let (_world, kit) = books().await;
    let client = &kit.client;
    let zero = client.post("/distribution-keys", rent(&[("RUH", "0"), ("JED", "0")])).await.expect(422);
    assert_eq!(zero.errors(), [("/targets".to_owned(), "distribution_shares_zero".to_owned())]);
    let mut wrong = rent(&[("RUH", "-1"), ("RUH", "1"), ("NONE", "1")]);
    wrong["measure"] = json!("AREA");
    wrong["journalCode"] = json!("NONE");
    let errors = client.post("/distribution-keys", wrong).await.expect(422).errors();
    for (at, code) in [("/journalCode", "journal_unknown"), ("/targets/2/valueCode", "unknown_reference")] {
        assert!(errors.contains(&(at.to_owned(), code.to_owned())), "{code} in {errors:?}");
    }
    let mut key = rent(&[]);
    key["basis"] = json!("figures");
    key["measure"] = json!("AREA");
    key["targets"] = json!([{ "valueCode": "RUH" }]);
    client.post("/distribution-keys", key).await.expect(201);
    spend(client, "6210", "10.00", None).await;
    let refused = run(client, "RENT").await.expect(422);
    assert_eq!(refused.errors(), [("/keyId".to_owned(), "distribution_basis_zero".to_owned())]);
    let nowhere = client.post("/distribution-runs", json!({ "keyCode": "X", "date": "1990-01-01" })).await;
    assert_eq!(nowhere.expect(422).code(), "unknown_reference");
    let id = client.get("/distribution-keys").await.ok()["items"][0]["id"].clone();
    let path = format!("/distribution-keys/{}", id.as_str().unwrap());
    client.with_etag("PATCH", &path, "*", json!({ "active": false })).await.ok();
    assert_eq!(run(client, "RENT").await.expect(422).code(), "distribution_key_inactive");
}

#[tokio::test]
async fn one_of_two_runs_at_once_is_kept() {
    let (_world, kit) = books().await;
    let client = &kit.client;
    spend(client, "6210", "10.00", None).await;
    client.post("/distribution-keys", rent(&[("RUH", "1")])).await.expect(201);
    let calls = (0..4).map(|_| run(client, "RENT"));
    let answers = futures::future::join_all(calls).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert!(answers.iter().filter(|a| a.status != 201).all(|a| a.code() == "distribution_done"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]
    #[test]
    fn a_run_never_creates_or_loses_a_halala(
        amounts in prop::collection::vec((1_u32..100_000, 0_usize..4), 1..5),
        shares in prop::collection::vec(0_u32..1000, 3),
    ) {
        prop_assume!(shares.iter().any(|share| *share > 0));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (_world, kit) = books().await;
            let client = &kit.client;
            let branches = [None, Some("RUH"), Some("JED"), Some("DMM")];
            let mut total = 0;
            for (halalas, branch) in &amounts {
                total += i64::from(*halalas);
                spend(client, "6210", &format!("{}.{:02}", halalas / 100, halalas % 100), branches[*branch]).await;
            }
            let shares: Vec<_> = shares.iter().map(u32::to_string).collect();
            let targets: Vec<_> = ["RUH", "JED", "DMM"].into_iter().zip(shares.iter().map(String::as_str)).collect();
            let mut key = rent(&targets);
            key.as_object_mut().unwrap().remove("sourceDimensionCode");
            client.post("/distribution-keys", key).await.expect(201);
            run(client, "RENT").await.expect(201);
            let after = by_branch(client, "6210").await;
            assert_eq!(after.iter().map(|(_, sum)| sum).sum::<i64>(), total);
            assert!(after.iter().all(|(branch, _)| branch != "-"), "everything has a branch: {after:?}");
        });
    }
}
