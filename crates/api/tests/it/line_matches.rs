//! Matching of lines of reconcilable accounts, as a client sees it.

use futures::future::join_all;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use testkit::{Client, World};

/// Card settlements in transit, sales, bank and the bank's charges.
const CARDS: &str = "1115";
const SALES: &str = "4110";
const BANK: &str = "1113";

/// Posts an entry of two lines, and answers its id.
async fn post(
    client: &Client,
    date: &str,
    (debit, credit, amount): (&str, &str, &str),
    reference: &str,
) -> Value {
    let lines = json!([
        { "accountCode": debit, "debit": amount, "reference": reference },
        { "accountCode": credit, "credit": amount, "reference": reference },
    ]);
    let body = json!({ "postingDate": date, "controlReason": "Test", "post": true, "lines": lines });
    client.post("/journal-entries", body).await.expect(201).json()["id"].clone()
}

fn line(entry: &Value, line: u32) -> Value {
    json!({ "entryId": entry, "lineNo": line })
}

fn part(entry: &Value, line: u32, amount: &str) -> Value {
    json!({ "entryId": entry, "lineNo": line, "amount": amount })
}

async fn report(client: &Client, account: &str, day: &str) -> Value {
    client.get(&format!("/reports/open-lines?account={account}&asOf={day}")).await.ok()
}

/// What is open of the lines of an account on a day; it is the account's balance.
async fn open(client: &Client, account: &str, day: &str) -> Vec<String> {
    let view = report(client, account, day).await;
    let Some(account) = view["accounts"].as_array().unwrap().first() else { return Vec::new() };
    assert_eq!(account["difference"], "0.00", "{view}");
    assert_eq!(account["total"], account["balance"], "{view}");
    let text = |line: &Value| line["open"].as_str().unwrap().to_owned();
    account["lines"].as_array().unwrap().iter().map(text).collect()
}

async fn sound(client: &Client) {
    let checks = client.get("/integrity/checks").await.ok();
    assert_eq!(checks["ok"], true, "{checks}");
    let verified = client.post("/integrity/verify", json!({})).await.ok();
    assert_eq!(verified["ok"], true, "{verified}");
}

async fn tolerance(client: &Client, currency: &str, amount: &str) {
    let body = json!({ "paymentTolerances": [{ "currency": currency, "amount": amount }] });
    client.with_etag("PATCH", "/company-profile", "*", body).await.ok();
}

