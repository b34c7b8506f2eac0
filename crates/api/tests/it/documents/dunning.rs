//! Reminders of what is overdue.

use futures::future::join_all;

use super::discounts::{open_items, receipt};
use super::*;

/// Level 1 after 15 days without a fee, level 2 after 30 days with 50.00 out of scope and a block of orders, level 3 after 60 days
/// with 100.00 and VAT and a block of everything.
async fn profile(client: &Client) -> Value {
    let levels = json!([
        { "daysOverdue": 15, "text": { "ar": "نذكركم بالسداد.", "en": "Please pay." } },
        { "daysOverdue": 30, "feeAmount": "50.00", "feeTaxCode": "O-OOS", "block": "orders" },
        { "daysOverdue": 60, "feeAmount": "100.00", "feeTaxCode": "S15", "block": "all" },
    ]);
    let body = json!({ "code": "STRICT", "name": { "en": "Strict" }, "levels": levels });
    client.post("/dunning-profiles", body).await.expect(201).json()
}

/// 1,150.00 that are due on the day.
async fn owed(client: &Client, due: &str) -> Value {
    let mut body = invoice("2026-01-15", &[line("1", "1000.00", "S15")]);
    body["dueDate"] = json!(due);
    posted(client, "/sales-invoices", body).await
}

async fn run(client: &Client, date: &str) -> Value {
    client.post("/dunning-runs", json!({ "date": date, "profileCode": "STRICT" })).await.expect(201).json()
}

async fn post(client: &Client, run: &Value) -> Answer {
    with_etag(client, "POST", &format!("/dunning-runs/{}/post", id(run)), json!({})).await
}

async fn nothing_due(client: &Client, date: &str) {
    let body = json!({ "date": date, "profileCode": "STRICT" });
    assert_eq!(client.post("/dunning-runs", body).await.expect(409).code(), "dunning_nothing_due");
}

async fn customer(client: &Client) -> Value {
    client.get("/parties?code=C001").await.ok()["items"][0].clone()
}

/// R109: a run proposes, posting records each level once, charges the fee and blocks the customer; undoing takes all of it back.
#[tokio::test]
async fn a_customer_is_reminded_level_by_level() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    profile(client).await;
    let first = owed(client, "2026-02-01").await;
    nothing_due(client, "2026-02-15").await;
    let dry = json!({ "date": "2026-02-16", "profileCode": "STRICT" });
    client.post("/dunning-runs?dryRun=true", dry).await.expect(200);
    assert_eq!(client.get("/dunning-runs").await.ok()["items"], json!([]), "nothing is kept");
    let one = run(client, "2026-02-16").await;
    let notice = &one["notices"][0];
    assert_eq!(
        (&one["status"], &notice["level"], &notice["amount"], &notice["party"], &notice["feeAmount"]),
        (&json!("draft"), &json!(1), &json!("1150.00"), &json!("C001"), &Value::Null),
        "{one}"
    );
    assert_eq!(notice["items"][0]["daysOverdue"], 15);
    let one = post(client, &one).await.expect(200).json();
    assert_eq!((&one["status"], &one["notices"][0]["status"]), (&json!("posted"), &json!("posted")));
    assert_eq!(open_items(client, &first).await[0]["dunningLevel"], 1);
    nothing_due(client, "2026-02-20").await;

    let second = owed(client, "2026-02-10").await;
    let two = run(client, "2026-03-03").await;
    let levels: Vec<_> =
        two["notices"][0]["items"].as_array().unwrap().iter().map(|item| item["level"].clone()).collect();
    assert_eq!(levels, [json!(2), json!(1)], "{two}");
    let two = post(client, &two).await.expect(200).json();
    let notice = &two["notices"][0];
    let fee = client.get(&format!("/sales-invoices/{}", text(&notice["feeInvoiceId"]))).await.ok();
    assert_eq!(
        (totals(&fee), &fee["documentDate"]),
        ("50.00 | 0.00 | 50.00".to_owned(), &json!("2026-03-03"))
    );
    assert_eq!(fee["number"], notice["feeInvoiceNumber"]);
    let blocked = customer(client).await;
    assert_eq!(blocked["customer"]["blocked"], "orders");
    assert!(text(&blocked["customer"]["blockedReason"]).contains("level 2"), "{blocked}");
    assert_eq!(open_items(client, &second).await[0]["dunningLevel"], 1);
    agree(client, "2026-12-31").await;

    let path = format!("/dunning-runs/{}/undo", id(&one));
    let early = with_etag(client, "POST", &path, json!({ "reason": "x" })).await.expect(409);
    assert_eq!(early.code(), "dunning_level_reached_again");
    let path = format!("/dunning-runs/{}/undo", id(&two));
    let undone = json!({ "reason": "Paid by cheque", "date": "2026-03-04" });
    let undone = with_etag(client, "POST", &path, undone).await.expect(200).json();
    assert_eq!((&undone["status"], &undone["notices"][0]["status"]), (&json!("undone"), &json!("undone")));
    assert_eq!(customer(client).await["customer"]["blocked"], "none");
    let fee = client.get(&format!("/sales-invoices/{}", id(&fee))).await.ok();
    assert_eq!((&fee["openAmount"], &fee["paymentState"]), (&json!("0.00"), &json!("credited")));
    assert_eq!(open_items(client, &first).await[0]["dunningLevel"], 1);
    let again = with_etag(client, "POST", &path, json!({ "reason": "x" })).await.expect(409);
    assert_eq!(again.code(), "dunning_run_not_posted");
    agree(client, "2026-12-31").await;
}

