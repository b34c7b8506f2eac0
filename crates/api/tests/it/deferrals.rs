//! Deferrals as a client meets them: the schedule is the amount, no line is posted twice, and closed periods are not touched
//! silently.

use application::accounting::deferrals::run_due::run_due_deferrals;
use application::accounting::recurring::RecurringRun;
use serde_json::{Value, json};
use testkit::world::PASSWORD;
use testkit::{Answer, Client, TenantKit, World};

struct Books {
    world: World,
    kit: TenantKit,
}

async fn books() -> Books {
    let (world, kit) = World::books().await;
    Books { world, kit }
}

/// An insurance from the middle of January, paid for a year.
fn insurance(code: &str) -> Value {
    json!({
        "code": code, "name": { "ar": "تأمين", "en": "Insurance" }, "sourceAccountCode": "1142",
        "targetAccountCode": "6210", "amount": "12000.00", "start": "2026-01-15", "periods": 12,
    })
}

async fn balance(client: &Client, code: &str, day: &str) -> String {
    let account = client.get(&format!("/accounts?code={code}")).await.ok()["items"][0]["id"].clone();
    let view = client.get(&format!("/accounts/{}/balance?asOf={day}", account.as_str().unwrap())).await.ok();
    view["balance"].as_str().unwrap().to_owned()
}

fn path(deferral: &Value) -> String {
    format!("/deferrals/{}", deferral["id"].as_str().unwrap())
}

fn statuses(deferral: &Value) -> Vec<&str> {
    deferral["lines"].as_array().unwrap().iter().map(|line| line["status"].as_str().unwrap()).collect()
}

fn amounts(deferral: &Value) -> Vec<(&str, &str)> {
    let lines = deferral["lines"].as_array().unwrap().iter();
    lines.map(|line| (line["date"].as_str().unwrap(), line["amount"].as_str().unwrap())).collect()
}

impl Books {
    async fn background(&self, today: &str) -> (usize, usize) {
        let tenant = self.kit.client.get("/tenants/current").await.ok();
        let tenant: uuid::Uuid = tenant["id"].as_str().unwrap().parse().unwrap();
        let app = &self.world.parts.application;
        let RecurringRun { posted, failed, .. } =
            run_due_deferrals(app, tenant.into(), today.parse().unwrap()).await.unwrap();
        (posted, failed)
    }

    async fn period(&self, start: &str, action: &str) {
        let list = self.kit.client.get(&format!("/fiscal-periods?kind=regular&start={start}")).await.ok();
        let path = format!("/fiscal-periods/{}/{action}", list["items"][0]["id"].as_str().unwrap());
        let body = if action == "open" { json!({ "reason": "late" }) } else { Value::Null };
        self.kit.client.with_etag("POST", &path, "*", body).await.expect(200);
    }

    async fn paid(&self, amount: &str) {
        let lines =
            json!([{ "accountCode": "1142", "debit": amount }, { "accountCode": "1113", "credit": amount }]);
        let body = json!({ "postingDate": "2026-01-15", "post": true, "lines": lines });
        self.kit.client.post("/journal-entries", body).await.expect(201);
    }

    async fn act(&self, deferral: &Value, action: &str, body: Value) -> Answer {
        self.kit.client.with_etag("POST", &format!("{}/{action}", path(deferral)), "*", body).await
    }

    async fn checklist(&self, start: &str) -> Value {
        let list = self.kit.client.get(&format!("/fiscal-periods?kind=regular&start={start}")).await.ok();
        let period = list["items"][0]["id"].as_str().unwrap().to_owned();
        let view = self.kit.client.get(&format!("/close-checklist?fiscalPeriodId={period}")).await.ok();
        let items = view["items"].as_array().unwrap();
        items.iter().find(|item| item["code"] == "deferrals").unwrap()["count"].clone()
    }
}

