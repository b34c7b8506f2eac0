//! Receivables and payables: items, allocations, netting and ageing, as a client sees them.

use serde_json::{Value, json};
use testkit::{Answer, Client, World};

/// One line: account, debit, credit, party.
type Line<'a> = (&'a str, &'a str, &'a str, &'a str);

fn body(date: &str, lines: &[Line<'_>]) -> Value {
    let line = |(account, debit, credit, party): &Line<'_>| {
        let text = |text: &str| if text.is_empty() { Value::Null } else { json!(text) };
        json!({ "accountCode": account, "debit": text(debit), "credit": text(credit), "party": text(party) })
    };
    json!({
        "postingDate": date, "controlReason": "Test", "post": true,
        "lines": lines.iter().map(line).collect::<Vec<_>>(),
    })
}

/// Posts an entry and answers the item of its first line.
async fn item_of(client: &Client, body: Value) -> String {
    let entry = client.post("/journal-entries", body).await.expect(201).json();
    let path = format!("/open-items?entryId={}", entry["id"].as_str().unwrap());
    let items = client.get(&path).await.ok()["items"].clone();
    items[0]["id"].as_str().unwrap().to_owned()
}

async fn invoice(client: &Client, date: &str, amount: &str, party: &str) -> String {
    item_of(client, body(date, &[("1121", amount, "", party), ("4110", "", amount, "")])).await
}

async fn receipt(client: &Client, date: &str, amount: &str, party: &str) -> String {
    item_of(client, body(date, &[("1121", "", amount, party), ("1112", amount, "", "")])).await
}

/// The body in another currency at a rate.
fn foreign(mut body: Value, currency: &str, rate: &str) -> Value {
    body["currency"] = json!(currency);
    for line in body["lines"].as_array_mut().unwrap() {
        line["rate"] = json!(rate);
    }
    body
}

async fn allocate(client: &Client, date: &str, pairs: &[(&str, &str)]) -> Answer {
    let pair = |(debit, credit): &(&str, &str)| json!({ "debitItemId": debit, "creditItemId": credit });
    let pairs: Vec<_> = pairs.iter().map(pair).collect();
    client.post("/allocations", json!({ "date": date, "pairs": pairs })).await
}

async fn item(client: &Client, id: &str) -> Value {
    client.get(&format!("/open-items/{id}")).await.ok()
}

async fn open(client: &Client, id: &str) -> (String, String) {
    let item = item(client, id).await;
    (item["openAmount"].as_str().unwrap().to_owned(), item["status"].as_str().unwrap().to_owned())
}

fn is(amount: &str, status: &str) -> (String, String) {
    (amount.to_owned(), status.to_owned())
}

async fn ageing(client: &Client, query: &str) -> Value {
    client.get(&format!("/reports/receivables-ageing?{query}")).await.ok()
}

/// Asserts that the books agree with themselves, and the sub-ledger with the control accounts on several days.
async fn agree(client: &Client) {
    let checks = client.get("/integrity/checks").await.ok();
    assert_eq!(checks["ok"], true, "{checks}");
    for report in ["receivables-ageing", "payables-ageing"] {
        for day in ["2026-03-10", "2026-06-30", "2026-12-31"] {
            let view = client.get(&format!("/reports/{report}?asOf={day}")).await.ok();
            assert_eq!(view["difference"], "0.00", "{report} {day}: {view}");
        }
    }
}

#[tokio::test]
async fn payments_settle_invoices_wholly_and_in_part() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    let first = invoice(client, "2026-03-01", "1150.00", "C1").await;
    let paid = receipt(client, "2026-03-05", "500.00", "C1").await;
    let view = item(client, &first).await;
    assert_eq!(
        (&view["side"], &view["control"], &view["party"], &view["amount"], &view["dueDate"]),
        (&json!("debit"), &json!("receivable"), &json!("C1"), &json!("1150.00"), &json!("2026-03-01"))
    );
    let batch = allocate(client, "2026-03-05", &[(&first, &paid)]).await.expect(200).json();
    assert_eq!((&batch["allocationCount"], &batch["entryId"]), (&json!(1), &Value::Null), "{batch}");
    assert_eq!(batch["allocations"][0]["amount"], "500.00");
    assert_eq!(open(client, &first).await, is("650.00", "partly_settled"));
    assert_eq!(open(client, &paid).await, is("0.00", "settled"));

    let rest = receipt(client, "2026-03-09", "700.00", "C1").await;
    allocate(client, "2026-03-09", &[(&first, &rest)]).await.expect(200);
    assert_eq!(open(client, &first).await, is("0.00", "settled"));
    assert_eq!(item(client, &first).await["settledOn"], "2026-03-09");
    assert_eq!(open(client, &rest).await, is("50.00", "partly_settled"), "what is left is an advance");
    let left = client.get("/open-items?party=C1&settledOn[isNull]=true").await.ok();
    assert_eq!(left["items"].as_array().unwrap().len(), 1);
    let history = client.get(&format!("/allocations?debitItemId={first}")).await.ok();
    assert_eq!(history["items"].as_array().unwrap().len(), 2);
    let events = client.get("/events?limit=1000").await.ok();
    let settled =
        events["items"].as_array().unwrap().iter().filter(|event| event["type"] == "open_item.settled");
    assert_eq!(settled.count(), 2, "a payment, then the invoice with the last one: {events}");
    agree(client).await;
}

