//! Recurring entries as a client meets them: nothing due is lost, failures are seen, and the background acts in the name of
//! whoever ordered it.

use application::accounting::recurring::{RecurringRun, run_due_occurrences};
use chrono::NaiveDate;
use domain::accounting::recurring_entry::EntryTemplate;
use serde_json::{Value, json};
use testkit::world::PASSWORD;
use testkit::{Client, TenantKit, World};

struct Books {
    world: World,
    kit: TenantKit,
}

/// Books of 2026 with two expense accounts, a bank and a receivable account, in the middle of that year.
async fn books() -> Books {
    let world = World::new().await;
    let kit = world.tenant("alpha", "SAR", "empty").await;
    kit.client.post("/fiscal-years/generate", json!({ "start": "2026-01-01" })).await;
    kit.accounts(&[("61", "expense"), ("62", "expense"), ("1", "asset")]).await;
    let control =
        json!({ "code": "12", "name": { "en": "Customers" }, "type": "asset", "control": "receivable" });
    kit.client.post("/accounts", control).await.expect(201);
    Books { world, kit }
}

fn lines(debit: &str, credit: &str) -> Value {
    json!([{ "accountCode": debit, "debit": "5.00" }, { "accountCode": credit, "credit": "5.00" }])
}

/// Rent on the fifth of each month from January 2026 on.
fn rent(code: &str, auto_post: bool) -> Value {
    json!({
        "code": code, "name": { "en": code }, "startDate": "2026-01-01", "autoPost": auto_post,
        "schedule": { "frequency": "monthly", "dayOfMonth": 5 }, "lines": lines("61", "1"),
    })
}

fn monthly(day: u8) -> Value {
    json!({ "schedule": { "frequency": "monthly", "dayOfMonth": day } })
}

fn texts(list: &Value) -> Vec<String> {
    let text = |item: &Value| item.as_str().or_else(|| item["date"].as_str()).unwrap_or_default().to_owned();
    list.as_array().unwrap_or_else(|| panic!("{list}")).iter().map(text).collect()
}

impl Books {
    async fn create(&self, body: Value) -> String {
        let made = self.kit.client.post("/recurring-entries", body).await.expect(201).json();
        format!("/recurring-entries/{}", made["id"].as_str().unwrap())
    }

    async fn patch(&self, path: &str, body: Value) -> testkit::Answer {
        self.kit.client.with_etag("PATCH", path, "*", body).await
    }

    async fn run(&self, path: &str, through: &str) -> Value {
        let body = json!({ "date": through });
        self.kit.client.with_etag("POST", &format!("{path}/run"), "*", body).await.ok()
    }

    /// The background's work on that day.
    async fn background(&self, today: &str) -> RecurringRun {
        let tenant = self.kit.client.get("/tenants/current").await.ok();
        let tenant: uuid::Uuid = tenant["id"].as_str().unwrap().parse().unwrap();
        let today: NaiveDate = today.parse().unwrap();
        run_due_occurrences::<EntryTemplate>(&self.world.parts.application, tenant.into(), today)
            .await
            .unwrap()
    }

    async fn period(&self, start: &str, action: &str) {
        let list = self.kit.client.get(&format!("/fiscal-periods?kind=regular&start={start}")).await.ok();
        let path = format!("/fiscal-periods/{}/{action}", list["items"][0]["id"].as_str().unwrap());
        let body = if action == "open" { json!({ "reason": "late rent" }) } else { Value::Null };
        self.kit.client.with_etag("POST", &path, "*", body).await.expect(200);
    }

    async fn entries(&self, path: &str) -> Vec<Value> {
        let id = path.trim_start_matches("/recurring-entries/");
        let list = format!("/journal-entries?recurringEntryId={id}&sort=postingDate");
        self.kit.client.get(&list).await.ok()["items"].as_array().unwrap().clone()
    }

    /// Somebody with these permissions, and the path of the assignment that gives them.
    async fn person(&self, name: &str, permissions: &[&str]) -> (Client, String, String) {
        let admin = &self.kit.client;
        let role = json!({ "code": name, "name": { "en": name }, "permissions": permissions });
        let role = admin.post("/roles", role).await.expect(201).json();
        let email = format!("{name}@alpha.example");
        let user = self.world.user(admin, &email, &[role["id"].as_str().unwrap()]).await;
        let given = admin.get(&format!("/role-assignments?userId={user}")).await.ok();
        let given = format!("/role-assignments/{}", given["items"][0]["id"].as_str().unwrap());
        (self.world.sign_in(&email, PASSWORD, Some("alpha")).await, user, given)
    }
}