#[tokio::test]
async fn what_is_not_posted_may_change() {
    let books = books().await;
    let client = &books.kit.client;
    books.paid("12000.00").await;
    let created = client.post("/deferrals", insurance("INS")).await.expect(201).json();
    let patch = async |body: Value| client.with_etag("PATCH", &path(&created), "*", body).await;
    let changed = patch(json!({ "amount": "6000.00", "start": "2026-02-01", "periods": 6 })).await.ok();
    let lines = amounts(&changed);
    assert_eq!((lines.len(), lines[0]), (6, ("2026-02-28", "1000.00")), "the schedule is made anew");
    assert_eq!((&changed["end"], &changed["version"]), (&json!("2026-07-31"), &json!(2)));
    let both = patch(json!({ "end": "2026-08-31", "periods": 6 })).await.expect(422);
    assert_eq!(both.errors(), [("/end".to_owned(), "deferral_length_one".to_owned())]);
    let journal = patch(json!({ "journalCode": "NONE", "amount": "-1" })).await.expect(422).errors();
    let expected = [("/amount", "deferral_amount_not_positive"), ("/journalCode", "journal_unknown")];
    let mut found: Vec<_> = journal.iter().map(|(at, code)| (at.as_str(), code.as_str())).collect();
    found.sort_unstable();
    assert_eq!(found, expected);
    assert_eq!(books.background("2026-03-01").await, (1, 0));
    let refused = patch(json!({ "amount": "5000.00", "method": "daily" })).await.expect(409);
    let expected = [("/amount", "deferral_posted"), ("/method", "deferral_posted")];
    assert_eq!(refused.errors(), expected.map(|(at, code)| (at.to_owned(), code.to_owned())));
    let renamed = patch(json!({ "name": { "en": "Fire insurance" }, "reference": "P-7" })).await.ok();
    assert_eq!((&renamed["name"]["en"], &renamed["reference"]), (&json!("Fire insurance"), &json!("P-7")));
    assert_eq!(statuses(&renamed)[..2], ["posted", "planned"]);
    assert_eq!(books.background("2026-04-01").await, (1, 0));
    let now = client.get(&path(&created)).await.ok();
    let description = async |line: usize| {
        let id = now["lines"][line]["entryId"].as_str().unwrap();
        client.get(&format!("/journal-entries/{id}")).await.ok()["description"].clone()
    };
    assert_eq!(description(0).await, "تأمين / Insurance (1/6)", "what is posted stays");
    assert_eq!(description(1).await, "Fire insurance (2/6)");
    books.act(&created, "cancel", json!({ "rest": "drop", "reason": "sold" })).await.expect(200);
    assert_eq!(patch(json!({ "reference": "P-8" })).await.expect(409).code(), "deferral_closed");
}

#[tokio::test]
async fn a_wrong_dimension_is_told_once() {
    let books = books().await;
    let mut body = insurance("INS");
    body["dimensions"] = json!({ "branch": "NOWHERE" });
    let refused = books.kit.client.post("/deferrals", body.clone()).await.expect(422);
    assert_eq!(refused.errors(), [("/dimensions/branch".to_owned(), "dimension_value_unknown".to_owned())]);
    body["sourceDimensions"] = json!({ "branch": "NOWHERE" });
    let refused = books.kit.client.post("/deferrals", body).await.expect(422);
    assert_eq!(refused.errors().len(), 2, "each of two is told");
}