/// The fee of the highest level bears VAT, and is owed whatever blocks the customer and however much the customer owes.
#[tokio::test]
async fn a_fee_is_charged_beyond_block_and_credit_limit() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let profile = profile(client).await;
    owed(client, "2026-02-01").await;
    let party = format!("/parties/{}", id(&customer(client).await));
    let strict = json!({ "customer": {
        "dunningProfileId": profile["id"], "creditLimit": "1.00", "creditCheck": "all", "blocked": "invoices",
        "blockedReason": "In court",
    } });
    let strict = with_etag(client, "PATCH", &party, strict).await.expect(200).json();
    assert_eq!(strict["customer"]["dunningProfileId"], profile["id"]);
    let run = client.post("/dunning-runs", json!({ "date": "2026-04-30" })).await.expect(201).json();
    let run = post(client, &run).await.expect(200).json();
    let notice = &run["notices"][0];
    assert_eq!((&notice["level"], &notice["feeAmount"]), (&json!(3), &json!("100.00")));
    let fee = client.get(&format!("/sales-invoices/{}", text(&notice["feeInvoiceId"]))).await.ok();
    assert_eq!(totals(&fee), "100.00 | 15.00 | 115.00");
    assert_eq!(customer(client).await["customer"]["blocked"], "all");
    let path = format!("/dunning-notices/{}/undo", id(notice));
    with_etag(client, "POST", &path, json!({ "reason": "x", "date": "2026-04-30" })).await.expect(200);
    let back = customer(client).await;
    assert_eq!(
        (&back["customer"]["blocked"], &back["customer"]["blockedReason"]),
        (&json!("invoices"), &json!("In court"))
    );
    let used = with_etag(client, "DELETE", &format!("/dunning-profiles/{}", id(&profile)), Value::Null)
        .await
        .expect(409);
    assert_eq!(used.code(), "in_use");
}