#[tokio::test]
async fn lines_are_matched_in_parts_and_open_again_when_the_match_is_undone() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    let sale = post(client, "2026-03-02", (CARDS, SALES, "100.00"), "T-1").await;
    let first = post(client, "2026-03-05", (BANK, CARDS, "60.00"), "T-1").await;
    let second = post(client, "2026-03-09", (BANK, CARDS, "40.00"), "T-1").await;

    let lines = json!([part(&sale, 1, "60"), line(&first, 2)]);
    let body = json!({ "date": "2026-03-06", "lines": lines });
    let preview = client.post("/line-matches?dryRun=true", body.clone()).await.ok();
    assert_eq!((&preview["total"], &preview["lineCount"]), (&json!("60.00"), &json!(2)));
    assert_eq!(client.get("/line-matches").await.ok()["items"], json!([]));
    let matched = client.post("/line-matches", body).await.expect(201);
    let view = matched.json();
    let path = format!("/line-matches/{}", view["id"].as_str().unwrap());
    assert_eq!(client.get(&path).await.ok(), view);
    assert_eq!(open(client, CARDS, "2026-03-05").await, ["100.00", "-60.00"]);
    assert_eq!(open(client, CARDS, "2026-03-06").await, ["40.00"]);
    assert_eq!(open(client, CARDS, "2026-03-09").await, ["40.00", "-40.00"]);
    let list = client.get("/open-lines?accountCode=1115&settledOn[isNull]=true").await.ok();
    let statuses: Vec<_> =
        list["items"].as_array().unwrap().iter().map(|one| one["status"].clone()).collect();
    assert_eq!(statuses, ["partly_matched", "open"]);

    let more = json!({ "date": "2026-03-09", "lines": [part(&sale, 1, "40.01"), line(&second, 2)] });
    let refused = client.post("/line-matches", more).await.expect(409);
    assert_eq!(refused.errors(), [("/lines/0/amount".to_owned(), "line_match_exceeds_open".to_owned())]);
    let rest = json!({ "date": "2026-03-09", "lines": [line(&sale, 1), line(&second, 2)] });
    client.post("/line-matches", rest).await.expect(201);
    assert_eq!(open(client, CARDS, "2026-03-31").await, Vec::<String>::new());
    sound(client).await;

    let reverse = format!("/journal-entries/{}/reverse", first.as_str().unwrap());
    let reason = json!({ "postingDate": "2026-03-20", "reason": "Wrong terminal" });
    let refused = client.with_etag("POST", &reverse, "*", reason.clone()).await.expect(409);
    assert_eq!(refused.code(), "entry_has_line_matches");
    let account = client.get("/accounts?code=1115").await.ok()["items"][0]["id"].clone();
    let account = format!("/accounts/{}", account.as_str().unwrap());
    let no = json!({ "reconcilable": false });
    let refused = client.with_etag("PATCH", &account, "*", no.clone()).await.expect(409);
    assert_eq!(refused.errors(), [("/reconcilable".to_owned(), "account_has_line_matches".to_owned())]);

    let why = json!({ "reason": "Another deposit" });
    client.post(&format!("{path}/undo"), why.clone()).await.expect(428);
    let undone = client.with_etag("POST", &format!("{path}/undo"), &matched.etag(), why.clone()).await.ok();
    assert_eq!((&undone["status"], &undone["undoReason"]), (&json!("undone"), &json!("Another deposit")));
    let twice = client.with_etag("POST", &format!("{path}/undo"), "*", why).await.expect(409);
    assert_eq!(twice.code(), "line_match_undone");
    assert_eq!(open(client, CARDS, "2026-03-31").await, ["60.00", "-60.00"]);
    client.with_etag("POST", &reverse, "*", reason).await.expect(201);
    assert_eq!(open(client, CARDS, "2026-03-19").await, ["60.00", "-60.00"]);
    assert_eq!(open(client, CARDS, "2026-03-20").await, ["60.00"]);
    let found = client.get(&format!("/line-matches?entryId={}", first.as_str().unwrap())).await.ok();
    assert_eq!(found["items"][0]["id"], view["id"]);
    sound(client).await;
}