#[tokio::test]
async fn another_rate_makes_a_realised_difference_that_undoing_takes_back() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    let sale = body("2026-03-01", &[("1121", "1000.00", "", "C1"), ("4110", "", "1000.00", "")]);
    let debt = item_of(client, foreign(sale, "USD", "3.75")).await;
    let money = body("2026-03-20", &[("1121", "", "1000.00", "C1"), ("1112", "1000.00", "", "")]);
    let paid = item_of(client, foreign(money, "USD", "3.76")).await;
    let before = client.get("/reports/trial-balance?asOf=2026-12-31").await.ok();
    let batch = allocate(client, "2026-03-20", &[(&debt, &paid)]).await.expect(200).json();
    assert_eq!(batch["exchangeDifference"], "10.00");
    let entry = client.get(&format!("/journal-entries/{}", batch["entryId"].as_str().unwrap())).await.ok();
    assert_eq!((&entry["kind"], &entry["source"]["type"]), (&json!("revaluation"), &json!("allocation")));
    assert_eq!(entry["source"]["id"], batch["batchId"]);
    let lines: Vec<_> = entry["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (&line["accountCode"], &line["debit"], &line["credit"], &line["party"]))
        .collect();
    assert_eq!(
        lines,
        [
            (&json!("1121"), &json!("10.00"), &Value::Null, &json!("C1")),
            (&json!("7130"), &Value::Null, &json!("10.00"), &Value::Null),
        ]
    );
    agree(client).await;

    let reverse = format!("/journal-entries/{}/reverse", batch["entryId"].as_str().unwrap());
    let refused = client.with_etag("POST", &reverse, "*", json!({ "reason": "No" })).await.expect(409);
    assert_eq!(refused.code(), "entry_belongs_to_document");

    let allocation = batch["allocations"][0]["id"].as_str().unwrap().to_owned();
    let undo = format!("/allocations/{allocation}/undo");
    let early = client.post(&undo, json!({ "reason": "Wrong", "date": "2026-03-19" })).await.expect(422);
    assert_eq!(early.errors(), [("/date".to_owned(), "undo_before_allocation".to_owned())]);
    let undone = client.post(&undo, json!({ "reason": "Wrong", "date": "2026-03-25" })).await.ok();
    assert_eq!((&undone["kind"], &undone["exchangeDifference"]), (&json!("undo"), &json!("-10.00")));
    assert_eq!(client.get(&format!("/allocations/{allocation}")).await.ok()["undoneById"], undone["id"]);
    assert_eq!(open(client, &debt).await, is("1000.00", "open"));
    let again = client.post(&undo, json!({ "reason": "Wrong" })).await.expect(409);
    assert_eq!(again.code(), "allocation_undone");
    let after = client.get("/reports/trial-balance?asOf=2026-12-31").await.ok();
    let closing = |view: &Value| (view["totals"]["debit"].clone(), view["totals"]["credit"].clone());
    assert_eq!(closing(&after), closing(&before), "the difference is taken back");
    agree(client).await;
    let verified = client.post("/integrity/verify", json!({})).await.ok();
    assert_eq!(verified["ok"], true, "{verified}");
}

#[tokio::test]
async fn receivables_are_netted_with_payables() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    let owed = invoice(client, "2026-03-01", "2300.00", "C1").await;
    let bill =
        item_of(client, body("2026-03-02", &[("2111", "", "1725.50", "C1"), ("6120", "1725.50", "", "")]))
            .await;
    let pair = json!({ "date": "2026-03-03", "pairs": [{ "debitItemId": owed, "creditItemId": bill }] });
    let refused = client.post("/allocations", pair.clone()).await.expect(422);
    assert_eq!(
        refused.errors(),
        [("/pairs/0/creditItemId".to_owned(), "allocation_accounts_differ".to_owned())]
    );
    let batch = client.post("/nettings", pair).await.ok();
    assert_eq!(open(client, &owed).await, is("574.50", "partly_settled"));
    assert_eq!(open(client, &bill).await, is("0.00", "settled"));
    let entry = client.get(&format!("/journal-entries/{}", batch["entryId"].as_str().unwrap())).await.ok();
    assert_eq!(entry["total"], "1725.50");
    agree(client).await;
    let undo = format!("/allocations/{}/undo", batch["allocations"][0]["id"].as_str().unwrap());
    client.post(&undo, json!({ "reason": "Not agreed" })).await.ok();
    assert_eq!(open(client, &bill).await, is("1725.50", "open"));
    agree(client).await;
}