#[tokio::test]
async fn an_insurance_is_spread_over_its_months_and_leaves_nothing_on_the_prepaid_account() {
    let books = books().await;
    let client = &books.kit.client;
    books.paid("12000.00").await;
    let preview = client.post("/deferrals?dryRun=true", insurance("INS")).await.ok();
    assert_eq!(client.get("/deferrals").await.ok()["items"], json!([]));
    let created = client.post("/deferrals", insurance("INS")).await.expect(201).json();
    assert_eq!(preview["lines"], created["lines"]);
    let lines = amounts(&created);
    assert_eq!((lines.len(), lines[0], lines[1]), (13, ("2026-01-31", "548.39"), ("2026-02-28", "1000.00")));
    assert_eq!(lines[12], ("2027-01-14", "451.61"));
    assert_eq!((&created["end"], &created["nextDate"]), (&json!("2027-01-14"), &json!("2026-01-31")));
    assert_eq!(client.get(&path(&created)).await.ok(), created);
    assert_eq!(books.checklist("2026-02-01").await, 1);

    assert_eq!(books.background("2026-01-30").await, (0, 0));
    assert_eq!(books.background("2026-03-01").await, (2, 0));
    assert_eq!(books.background("2026-03-01").await, (0, 0), "a line is posted once");
    assert_eq!(books.checklist("2026-02-01").await, 0);
    assert_eq!(balance(client, "6210", "2026-01-31").await, "548.39");
    assert_eq!(balance(client, "1142", "2026-02-28").await, "10451.61");
    let now = client.get(&path(&created)).await.ok();
    assert_eq!((&now["postedAmount"], &now["openAmount"]), (&json!("1548.39"), &json!("10451.61")));
    let entry = now["lines"][0]["entryId"].as_str().unwrap();
    let entry = client.get(&format!("/journal-entries/{entry}")).await.ok();
    assert_eq!(entry["description"], "تأمين / Insurance (1/13)");
    assert_eq!(entry["source"], json!({ "type": "deferral", "id": created["id"] }));
    let reverse = format!("/journal-entries/{}/reverse", entry["id"].as_str().unwrap());
    let refused = client.with_etag("POST", &reverse, "*", json!({ "reason": "x" })).await.expect(409);
    assert_eq!(refused.code(), "entry_belongs_to_document");

    assert_eq!(books.background("2027-01-14").await, (11, 0));
    let done = client.get(&path(&created)).await.ok();
    assert_eq!((&done["status"], &done["nextDate"]), (&json!("completed"), &Value::Null));
    assert_eq!(balance(client, "1142", "2027-01-14").await, "0.00");
    assert_eq!(books.act(&created, "run", json!({})).await.expect(409).code(), "deferral_closed");
    assert_eq!(client.get("/integrity/checks").await.ok()["ok"], true);
}

#[tokio::test]
async fn lines_of_a_closed_period_fail_are_listed_and_tried_again_or_posted_elsewhere() {
    let books = books().await;
    let client = &books.kit.client;
    let created = client.post("/deferrals", insurance("INS")).await.expect(201).json();
    books.period("2026-01-01", "close").await;
    assert_eq!(books.background("2026-02-28").await, (1, 1), "the later line does not wait");
    let failed = client.get("/deferrals?failedCount[gte]=1").await.ok()["items"][0].clone();
    assert_eq!(failed["failedCount"], 1);
    let shown = client.get(&path(&created)).await.ok();
    assert_eq!(statuses(&shown)[..2], ["failed", "posted"]);
    assert_eq!(shown["lines"][0]["errors"][0]["code"], "fiscal_period_closed");
    assert_eq!(books.background("2026-02-28").await, (0, 0), "not twice on a day");
    assert_eq!(books.background("2026-03-01").await, (0, 1));
    books.period("2026-01-01", "open").await;
    assert_eq!(books.background("2026-03-02").await, (1, 0), "tried again on the next day");
    assert_eq!(balance(client, "6210", "2026-01-31").await, "548.39");

    books.period("2026-03-01", "close").await;
    let body = json!({ "through": "2026-03-31", "postingDate": "2026-04-02" });
    let ran = books.act(&created, "run", body).await.ok();
    assert_eq!((&ran["lines"][2]["status"], &ran["failedCount"]), (&json!("posted"), &json!(0)));
    assert_eq!(balance(client, "6210", "2026-04-01").await, "1548.39");
    assert_eq!(balance(client, "6210", "2026-04-02").await, "2548.39");
}

#[tokio::test]
async fn a_cancelled_deferral_is_posted_dropped_or_taken_back() {
    let books = books().await;
    let client = &books.kit.client;
    let mut made = Vec::new();
    for code in ["POST", "DROP", "BACK"] {
        made.push(client.post("/deferrals", insurance(code)).await.expect(201).json());
    }
    assert_eq!(books.background("2026-02-28").await, (6, 0));
    client
        .post(&format!("{}/cancel", path(&made[0])), json!({ "rest": "post", "reason": "x" }))
        .await
        .expect(428);
    let cancel = |rest: &str, date: Value| json!({ "rest": rest, "date": date, "reason": "Policy ended" });
    let posted = books.act(&made[0], "cancel", cancel("post", json!("2026-03-10"))).await.ok();
    assert_eq!((&posted["status"], &posted["openAmount"]), (&json!("cancelled"), &json!("0.00")));
    // All of the first, and two lines of each of the others.
    assert_eq!(balance(client, "6210", "2026-03-10").await, "15096.78");
    let dropped = books.act(&made[1], "cancel", cancel("drop", Value::Null)).await.ok();
    assert_eq!(statuses(&dropped)[1..3], ["posted", "dropped"]);
    let back = books.act(&made[2], "cancel", cancel("take_back", Value::Null)).await.ok();
    assert_eq!(statuses(&back)[1..3], ["taken_back", "dropped"]);
    // All of the first, two lines of the second, nothing of the third.
    assert_eq!(balance(client, "6210", "2026-12-31").await, "13548.39");
    assert_eq!(balance(client, "6210", "2026-02-28").await, "3096.78", "taken back on the same days");
    assert_eq!(books.background("2026-12-31").await, (0, 0));
    let again = books.act(&made[1], "cancel", cancel("drop", Value::Null)).await.expect(409);
    assert_eq!(again.code(), "deferral_closed");
    assert_eq!(client.get("/integrity/checks").await.ok()["ok"], true);
}