#[tokio::test]
async fn a_small_difference_is_posted_and_taken_back_with_the_match() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    let sale = post(client, "2026-03-02", (CARDS, SALES, "100.00"), "T-1").await;
    let paid = post(client, "2026-03-05", (BANK, CARDS, "99.60"), "T-1").await;
    let lines = json!([line(&sale, 1), line(&paid, 2)]);
    let refused =
        client.post("/line-matches", json!({ "date": "2026-03-06", "lines": lines })).await.expect(422);
    assert_eq!(refused.errors(), [("/lines".to_owned(), "line_match_unbalanced".to_owned())]);
    let body = json!({ "date": "2026-03-06", "lines": lines, "difference": { "accountCode": "7210" } });
    let refused = client.post("/line-matches", body.clone()).await.expect(422);
    assert_eq!(refused.errors(), [("/difference".to_owned(), "line_match_difference_too_large".to_owned())]);
    tolerance(client, "SAR", "0.50").await;
    let same = json!({ "date": "2026-03-06", "lines": lines, "difference": { "accountCode": CARDS } });
    let refused = client.post("/line-matches", same).await.expect(422);
    let expected = ("/difference/accountCode".to_owned(), "line_match_difference_account".to_owned());
    assert_eq!(refused.errors(), [expected]);
    let preview = client.post("/line-matches?dryRun=true", body.clone()).await.ok();
    assert_eq!(preview["difference"], "0.40");
    assert_eq!(open(client, CARDS, "2026-03-31").await, ["100.00", "-99.60"]);
    let matched = client.post("/line-matches", body).await.expect(201);
    let view = matched.json();
    assert_eq!((&view["difference"], &view["lineCount"]), (&json!("0.40"), &json!(3)));
    assert_eq!(open(client, CARDS, "2026-03-05").await, ["100.00", "-99.60"]);
    assert_eq!(open(client, CARDS, "2026-03-31").await, Vec::<String>::new());
    let entry = format!("/journal-entries/{}", view["differenceEntryId"].as_str().unwrap());
    let posted = client.get(&entry).await.ok();
    assert_eq!(posted["source"], json!({ "type": "line_match", "id": view["id"] }));
    assert_eq!(posted["lines"][1]["debit"], "0.40");
    let refused = client.with_etag("POST", &format!("{entry}/reverse"), "*", json!({ "reason": "No" })).await;
    assert_eq!(refused.expect(409).code(), "entry_belongs_to_document");
    sound(client).await;
    let undo = format!("/line-matches/{}/undo", view["id"].as_str().unwrap());
    client.with_etag("POST", &undo, &matched.etag(), json!({ "reason": "Not a fee" })).await.ok();
    assert_eq!(open(client, CARDS, "2026-03-31").await, ["100.00", "-99.60"]);
    assert_eq!(client.get(&entry).await.ok()["status"], "reversed");
    sound(client).await;
}

#[tokio::test]
async fn a_match_is_undone_as_it_was_read_and_while_its_day_is_open() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    let sale = post(client, "2026-02-02", (CARDS, SALES, "100.00"), "T-1").await;
    let paid = post(client, "2026-02-05", (BANK, CARDS, "99.60"), "T-1").await;
    tolerance(client, "SAR", "0.39").await;
    let body = json!({
        "date": "2026-02-06", "lines": [line(&sale, 1), line(&paid, 2)], "difference": { "accountCode": "7210" },
    });
    let refused = client.post("/line-matches", body.clone()).await.expect(422);
    assert_eq!(refused.code(), "line_match_difference_too_large");
    tolerance(client, "SAR", "0.40").await;
    let matched = client.post("/line-matches", body).await.expect(201).json();
    let undo = format!("/line-matches/{}/undo", matched["id"].as_str().unwrap());
    let why = json!({ "reason": "Another deposit" });
    let stale = client.with_etag("POST", &undo, "\"7\"", why.clone()).await.expect(412);
    assert_eq!(stale.code(), "stale_version");
    let list = client.get("/fiscal-periods?kind=regular&start=2026-02-01").await.ok();
    let close = format!("/fiscal-periods/{}/close", list["items"][0]["id"].as_str().unwrap());
    client.with_etag("POST", &close, "*", Value::Null).await.expect(200);
    let refused = client.with_etag("POST", &undo, "*", why).await.expect(422);
    assert_eq!(refused.code(), "fiscal_period_closed");
    assert_eq!(open(client, CARDS, "2026-03-31").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_foreign_account_comes_to_nothing_in_both_currencies() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    tolerance(client, "USD", "1.00").await;
    let foreign = async |date: &str, debit: &str, credit: &str, amount: &str, rate: &str| {
        let lines = json!([
            { "accountCode": debit, "debit": amount, "rate": rate }, { "accountCode": credit, "credit": amount, "rate": rate },
        ]);
        let body = json!({ "postingDate": date, "currency": "USD", "post": true, "lines": lines });
        client.post("/journal-entries", body).await.expect(201).json()["id"].clone()
    };
    let rate = json!({ "currency": "USD", "date": "2026-03-01", "rate": "3.76" });
    client.post("/exchange-rates", rate).await.expect(201);
    let out = foreign("2026-03-02", CARDS, SALES, "100.00", "3.75").await;
    let back = foreign("2026-03-05", BANK, CARDS, "99.50", "3.77").await;
    let lines = json!([line(&out, 1), line(&back, 2)]);
    let body = json!({ "date": "2026-03-06", "lines": lines, "difference": { "accountCode": "7210" } });
    let matched = client.post("/line-matches", body).await.expect(201);
    let view = matched.json();
    // 375.00 came in; 375.12 went out, and half a dollar at the rate of the day.
    assert_eq!((&view["difference"], &view["exchangeDifference"]), (&json!("0.50"), &json!("-2.00")));
    assert_eq!(open(client, CARDS, "2026-03-31").await, Vec::<String>::new());
    sound(client).await;
    let undo = format!("/line-matches/{}/undo", view["id"].as_str().unwrap());
    client.with_etag("POST", &undo, &matched.etag(), json!({ "reason": "Wrong" })).await.ok();
    assert_eq!(open(client, CARDS, "2026-03-31").await, ["375.00", "-375.12"]);
    let dollars = client.get("/reports/open-lines?account=1115&asOf=2026-03-31&currency=USD").await.ok();
    assert_eq!(
        (&dollars["total"]["total"], &dollars["accounts"][0]["difference"]),
        (&json!("0.50"), &json!("0.00"))
    );
    sound(client).await;
}