#[tokio::test]
async fn everything_wrong_with_pairs_is_said_at_once_and_nothing_is_kept() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    let debt = invoice(client, "2026-03-01", "100.00", "C1").await;
    let paid = receipt(client, "2026-03-05", "60.00", "C1").await;
    let other = receipt(client, "2026-03-09", "60.00", "C2").await;
    let unknown = "0197a3b0-0000-7000-8000-000000000001";
    let pairs = json!([
        { "debitItemId": debt, "creditItemId": paid, "amount": "60.00" },
        { "debitItemId": debt, "creditItemId": paid, "amount": "1.00" },
        { "debitItemId": debt, "creditItemId": other, "amount": "1.00" },
        { "debitItemId": paid, "creditItemId": unknown },
    ]);
    let refused =
        client.post("/allocations", json!({ "date": "2026-03-08", "pairs": pairs })).await.expect(422);
    let mut errors = refused.errors();
    errors.sort();
    let expected = [
        ("/pairs/1/amount", "allocation_exceeds_open"),
        ("/pairs/2/creditItemId", "allocation_before_item"),
        ("/pairs/2/creditItemId", "allocation_parties_differ"),
        ("/pairs/3/creditItemId", "unknown_reference"),
    ];
    let expected: Vec<_> = expected.iter().map(|(at, code)| ((*at).to_owned(), (*code).to_owned())).collect();
    assert_eq!(errors, expected);
    assert_eq!(open(client, &debt).await, is("100.00", "open"));
    let proposed = client.post(
        "/allocations?dryRun=true",
        json!({ "date": "2026-03-08", "pairs": [{ "debitItemId": debt, "creditItemId": paid }] }),
    );
    assert_eq!(proposed.await.ok()["allocations"][0]["amount"], "60.00");
    assert_eq!(open(client, &debt).await, is("100.00", "open"), "a dry run keeps nothing");

    client.post("/fiscal-years", json!({ "code": "2025", "start": "2025-01-01" })).await;
    let locked = client.get("/locks").await.ok();
    let fiscal = locked["items"]
        .as_array()
        .or(locked.as_array())
        .unwrap()
        .iter()
        .find(|lock| lock["kind"] == "fiscal")
        .cloned()
        .unwrap();
    let etag = format!("\"{}\"", fiscal["version"]);
    client.with_etag("PUT", "/locks/fiscal", &etag, json!({ "lockedThrough": "2026-03-31" })).await.ok();
    let refused = allocate(client, "2026-03-08", &[(&debt, &paid)]).await.expect(422);
    assert_eq!(refused.errors(), [("/date".to_owned(), "date_locked".to_owned())]);
    allocate(client, "2026-04-01", &[(&debt, &paid)]).await.expect(200);
}

#[tokio::test]
async fn a_reversal_settles_what_it_reverses_unless_that_is_allocated() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    let debt = invoice(client, "2026-03-01", "100.00", "C1").await;
    let paid = receipt(client, "2026-03-05", "100.00", "C1").await;
    let batch = allocate(client, "2026-03-05", &[(&debt, &paid)]).await.expect(200).json();
    let entry = item(client, &debt).await["entryId"].as_str().unwrap().to_owned();
    let reverse = format!("/journal-entries/{entry}/reverse");
    let why = json!({ "reason": "Wrong customer", "postingDate": "2026-03-10" });
    let refused = client.with_etag("POST", &reverse, "*", why.clone()).await.expect(409);
    assert_eq!(refused.code(), "entry_has_allocations");
    let undo = format!("/allocations/{}/undo", batch["allocations"][0]["id"].as_str().unwrap());
    client.post(&undo, json!({ "reason": "Wrong customer", "date": "2026-03-10" })).await.ok();
    let reversal = client.with_etag("POST", &reverse, "*", why).await.expect(201).json();
    assert_eq!(open(client, &debt).await, is("0.00", "settled"));
    let made = client.get(&format!("/open-items?entryId={}", reversal["id"].as_str().unwrap())).await.ok();
    assert_eq!(made["items"][0]["status"], "settled");
    let history = client.get(&format!("/allocations?debitItemId={debt}&kind=reversal")).await.ok();
    let of_reversal = history["items"][0]["id"].as_str().unwrap();
    let refused =
        client.post(&format!("/allocations/{of_reversal}/undo"), json!({ "reason": "x" })).await.expect(409);
    assert_eq!(refused.code(), "allocation_of_reversal");
    agree(client).await;
}