#[tokio::test]
async fn no_line_is_posted_before_its_day_and_reversals_take_the_day_that_is_given() {
    let books = books().await;
    let client = &books.kit.client;
    let made = client.post("/deferrals", insurance("INS")).await.expect(201).json();
    let body = json!({ "through": "2026-02-28", "postingDate": "2026-02-10" });
    books.act(&made, "run", body).await.ok();
    assert_eq!(balance(client, "6210", "2026-02-09").await, "0.00");
    assert_eq!(balance(client, "6210", "2026-02-27").await, "548.39");
    assert_eq!(balance(client, "6210", "2026-02-28").await, "1548.39");
    for action in ["run", "cancel"] {
        let body = match action {
            "run" => json!({}),
            _ => json!({ "rest": "drop", "reason": "x" }),
        };
        let path = format!("{}/{action}", path(&made));
        assert_eq!(
            client.with_etag("POST", &path, "\"1\"", body).await.expect(412).code(),
            "stale_version",
            "{action}"
        );
    }
    let back = json!({ "rest": "take_back", "date": "2026-03-05", "reason": "Void from the beginning" });
    books.act(&made, "cancel", back).await.ok();
    assert_eq!(balance(client, "6210", "2026-03-04").await, "1548.39");
    assert_eq!(balance(client, "6210", "2026-03-05").await, "0.00");

    let short = json!({
        "code": "SHORT", "name": { "en": "Short" }, "sourceAccountCode": "1142", "targetAccountCode": "6210",
        "amount": "10.00", "start": "2026-01-01", "periods": 1,
    });
    let short = client.post("/deferrals", short).await.expect(201).json();
    assert_eq!(
        books.act(&short, "run", json!({ "through": "2026-01-31" })).await.ok()["status"],
        "completed"
    );
    for rest in ["post", "drop"] {
        let refused = books.act(&short, "cancel", json!({ "rest": rest, "reason": "x" })).await.expect(409);
        assert_eq!(refused.code(), "deferral_closed", "{rest}");
    }
    books.act(&short, "cancel", json!({ "rest": "take_back", "reason": "x" })).await.ok();
    assert_eq!(balance(client, "6210", "2026-12-31").await, "0.00");
}

#[tokio::test]
async fn the_background_posts_for_whoever_made_the_deferral_while_that_person_may() {
    let books = books().await;
    let admin = &books.kit.client;
    let role = json!({
        "code": "sara", "name": { "en": "Sara" },
        "permissions": ["accounting.deferral.*", "accounting.journal_entry.*"],
    });
    let role = admin.post("/roles", role).await.expect(201).json()["id"].clone();
    let user = books.world.user(admin, "sara@alpha.example", &[role.as_str().unwrap()]).await;
    let sara = books.world.sign_in("sara@alpha.example", PASSWORD, None).await;
    let made = sara.post("/deferrals", insurance("INS")).await.expect(201).json();
    assert_eq!(books.background("2026-01-31").await, (1, 0));
    admin.with_etag("POST", &format!("/users/{user}/deactivate"), "*", Value::Null).await.expect(200);
    assert_eq!(books.background("2026-02-28").await, (0, 1));
    let shown = admin.get(&path(&made)).await.ok();
    assert_eq!(statuses(&shown)[..3], ["posted", "failed", "planned"]);
    assert_eq!(shown["lines"][1]["errors"][0]["code"], "orderer_inactive");
}