#[tokio::test]
async fn a_rule_finds_what_belongs_together() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    for (date, debit, credit, amount, reference) in [
        ("2026-03-01", CARDS, SALES, "70.00", "A"),
        ("2026-03-02", CARDS, SALES, "30.00", "A"),
        ("2026-03-03", BANK, CARDS, "100.00", "a"),
        ("2026-03-04", CARDS, SALES, "55.00", "B"),
        ("2026-03-05", BANK, CARDS, "54.90", "B"),
        ("2026-03-06", CARDS, SALES, "12.00", "C"),
        ("2026-03-07", BANK, CARDS, "12.00", "D"),
        ("2026-03-08", CARDS, SALES, "8.00", "E"),
        ("2026-03-09", BANK, CARDS, "8.00", "F"),
        ("2026-03-10", BANK, CARDS, "8.00", "G"),
    ] {
        post(client, date, (debit, credit, amount), reference).await;
    }
    let by = |rule: &str| json!({ "accountCode": CARDS, "rule": rule, "date": "2026-03-31" });
    let preview = client.post("/line-matches/auto?dryRun=true", by("reference")).await.ok();
    assert_eq!((&preview["matchCount"], &preview["lineCount"]), (&json!(1), &json!(3)));
    assert_eq!(client.get("/line-matches").await.ok()["items"], json!([]));
    tolerance(client, "SAR", "0.25").await;
    let mut with = by("reference");
    with["difference"] = json!({ "accountCode": "7210" });
    let done = client.post("/line-matches/auto", with.clone()).await.ok();
    assert_eq!((&done["matchCount"], &done["lineCount"]), (&json!(2), &json!(6)));
    assert_eq!(client.post("/line-matches/auto", with.clone()).await.ok()["matchCount"], 0);
    with["rule"] = json!("amount");
    let refused = client.post("/line-matches/auto", with).await.expect(422);
    assert_eq!(refused.errors(), [("/difference".to_owned(), "line_match_difference_rule".to_owned())]);
    let done = client.post("/line-matches/auto", by("amount")).await.ok();
    assert_eq!(done["matches"][0]["total"], "12.00");
    assert_eq!(open(client, CARDS, "2026-03-31").await, ["8.00", "-8.00", "-8.00"]);
    sound(client).await;
}