#[tokio::test]
async fn two_clerks_allocate_one_payment_at_once_and_it_is_used_once() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    let paid = receipt(client, "2026-03-05", "100.00", "C1").await;
    let mut debts = Vec::new();
    for _ in 0..8 {
        debts.push(invoice(client, "2026-03-01", "60.00", "C1").await);
    }
    let call = |debt: String| {
        let (client, paid) = (client.clone(), paid.clone());
        async move {
            let pair = json!({ "debitItemId": debt, "creditItemId": paid, "amount": "60.00" });
            client.post("/allocations", json!({ "date": "2026-03-05", "pairs": [pair] })).await
        }
    };
    let answers = futures::future::join_all(debts.into_iter().map(call)).await;
    let done = answers.iter().filter(|answer| answer.status.is_success()).count();
    assert_eq!(done, 1);
    assert!(answers.iter().filter(|a| !a.status.is_success()).all(|a| a.code() == "allocation_exceeds_open"));
    assert_eq!(open(client, &paid).await, is("40.00", "partly_settled"));
    agree(client).await;
}

#[tokio::test]
async fn ageing_shows_what_was_open_on_a_day_and_adds_up_to_the_control_accounts() {
    let (world, tenant) = World::books().await;
    let client = &tenant.client;
    let due = |date: &str, amount: &str, due: &str| {
        let mut body = body(date, &[("1121", amount, "", "C1"), ("4110", "", amount, "")]);
        body["lines"][0]["dueDate"] = json!(due);
        body
    };
    item_of(client, due("2026-06-15", "1150.00", "2026-07-15")).await;
    item_of(client, due("2026-05-30", "230.00", "2026-06-30")).await;
    item_of(client, due("2026-05-01", "575.00", "2026-06-01")).await;
    let april = item_of(client, due("2026-03-30", "3450.00", "2026-04-30")).await;
    item_of(client, due("2026-01-01", "92.00", "2026-01-01")).await;
    let first = receipt(client, "2026-06-20", "1450.00", "C1").await;
    receipt(client, "2026-06-25", "300.00", "C1").await;
    let later = receipt(client, "2026-07-05", "2000.00", "C1").await;
    allocate(client, "2026-06-20", &[(&april, &first)]).await.expect(200);
    let before_july = "2026-03-15T09:00:30Z";
    world.clock.advance_seconds(60);
    allocate(client, "2026-07-05", &[(&april, &later)]).await.expect(200);
    let p12 = json!({
        "notDue": "1380.00", "amounts": ["575.00", "0.00", "2000.00", "92.00"], "unallocated": "-300.00", "total": "3747.00",
    });
    let view = ageing(client, "asOf=2026-06-30").await;
    assert_eq!(view["total"], p12);
    assert_eq!((&view["controlBalance"], &view["difference"]), (&json!("3747.00"), &json!("0.00")));
    assert_eq!(view["lines"][0]["party"], "C1");
    let known = ageing(client, &format!("asOf=2026-07-31&knownAt={before_july}")).await;
    assert_eq!(
        known["total"]["unallocated"], "-2300.00",
        "the second payment was there, not its allocation: {known}"
    );
    let now = ageing(client, "asOf=2026-07-31&buckets=0,60").await;
    assert_eq!(now["total"]["total"], "1747.00");
    assert_eq!(now["buckets"], json!([{ "fromDays": 1, "toDays": 60 }, { "fromDays": 61, "toDays": null }]));
    let posted = ageing(client, "asOf=2026-06-30&by=posting&party=C1").await;
    assert_eq!((&posted["controlBalance"], &posted["total"]["total"]), (&Value::Null, &json!("3747.00")));
    assert_eq!(posted["total"]["notDue"], "0.00");
    let refused = client.get("/reports/receivables-ageing?buckets=30,0").await.expect(400);
    assert_eq!(refused.errors(), [("buckets".to_owned(), "ageing_buckets".to_owned())]);
    let csv = client
        .call(
            "GET",
            "/reports/receivables-ageing?asOf=2026-06-30",
            &["Accept: text/csv", "Accept-Language: ar"],
            "",
        )
        .await;
    let text = csv.text();
    assert!(
        text.starts_with("party,notDue,days1To30,days31To60,days61To90,daysOver90,unallocated,total,name"),
        "{text}"
    );
    assert!(
        text.contains("C1,1380.00,575.00,0.00,2000.00,92.00,-300.00,3747.00,") && text.contains("الإجمالي"),
        "{text}"
    );
    agree(client).await;
}