#[tokio::test]
async fn no_change_of_schedule_and_no_pause_loses_a_month() {
    let mut books = books().await;
    let path = books.create(rent("RENT", true)).await;
    assert_eq!(texts(&books.run(&path, "2026-04-30").await["failed"]), [""; 0]);
    books.world.clock.set("2026-11-28T09:00:00Z");
    books.kit.client = books.world.sign_in(&books.kit.email, PASSWORD, Some("alpha")).await;
    for (change, next) in [
        (monthly(3), "2026-05-03"),
        (monthly(31), "2026-04-30"),
        (monthly(5), "2026-05-05"),
        (json!({ "active": false }), "2026-05-05"),
        (json!({ "active": true }), "2026-05-05"),
        (json!({ "startDate": "2025-06-01" }), "2026-05-05"),
        (json!({ "endDate": "2027-12-31" }), "2026-05-05"),
    ] {
        let changed = books.patch(&path, change.clone()).await.ok();
        assert_eq!((&changed["nextDate"], changed.get("dropped")), (&json!(next), None), "{change}");
    }
    let later = books.patch(&path, json!({ "startDate": "2026-08-01" })).await.expect(409);
    assert_eq!(later.errors(), [("/startDate".to_owned(), "recurring_entry_drops_overdue".to_owned())]);
    assert!(later.text().contains("would never be made (3): 2026-05-05, 2026-06-05, 2026-07-05"));
    let asked = books.patch(&path, json!({ "startDate": "2026-08-01", "dropOverdue": true })).await.ok();
    assert_eq!(asked["dropped"].as_array().unwrap().len(), 7, "{asked}");
    assert_eq!((&asked["nextDate"], &asked["settledThrough"]), (&json!("2026-12-05"), &json!("2026-11-28")));
    let skipped = books.kit.client.get(&format!("{path}/occurrences?status=skipped")).await.ok();
    assert_eq!(texts(&skipped["items"]), texts(&asked["dropped"]));
    assert_eq!(books.run(&path, "2026-12-31").await["entries"][0]["postingDate"], "2026-12-05");
    assert_eq!(books.entries(&path).await.len(), 5);
}

#[tokio::test]
async fn a_closed_period_fails_one_occurrence_and_holds_up_none() {
    let books = books().await;
    let client = &books.kit.client;
    let path = books.create(rent("RENT", true)).await;
    for month in ["2026-02-01", "2026-03-01"] {
        books.period(month, "close").await;
    }
    let run = books.run(&path, "2026-05-31").await;
    let made: Vec<_> =
        run["entries"].as_array().unwrap().iter().map(|entry| entry["postingDate"].clone()).collect();
    assert_eq!(made, ["2026-01-05", "2026-04-05", "2026-05-05"]);
    assert_eq!(texts(&run["failed"]), ["2026-02-05", "2026-03-05"]);
    assert_eq!(run["failed"][0]["errors"][0]["code"], "fiscal_period_closed");
    let shown = client.get(&path).await.ok();
    assert_eq!((&shown["failedCount"], &shown["lastError"]["date"]), (&json!(2), &json!("2026-02-05")));
    assert_eq!(shown["nextDate"], "2026-06-05");
    assert_eq!(client.get("/recurring-entries?failedCount[gte]=1").await.ok()["items"][0]["code"], "RENT");
    let listed = client.get(&format!("{path}/occurrences")).await.ok();
    assert_eq!(listed["items"][1]["errors"][0]["pointer"], "/postingDate");

    // One is skipped, with a reason that stays; the other one is made when its month is open again.
    let skip = format!("{path}/skip");
    let body = |date: &str, reason: &str| json!({ "date": date, "reason": reason });
    client.with_etag("POST", &skip, "\"1\"", body("2026-02-05", "x")).await.expect(412);
    client.with_etag("POST", &skip, "*", body("2026-02-05", " ")).await.expect(422);
    let other = client.with_etag("POST", &skip, "*", body("2026-07-05", "x")).await.expect(409);
    assert_eq!(other.errors(), [("/date".to_owned(), "recurring_occurrence_not_open".to_owned())]);
    let skipped = client.with_etag("POST", &skip, "*", json!({ "reason": "Free of rent" })).await.ok();
    assert_eq!(
        (&skipped["date"], &skipped["recurringEntry"]["failedCount"]),
        (&json!("2026-02-05"), &json!(1))
    );
    assert_eq!(skipped["recurringEntry"]["lastError"]["date"], "2026-03-05");
    client.with_etag("POST", &skip, "*", body("2026-02-05", "x")).await.expect(409);
    let next = client.with_etag("POST", &skip, "*", body("2026-06-05", "Free of rent")).await.ok();
    assert_eq!(next["recurringEntry"]["nextDate"], "2026-07-05");
    let audit = client.get("/audit-log?entity=recurring_entry&action=skipped").await.ok();
    let audit = client.get(&format!("/audit-log/{}", audit["items"][0]["id"].as_str().unwrap())).await.ok();
    assert!(audit.to_string().contains("Free of rent"), "{audit}");
    let events = client.get("/events?limit=1000").await.ok();
    assert!(events.to_string().contains("recurring_entry.skipped"), "{events}");

    books.period("2026-03-01", "open").await;
    let run = books.run(&path, "2026-06-30").await;
    assert_eq!(
        (run["entries"][0]["postingDate"].clone(), texts(&run["failed"]).len()),
        (json!("2026-03-05"), 0)
    );
    let shown = client.get(&path).await.ok();
    assert_eq!((&shown["failedCount"], &shown["lastError"]), (&json!(0), &Value::Null));
    let dates: Vec<_> = books.entries(&path).await.iter().map(|entry| entry["postingDate"].clone()).collect();
    assert_eq!(dates, ["2026-01-05", "2026-03-05", "2026-04-05", "2026-05-05"]);
    let listed = client.get(&format!("{path}/occurrences?sort=-date")).await.ok();
    assert_eq!(texts(&listed["items"]), ["2026-06-05", "2026-02-05"]);
}