/// Items that are disputed, paid in the meantime, or covered by an unallocated payment are not in reminders.
#[tokio::test]
async fn nobody_is_reminded_of_what_is_held_back_or_paid() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    profile(client).await;
    let disputed = owed(client, "2026-02-01").await;
    let missing = client.post("/dunning-holds", json!({ "documentId": disputed["id"] })).await.expect(422);
    assert_eq!(missing.errors(), [("/reason".to_owned(), "required".to_owned())]);
    let hold = json!({ "documentId": disputed["id"], "reason": "Quantity" });
    client.post("/dunning-holds", hold).await.expect(200);
    assert_eq!(open_items(client, &disputed).await[0]["dunningHoldReason"], "Quantity");
    nothing_due(client, "2026-02-20").await;
    client.post("/dunning-holds", json!({ "documentId": disputed["id"], "hold": false })).await.expect(200);
    let draft = run(client, "2026-02-20").await;
    let wish = json!({ "documentId": disputed["id"] });
    posted(client, "/receipts", receipt("2026-02-18", "1150.00", wish)).await;
    assert_eq!(post(client, &draft).await.expect(409).code(), "dunning_nothing_due");
    with_etag(client, "DELETE", &format!("/dunning-runs/{}", id(&draft)), Value::Null).await.expect(204);
    client.get(&format!("/dunning-runs/{}", id(&draft))).await.expect(404);

    owed(client, "2026-02-01").await;
    let advance =
        json!({ "partyCode": "C001", "documentDate": "2026-02-18", "amount": "150.00", "post": true });
    posted(client, "/receipts", advance.clone()).await;
    let draft = run(client, "2026-02-20").await;
    assert_eq!(draft["notices"][0]["unallocated"], "150.00");
    let mut covers = advance;
    covers["amount"] = json!("1000.00");
    posted(client, "/receipts", covers).await;
    nothing_due(client, "2026-02-20").await;
}

/// Two runs are posted at the same moment: each item reaches its level by one of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_item_reaches_a_level_once() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    profile(client).await;
    owed(client, "2026-02-01").await;
    let mut runs = Vec::new();
    for _ in 0..3 {
        runs.push(run(client, "2026-03-03").await);
    }
    let answers = join_all(runs.iter().map(|run| post(client, run))).await;
    let posted = answers.iter().filter(|answer| answer.status.is_success()).count();
    assert_eq!(posted, 1, "{:?}", answers.iter().map(Answer::text).collect::<Vec<_>>());
    let refused = answers.iter().filter(|answer| !answer.status.is_success());
    assert!(refused.map(Answer::code).all(|code| code == "dunning_nothing_due"));
    let notices = client.get("/dunning-notices?status=posted&count=exact").await.ok();
    assert_eq!(notices["total"], 1);
    let fees = client.get("/sales-invoices?count=exact").await.ok();
    assert_eq!(fees["total"], 2, "one fee");
    agree(client, "2026-12-31").await;
}

/// All that is wrong with a profile is said at once, in the reader's language; levels keep their order.
#[tokio::test]
async fn a_profile_says_everything_that_is_wrong() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let levels = json!([
        { "daysOverdue": 30, "feeAmount": "50.00" },
        { "daysOverdue": 30, "feeAmount": "0", "feeTaxCode": "S15" },
        { "daysOverdue": 31, "feeItemCode": "NONE", "feeTaxCode": "P15" },
    ]);
    let body = json!({ "code": "BAD", "name": { "en": "Bad" }, "levels": levels });
    let refused = client.post("/dunning-profiles", body.clone()).await.expect(422);
    let errors: Vec<_> = refused.errors().into_iter().map(|(at, code)| format!("{at} {code}")).collect();
    assert_eq!(
        errors,
        [
            "/levels/0/feeTaxCode dunning_fee_tax_code",
            "/levels/1/feeAmount dunning_fee_not_positive",
            "/levels/2/feeItemCode unknown_reference",
            "/levels/2/feeTaxCode tax_code_kind_not_taken",
            "/levels/1/daysOverdue dunning_levels_order",
        ]
    );
    let headers = ["Accept-Language: ar", "Content-Type: application/json"];
    let arabic = client.call("POST", "/dunning-profiles", &headers, body.to_string()).await;
    assert!(arabic.text().contains("يُبلَغ كل مستوى"), "{}", arabic.text());
}