#[tokio::test]
async fn what_cannot_be_matched_is_told_why() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    let sale = post(client, "2026-03-02", (CARDS, SALES, "100.00"), "x").await;
    let paid = post(client, "2026-03-05", (BANK, CARDS, "100.00"), "x").await;
    let party = json!({ "postingDate": "2026-03-05", "controlReason": "x", "post": true, "lines": [
        { "accountCode": "1121", "debit": "5.00", "party": "C" }, { "accountCode": SALES, "credit": "5.00" },
    ] });
    let debt = client.post("/journal-entries", party).await.expect(201).json()["id"].clone();
    let nothing = json!("018f0000-0000-7000-8000-000000000000");
    let lines = json!([
        line(&sale, 1),
        line(&sale, 1),
        line(&sale, 2),
        line(&debt, 1),
        line(&nothing, 1),
        line(&paid, 9),
        line(&paid, 1),
    ]);
    let refused =
        client.post("/line-matches", json!({ "date": "2026-03-31", "lines": lines })).await.expect(422);
    let told = |at: &str, code: &str| (at.to_owned(), code.to_owned());
    let expected = [
        told("/lines/1", "line_match_repeated"),
        told("/lines/2", "account_not_reconcilable"),
        told("/lines/3", "line_match_control_account"),
        told("/lines/4", "unknown_reference"),
        told("/lines/5", "unknown_reference"),
        told("/lines/6", "line_match_accounts_differ"),
    ];
    assert_eq!(refused.errors(), expected);
    let early = json!({ "date": "2026-03-04", "lines": [line(&sale, 1), line(&paid, 2)] });
    let refused = client.post("/line-matches", early).await.expect(422);
    assert_eq!(refused.errors(), [told("/lines/1", "line_match_before_line")]);
    let fine = json!({ "date": "2026-03-31", "lines": [part(&sale, 1, "0.001"), line(&paid, 2)] });
    let refused = client.post("/line-matches", fine).await.expect(422);
    assert_eq!(refused.errors(), [told("/lines/0/amount", "amount_scale_exceeded")]);
    for (account, code) in [
        ("1121", "line_match_control_account"),
        (SALES, "account_not_reconcilable"),
        ("9999", "account_code_unknown"),
    ] {
        let auto = json!({ "accountCode": account, "rule": "amount", "date": "2026-03-31" });
        let refused = client.post("/line-matches/auto", auto).await.expect(422);
        assert_eq!(refused.errors(), [told("/accountCode", code)]);
        let refused = client.get(&format!("/reports/open-lines?account={account}")).await.expect(422);
        assert_eq!(refused.errors(), [told("account", code)]);
    }
    let lock = json!({ "lockedThrough": "2026-03-31" });
    client.with_etag("PUT", "/locks/fiscal", "*", lock).await.ok();
    let locked = json!({ "date": "2026-03-31", "lines": [line(&sale, 1), line(&paid, 2)] });
    let refused = client.post("/line-matches", locked).await.expect(422);
    assert_eq!(refused.errors(), [told("/date", "date_locked")]);
}

#[tokio::test]
async fn an_account_that_becomes_reconcilable_has_its_lines_open() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    let prepaid = "1141";
    let kept = post(client, "2026-03-01", (prepaid, BANK, "90.00"), "x").await;
    let wrong = post(client, "2026-03-02", (prepaid, BANK, "20.00"), "x").await;
    let reverse = format!("/journal-entries/{}/reverse", wrong.as_str().unwrap());
    let reason = json!({ "postingDate": "2026-03-20", "reason": "Twice" });
    client.with_etag("POST", &reverse, "*", reason).await.expect(201);
    let account = client.get(&format!("/accounts?code={prepaid}")).await.ok()["items"][0]["id"].clone();
    let path = format!("/accounts/{}", account.as_str().unwrap());
    client.with_etag("PATCH", &path, "*", json!({ "reconcilable": true })).await.ok();
    assert_eq!(open(client, prepaid, "2026-03-10").await, ["90.00", "20.00"]);
    assert_eq!(open(client, prepaid, "2026-03-31").await, ["90.00"]);
    let back = post(client, "2026-03-25", (BANK, prepaid, "90.00"), "x").await;
    let body = json!({ "date": "2026-03-25", "lines": [line(&kept, 1), line(&back, 2)] });
    client.post("/line-matches", body).await.expect(201);
    sound(client).await;
    let lists = client.get(&format!("/open-lines?accountCode={prepaid}")).await.ok();
    let statuses: Vec<_> =
        lists["items"].as_array().unwrap().iter().map(|one| one["status"].clone()).collect();
    assert_eq!(statuses, ["matched", "reversed", "reversed", "matched"]);
    let csv = "code,name,type,reconcilable\n1141,Prepaid,asset,false\n";
    let file =
        client.call("POST", "/imports?type=accounts&update=true", &["Content-Type: text/csv"], csv).await;
    assert_eq!(file.errors()[0].1, "account_has_line_matches", "{}", file.text());
}