#[tokio::test]
async fn whoever_orders_postings_may_post() {
    let books = books().await;
    let mine = books.create(rent("MINE", true)).await;
    let scopes =
        ["accounting.recurring_entry.*", "accounting.account.read", "accounting.journal_entry.create"];
    let key =
        books.kit.client.post("/api-keys", json!({ "name": "k", "scopes": scopes })).await.expect(201).json();
    let machine = books.world.bearer(key["key"].as_str().unwrap());
    let denied = |answer: testkit::Answer| assert_eq!(answer.expect(403).code(), "post_permission_needed");
    denied(machine.post("/recurring-entries", rent("A", true)).await);
    let draft = machine.post("/recurring-entries", rent("B", false)).await.expect(201).json();
    let draft = format!("/recurring-entries/{}", draft["id"].as_str().unwrap());
    let patch = async |path: &str, body: Value| machine.with_etag("PATCH", path, "*", body).await;
    denied(patch(&draft, json!({ "autoPost": true })).await);
    for body in [
        json!({ "lines": lines("62", "1") }),
        json!({ "description": "Other" }),
        json!({ "startDate": "2026-02-01" }),
        monthly(9),
        json!({ "journalCode": "GENERAL", "currency": "SAR", "endDate": "2027-01-01" }),
    ] {
        denied(patch(&mine, body).await);
    }
    patch(&mine, json!({ "name": { "en": "Rent of the office" }, "active": false })).await.expect(200);
    denied(patch(&mine, json!({ "active": true })).await);
    let (id, orderer) = (key["id"].clone(), books.kit.client.get(&draft).await.ok());
    assert_eq!((&orderer["orderedByKey"], orderer["orderedBy"].is_string()), (&id, true));
    patch(&mine, json!({ "autoPost": false })).await.expect(200);
    patch(&draft, json!({ "lines": lines("62", "1") })).await.expect(200);

    // An entry ordered by a key ends with the key.
    assert_eq!(books.background("2026-01-31").await, RecurringRun { drafted: 1, ..RecurringRun::default() });
    let revoke = format!("/api-keys/{}", id.as_str().unwrap());
    books.kit.client.with_etag("DELETE", &revoke, "*", Value::Null).await.expect(204);
    assert_eq!(books.background("2026-02-28").await.failed, 1);
    let shown = books.kit.client.get(&draft).await.ok();
    assert_eq!(shown["lastError"]["errors"][0]["code"], "orderer_key_inactive");
}