#[tokio::test]
async fn rules_propose_what_payments_settle() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    let mut sale = body("2026-03-01", &[("1121", "100.00", "", "C1"), ("4110", "", "100.00", "")]);
    sale["reference"] = json!("INV-77");
    let named = item_of(client, sale).await;
    let older = invoice(client, "2026-02-01", "40.00", "C1").await;
    let mut money = body("2026-03-05", &[("1121", "", "100.00", "C1"), ("1112", "100.00", "", "")]);
    money["description"] = json!("سداد الفاتورة inv-77");
    item_of(client, money).await;
    let auto = |rule: &str, dry: bool| {
        let path = format!("/allocations/auto?dryRun={dry}");
        let body = json!({ "control": "receivable", "rule": rule, "date": "2026-03-31" });
        async move { client.post(&path, body).await.ok() }
    };
    let oldest = auto("oldest_due", true).await;
    assert_eq!(oldest["allocations"][0]["debitItemId"], json!(older));
    assert_eq!(oldest["allocationCount"], 2);
    assert_eq!(auto("exact", true).await["allocations"][0]["debitItemId"], json!(named));
    let done = auto("reference", false).await;
    assert_eq!(done["allocationCount"], 1);
    assert_eq!(open(client, &named).await, is("0.00", "settled"));
    assert_eq!(open(client, &older).await, is("40.00", "open"));
    assert_eq!(auto("reference", false).await["allocationCount"], 0, "nothing is left to match");
    agree(client).await;
}

#[tokio::test]
async fn without_an_account_for_differences_nothing_is_settled() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    let settings = client.get("/ledger-settings").await.expect(200);
    let change = json!({ "exchangeDifferencesAccountId": null });
    client.with_etag("PATCH", "/ledger-settings", &settings.etag(), change).await.ok();
    let sale = body("2026-03-01", &[("1121", "10.00", "", "C1"), ("4110", "", "10.00", "")]);
    let debt = item_of(client, foreign(sale, "USD", "3.75")).await;
    let money = body("2026-03-20", &[("1121", "", "10.00", "C1"), ("1112", "10.00", "", "")]);
    let paid = item_of(client, foreign(money, "USD", "3.80")).await;
    let refused = allocate(client, "2026-03-20", &[(&debt, &paid)]).await.expect(422);
    assert_eq!(refused.code(), "exchange_account_missing");
    assert_eq!(open(client, &debt).await, is("10.00", "open"));
}

#[tokio::test]
async fn a_thousand_pairs_are_one_request() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    let mut lines: Vec<Value> = (0..1_200)
        .map(|n| json!({ "accountCode": "1121", "debit": "1.00", "party": "C1", "reference": format!("R{n}") }))
        .collect();
    lines.push(json!({ "accountCode": "4110", "credit": "1200.00" }));
    let entry = json!({ "postingDate": "2026-03-01", "controlReason": "Test", "post": true, "lines": lines });
    let entry = client.post("/journal-entries", entry).await.expect(201).json();
    let paid = receipt(client, "2026-03-05", "1200.00", "C1").await;
    let path = format!("/open-items?entryId={}&limit=1000", entry["id"].as_str().unwrap());
    let first = client.get(&path).await.ok();
    let cursor = first["nextCursor"].as_str().unwrap();
    let rest = client.get(&format!("{path}&cursor={cursor}")).await.ok();
    let items = first["items"].as_array().unwrap().iter().chain(rest["items"].as_array().unwrap());
    let pairs: Vec<_> =
        items.map(|item| json!({ "debitItemId": item["id"], "creditItemId": paid })).collect();
    assert_eq!(pairs.len(), 1_200);
    let batch = client.post("/allocations", json!({ "date": "2026-03-05", "pairs": pairs })).await.ok();
    assert_eq!(batch["allocationCount"], 1_200);
    assert_eq!(batch["allocations"].as_array().unwrap().len(), 1_000);
    let all = client
        .get(&format!("/allocations?batchId={}&count=exact&limit=1", batch["batchId"].as_str().unwrap()))
        .await
        .ok();
    assert_eq!(all["total"], 1_200, "{all}");
    assert_eq!(open(client, &paid).await, is("0.00", "settled"));
    agree(client).await;
}