#[tokio::test]
async fn an_account_that_ceases_to_be_reconcilable_has_no_open_lines() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    post(client, "2026-03-02", (CARDS, SALES, "100.00"), "T-1").await;
    let account = client.get(&format!("/accounts?code={CARDS}")).await.ok()["items"][0]["id"].clone();
    let account = format!("/accounts/{}", account.as_str().unwrap());
    let path = format!("/open-lines?accountCode={CARDS}");
    assert_eq!(client.get(&path).await.ok()["items"].as_array().unwrap().len(), 1);
    client.with_etag("PATCH", &account, "*", json!({ "reconcilable": false })).await.expect(200);
    assert_eq!(client.get(&path).await.ok()["items"], json!([]));
    post(client, "2026-03-03", (CARDS, SALES, "7.00"), "T-2").await;
    client.with_etag("PATCH", &account, "*", json!({ "reconcilable": true })).await.expect(200);
    assert_eq!(open(client, CARDS, "2026-03-31").await, ["100.00", "7.00"]);
    sound(client).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_is_not_matched_twice_at_once() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    let sale = post(client, "2026-03-02", (CARDS, SALES, "100.00"), "x").await;
    let mut bodies = Vec::new();
    for _ in 0..4 {
        let paid = post(client, "2026-03-05", (BANK, CARDS, "60.00"), "x").await;
        bodies.push(json!({ "date": "2026-03-06", "lines": [part(&sale, 1, "60"), line(&paid, 2)] }));
    }
    let answers = join_all(bodies.into_iter().map(|body| client.post("/line-matches", body))).await;
    let done = answers.iter().filter(|answer| answer.status.as_u16() == 201).count();
    let told = answers.iter().filter(|answer| answer.status.as_u16() == 409);
    assert_eq!(done, 1);
    assert!(
        told.clone().count() == 3
            && told.map(|answer| answer.errors()[0].1.clone()).all(|code| code == "line_match_exceeds_open")
    );
    assert_eq!(open(client, CARDS, "2026-03-31").await, ["40.00", "-60.00", "-60.00", "-60.00"]);
    sound(client).await;
}