#[tokio::test]
async fn the_background_acts_for_whoever_ordered_it_while_that_person_may() {
    let books = books().await;
    let admin = &books.kit.client;
    let rights = ["accounting.recurring_entry.*", "accounting.journal_entry.*"];
    let (sara, sara_id, given) = books.person("sara", &rights).await;
    let made = sara.post("/recurring-entries", rent("RENT", true)).await.expect(201).json();
    assert_eq!(made["orderedBy"], json!(sara_id));
    let path = format!("/recurring-entries/{}", made["id"].as_str().unwrap());
    let drafts = sara.post("/recurring-entries", rent("DRAFTS", false)).await.expect(201).json();
    let drafts = format!("/recurring-entries/{}", drafts["id"].as_str().unwrap());

    let run = books.background("2026-01-31").await;
    assert_eq!((run.posted, run.drafted, run.failed), (1, 1, 0));
    assert_eq!(books.entries(&path).await[0]["createdBy"], json!(sara_id));
    assert_eq!(books.entries(&drafts).await[0]["createdBy"], json!(sara_id));

    admin.with_etag("DELETE", &given, "*", Value::Null).await.expect(204);
    let run = books.background("2026-02-28").await;
    assert_eq!((run.posted, run.drafted, run.failed), (0, 0, 2));
    let shown = admin.get(&path).await.ok();
    assert_eq!(shown["lastError"]["errors"][0]["code"], "orderer_not_permitted", "{shown}");
    assert!(
        shown["lastError"]["errors"][0]["en"].as_str().unwrap().contains("accounting.journal_entry.post")
    );
    let deactivate = format!("/users/{sara_id}/deactivate");
    admin.with_etag("POST", &deactivate, "*", Value::Null).await.expect(200);
    let run = books.background("2026-03-31").await;
    assert_eq!((run.posted, run.failed), (0, 4), "February again, March");
    let shown = admin.get(&path).await.ok();
    assert_eq!((&shown["failedCount"], &shown["nextDate"]), (&json!(2), &json!("2026-04-05")));
    assert_eq!(shown["lastError"]["errors"][0]["code"], "orderer_inactive", "{shown}");

    // The user who saves it anew orders it.
    let renamed = books.patch(&path, json!({ "name": { "en": "Office" } })).await.ok();
    assert_eq!(renamed["orderedBy"], json!(sara_id));
    let ordered = books.patch(&path, json!({ "lines": lines("62", "1") })).await.ok();
    assert_ne!(ordered["orderedBy"], json!(sara_id));
    assert_eq!(books.background("2026-03-31").await.posted, 2, "at once, not tomorrow");
    let entries = books.entries(&path).await;
    assert_eq!((entries.len(), &entries[2]["createdBy"]), (3, &ordered["orderedBy"]));
}

#[tokio::test]
async fn a_template_that_could_never_post_is_refused_as_posting_would() {
    let books = books().await;
    let client = &books.kit.client;
    client
        .post("/accounts", json!({ "code": "9", "name": { "en": "H" }, "type": "asset", "isPosting": false }))
        .await;
    let usd = json!({ "code": "13", "name": { "en": "Dollars" }, "type": "asset", "currency": "USD" });
    client.post("/currencies", json!({ "code": "USD", "name": { "en": "US dollar" } })).await.expect(201);
    client.post("/accounts", usd).await.expect(201);
    client.post("/dimensions", json!({ "code": "branch", "name": { "en": "Branch" } })).await.expect(201);
    let rule = json!({ "kind": "mandatory", "accountCode": "62", "dimensionCode": "branch" });
    client.post("/dimension-rules", rule).await.expect(201);
    let path = books.create(rent("GOOD", true)).await;
    for (debit, at, code) in [
        ("12", "/lines/0/accountId", "control_reason_required"),
        ("12", "/lines/0/party", "party_required"),
        ("13", "/lines/0/currency", "account_currency_differs"),
        ("62", "/lines/0/dimensions", "dimension_required"),
    ] {
        for auto_post in [true, false] {
            let body = json!({ "code": "BAD", "lines": lines(debit, "1"), "autoPost": auto_post });
            let mut new = rent("BAD", auto_post);
            new["lines"] = lines(debit, "1");
            let expected = (at.to_owned(), code.to_owned());
            let refused = client.post("/recurring-entries", new).await.expect(422).errors();
            assert!(refused.contains(&expected), "{debit}: {refused:?}");
            let refused = books.patch(&path, body).await.expect(422).errors();
            assert!(refused.contains(&expected), "{debit}: {refused:?}");
        }
    }
    // Facts that depend on the date are not known yet: 2020 has no periods, a rate may come.
    let mut early = rent("EARLY", false);
    early["startDate"] = json!("2020-01-01");
    early["lines"] = json!([
        { "accountCode": "13", "debit": "5.00", "currency": "USD" }, { "accountCode": "1", "credit": "18.75" },
    ]);
    books.create(early).await;
    let mut good = rent("CONTROL", true);
    good["controlReason"] = json!("Collected by hand");
    good["lines"] = json!([
        { "accountCode": "12", "debit": "5.00", "party": "C1" }, { "accountCode": "1", "credit": "5.00" },
    ]);
    books.create(good).await;
    let account = client.get("/accounts?code=61").await.ok()["items"][0]["id"].as_str().unwrap().to_owned();
    books.patch_account(&account).await;
    let refused = client.post("/recurring-entries", rent("CLOSED", true)).await.expect(422);
    assert_eq!(refused.errors()[0].1, "account_inactive");
    books.patch(&path, json!({ "active": false })).await.expect(200);
}

impl Books {
    async fn patch_account(&self, id: &str) {
        self.patch(&format!("/accounts/{id}"), json!({ "active": false })).await.expect(200);
    }
}