#[tokio::test]
async fn income_is_deferred_in_another_currency_at_one_rate_and_with_its_own_dimensions() {
    let books = books().await;
    let client = &books.kit.client;
    let cost =
        client.post("/dimensions", json!({ "code": "site", "name": { "en": "Branch" } })).await.expect(201);
    let values = format!("/dimensions/{}/values", cost.json()["id"].as_str().unwrap());
    client.post(&values, json!({ "code": "RUH", "name": { "en": "Riyadh" } })).await.expect(201);
    let deferred = json!({ "code": "2195", "name": { "en": "Deferred income" }, "type": "liability" });
    client.post("/accounts", deferred).await.expect(201);
    let body = json!({
        "code": "SUB", "name": { "en": "Subscription" }, "sourceAccountCode": "2195", "targetAccountCode": "4110",
        "amount": "100.00", "currency": "USD", "rate": "3.7511", "start": "2026-01-01", "periods": 3, "method": "equal",
        "dimensions": { "site": "RUH" }, "sourceDimensions": {},
    });
    let made = client.post("/deferrals", body).await.expect(201).json();
    let company: Vec<_> = made["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["companyAmount"].as_str().unwrap())
        .collect();
    assert_eq!(company, ["125.02", "125.03", "125.06"], "375.11 in all");
    assert_eq!(books.background("2026-03-31").await, (3, 0));
    assert_eq!(balance(client, "4110", "2026-03-31").await, "-375.11");
    let shown = client.get(&path(&made)).await.ok();
    let entry = shown["lines"][0]["entryId"].as_str().unwrap();
    let entry = client.get(&format!("/journal-entries/{entry}")).await.ok();
    let dimensions: Vec<_> =
        entry["lines"].as_array().unwrap().iter().map(|line| &line["dimensions"]).collect();
    assert_eq!(dimensions, [&json!({}), &json!({ "site": "RUH" })]);
}

#[tokio::test]
async fn everything_that_is_wrong_is_named_at_once() {
    let books = books().await;
    let client = &books.kit.client;
    client.post("/deferrals", insurance("INS")).await.expect(201);
    let body = json!({
        "code": "ins", "name": { "en": "x" }, "sourceAccountCode": "1121", "targetAccountCode": "1142",
        "amount": "0.001", "start": "2026-03-15", "end": "2026-03-14", "journalCode": "NONE",
        "dimensions": { "none": "x" },
    });
    let mut refused = client.post("/deferrals", body).await.expect(409).errors();
    refused.sort();
    refused.dedup();
    let expected = [
        ("/amount", "amount_scale_exceeded"),
        ("/code", "already_exists"),
        ("/dimensions/none", "dimension_value_unknown"),
        ("/end", "deferral_end_before_start"),
        ("/journalCode", "journal_unknown"),
    ];
    let expected: Vec<_> = expected.map(|(at, code)| (at.to_owned(), code.to_owned())).into();
    assert_eq!(refused.into_iter().filter(|error| expected.contains(error)).collect::<Vec<_>>(), expected);
    let wrong = json!({ "code": "W", "name": { "en": "x" }, "sourceAccountCode": "1121", "targetAccountCode": "1142",
        "amount": "10.00", "start": "2026-03-15", "end": "2026-05-14", "periods": 3 });
    let refused = client.post("/deferrals", wrong).await.expect(422).errors();
    let codes: Vec<_> = refused.iter().map(|(_, code)| code.as_str()).collect();
    for code in ["deferral_length_one", "deferral_source_account", "deferral_target_account"] {
        assert!(codes.contains(&code), "{code} in {refused:?}");
    }
}

#[tokio::test]
async fn one_of_two_runs_at_once_posts_a_line() {
    let books = books().await;
    let client = &books.kit.client;
    let made = client.post("/deferrals", insurance("INS")).await.expect(201).json();
    let run = format!("{}/run", path(&made));
    let calls = (0..4).map(|_| client.with_etag("POST", &run, "*", json!({ "through": "2026-02-28" })));
    for answer in futures::future::join_all(calls).await {
        assert!([200, 409, 412].contains(&answer.status.as_u16()), "{}", answer.text());
    }
    assert_eq!(balance(client, "6210", "2026-12-31").await, "1548.39");
}