#[tokio::test]
async fn the_report_is_as_it_was_known_and_comes_as_a_file() {
    let (world, tenant) = World::books().await;
    let client = &tenant.client;
    let sale = post(client, "2026-03-02", (CARDS, SALES, "100.00"), "x").await;
    world.clock.advance_seconds(5);
    let paid = post(client, "2026-03-05", (BANK, CARDS, "100.00"), "x").await;
    world.clock.advance_seconds(5);
    let body = json!({ "date": "2026-03-06", "lines": [line(&sale, 1), line(&paid, 2)] });
    let matched = client.post("/line-matches", body).await.expect(201).json();
    world.clock.advance_seconds(5);
    let after = matched["createdAt"].as_str().unwrap().to_owned();
    let path = format!("/line-matches/{}/undo", matched["id"].as_str().unwrap());
    client.with_etag("POST", &path, "*", json!({ "reason": "Wrong" })).await.ok();
    let lines = async |known_at: &str| {
        let path = format!("/reports/open-lines?account=1115&asOf=2026-03-31&knownAt={known_at}");
        let view = client.get(&path).await.ok();
        let found =
            view["accounts"].as_array().unwrap().iter().map(|one| one["lines"].as_array().unwrap().len());
        found.sum::<usize>()
    };
    assert_eq!(lines(&after).await, 0);
    let recorded = client.get("/open-lines?accountCode=1115").await.ok();
    let first = recorded["items"][0]["recordedAt"].as_str().unwrap().to_owned();
    assert_eq!(lines(&first).await, 1);
    assert_eq!(open(client, CARDS, "2026-03-31").await, ["100.00", "-100.00"]);
    let view = client.get("/reports/open-lines?account=1115&asOf=2026-04-10").await.ok();
    assert_eq!(view["accounts"][0]["amounts"], json!(["0.00", "0.00", "0.00", "0.00"]));
    assert_eq!(view["accounts"][0]["lines"][0]["days"], 39);
    let csv = ["Accept: text/csv", "Accept-Language: ar"];
    let file = client.call("GET", "/reports/open-lines?asOf=2026-03-31", &csv, "").await.expect(200);
    assert!(file.text().contains("100.00"), "{}", file.text());
    let pdf = client.call("GET", "/reports/open-lines?format=pdf", &[], "").await.expect(200);
    assert!(pdf.header("content-type").starts_with("application/pdf"));
}

/// Whatever is posted, matched in parts, undone and reversed: what is open is the balance on every day.
#[test]
fn what_is_open_is_always_the_balance() {
    let step = (0_u32..4, 0_usize..6, 0_usize..6, 1_u32..500);
    let mut runner = TestRunner::new(Config { cases: 6, ..Config::default() });
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let check = |steps: Vec<(u32, usize, usize, u32)>| {
        runtime.block_on(async {
            let (_world, tenant) = World::books().await;
            let client = &tenant.client;
            let (mut entries, mut matches) = (Vec::new(), Vec::new());
            for (day, (what, a, b, cents)) in (1..).zip(steps) {
                let (date, amount) =
                    (format!("2026-03-{day:02}"), format!("{}.{:02}", cents / 100, cents % 100));
                let pick = |at: usize, of: &[(Value, u32)]| of.get(at % of.len().max(1)).cloned();
                match what {
                    0 => {
                        let sides = if a < 3 { (CARDS, SALES, &*amount) } else { (BANK, CARDS, &*amount) };
                        entries.push((post(client, &date, sides, "x").await, if a < 3 { 1 } else { 2 }));
                    }
                    1 | 2 if what == 2 || matches.is_empty() => {
                        if let Some(((one, of_one), (other, of_other))) =
                            pick(a, &entries).zip(pick(b, &entries))
                        {
                            let lines = json!([part(&one, of_one, &amount), part(&other, of_other, &amount)]);
                            let made =
                                client.post("/line-matches", json!({ "date": date, "lines": lines })).await;
                            if made.status.as_u16() == 201 {
                                matches.push(made.json()["id"].clone());
                            }
                        }
                    }
                    1 => {
                        let undo =
                            format!("/line-matches/{}/undo", matches[a % matches.len()].as_str().unwrap());
                        client.with_etag("POST", &undo, "*", json!({ "reason": "x" })).await;
                    }
                    _ => {
                        if let Some((entry, _)) = pick(a, &entries) {
                            let reverse = format!("/journal-entries/{}/reverse", entry.as_str().unwrap());
                            let body = json!({ "postingDate": date, "reason": "x" });
                            client.with_etag("POST", &reverse, "*", body).await;
                        }
                    }
                }
            }
            for day in ["2026-03-03", "2026-03-08", "2026-03-31"] {
                open(client, CARDS, day).await;
            }
            sound(client).await;
        });
        Ok(())
    };
    runner.run(&prop::collection::vec(step, 1..14), check).unwrap();
}
