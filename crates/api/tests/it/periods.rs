//! Fiscal years, periods and locks as a client sees them.

use serde_json::{Value, json};
use testkit::{TenantKit, World};

async fn tenant() -> (World, TenantKit) {
    let world = World::new().await;
    let tenant = world.tenant("alpha", "SAR", "empty").await;
    (world, tenant)
}

#[tokio::test]
async fn years_are_generated_closed_in_order_and_reopened() {
    let (_world, tenant) = tenant().await;
    let client = &tenant.client;
    // The tenant's template may have made a year already.
    let existing = client.get("/fiscal-years?count=exact").await.ok();
    let start = match existing["items"].as_array().unwrap().last() {
        Some(year) => next_day(year["end"].as_str().unwrap()),
        None => "2030-01-01".to_owned(),
    };
    let body = json!({ "start": start, "years": 2, "pattern": "quarterly" });
    client.post("/fiscal-years/generate", body.clone()).await.expect(200);
    let again = client.post("/fiscal-years/generate", body).await.expect(409);
    assert!(
        again
            .errors()
            .iter()
            .any(|(at, code)| (at.as_str(), code.as_str()) == ("/start", "fiscal_year_overlaps")),
        "{}",
        again.text()
    );

    let years = client.get("/fiscal-years?sort=start").await.ok();
    let first = years["items"][0].clone();
    let path = format!("/fiscal-years/{}", first["id"].as_str().unwrap());
    let read = client.get(&path).await.expect(200);
    assert_eq!(read.json(), first);
    client.post(&format!("{path}/close"), Value::Null).await.expect(428);
    client.with_etag("POST", &format!("{path}/close"), "\"99\"", Value::Null).await.expect(412);
    let later = years["items"][1].clone();
    let later = format!("/fiscal-years/{}/close", later["id"].as_str().unwrap());
    let refused = client.with_etag("POST", &later, "\"1\"", Value::Null).await.expect(409);
    assert_eq!(refused.code(), "fiscal_year_earlier_open");

    let dry = client.with_etag("POST", &format!("{path}/close?dryRun=true"), &read.etag(), Value::Null).await;
    assert_eq!(dry.expect(200).json()["fiscalYear"]["status"], "closed");
    assert_eq!(client.get(&path).await.ok()["status"], "open", "nothing was kept");
    let closed =
        client.with_etag("POST", &format!("{path}/close"), &read.etag(), Value::Null).await.expect(200);
    assert_eq!(
        (&closed.json()["entry"], &client.get(&path).await.ok()["status"]),
        (&Value::Null, &json!("closed"))
    );
    let reopen = format!("{path}/reopen");
    let blank = client.with_etag("POST", &reopen, &closed.etag(), json!({ "reason": "" })).await.expect(422);
    assert_eq!(blank.errors()[0].0, "/reason");
    let why = json!({ "reason": "late invoice", "openPeriods": true });
    let opened = client.with_etag("POST", &reopen, &closed.etag(), why).await.expect(200).json();
    assert_eq!(opened["fiscalYear"]["status"], "open");
    assert!(!opened["openedPeriods"].as_array().unwrap().is_empty());
}

/// The first of January or of any month after a last day of a month.
fn next_day(last: &str) -> String {
    let date: chrono::NaiveDate = last.parse().unwrap();
    date.succ_opt().unwrap().to_string()
}

#[tokio::test]
async fn periods_close_one_by_one_with_a_checklist_in_both_languages() {
    let (_world, tenant) = tenant().await;
    let client = &tenant.client;
    client.post("/fiscal-years/generate", json!({ "start": "2026-01-01" })).await;
    let list = client.get("/fiscal-periods?kind=regular&start=2026-01-01").await.ok();
    let id = list["items"][0]["id"].as_str().unwrap();
    let checklist = client.get(&format!("/close-checklist?fiscalPeriodId={id}")).await.ok();
    assert_eq!(checklist["ready"], true);
    assert_eq!(
        checklist["items"][0],
        json!({
            "code": "drafts", "status": "ok", "text": "No drafts are left.", "count": 0,
            "link": "/api/v1/journal-entries?status=draft&approvalStatus[isNull]=true&postingDate[gte]=2026-01-01&postingDate[lte]=2026-01-31",
        })
    );
    let arabic = client
        .call("GET", &format!("/close-checklist?fiscalPeriodId={id}"), &["Accept-Language: ar"], "")
        .await
        .ok();
    assert_eq!(arabic["items"][0]["text"], "لا توجد مسودات متبقية.");
    client.get("/close-checklist").await.expect(400);
    client.get(&format!("/close-checklist?fiscalYearId={id}")).await.expect(404);

    let path = format!("/fiscal-periods/{id}");
    let etag = client.get(&path).await.expect(200).etag();
    let closed = client.with_etag("POST", &format!("{path}/close"), &etag, Value::Null).await.expect(200);
    assert_eq!(client.get(&path).await.ok()["status"], "closed", "not the remembered answer");
    let twice =
        client.with_etag("POST", &format!("{path}/close"), &closed.etag(), Value::Null).await.expect(409);
    assert_eq!(twice.code(), "fiscal_period_already_closed");
    let open = format!("{path}/open");
    let silent = client.with_etag("POST", &open, &closed.etag(), json!({})).await.expect(422);
    assert_eq!(silent.errors()[0].0, "/reason");
    let why = json!({ "reason": "late invoice" });
    client.with_etag("POST", &open, &closed.etag(), why).await.expect(200);
    let trail = client.get(&format!("/audit-log?entityId={id}&action=opened")).await.ok();
    let change = client.get(&format!("/audit-log/{}", trail["items"][0]["id"].as_str().unwrap())).await.ok();
    assert_eq!(change["after"]["reason"], "late invoice", "{change}");
}

#[tokio::test]
async fn locks_move_with_their_version_and_the_hard_one_forward_only() {
    let (_world, tenant) = tenant().await;
    let client = &tenant.client;
    let locks = client.get("/locks").await.ok();
    let kinds: Vec<_> =
        locks["items"].as_array().unwrap().iter().map(|l| l["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["fiscal", "sales", "purchase", "tax", "hard"]);
    let body = |date: &str| json!({ "lockedThrough": date });
    let unset = client.get("/locks/hard").await.expect(200).etag();
    let set = client.with_etag("PUT", "/locks/hard", &unset, body("2026-01-31")).await.expect(200);
    assert_eq!(set.json(), json!({ "kind": "hard", "lockedThrough": "2026-01-31", "version": 1 }));
    let back = client.with_etag("PATCH", "/locks/hard", &set.etag(), body("2025-12-31")).await.expect(409);
    assert_eq!(back.code(), "hard_lock_moves_back");
    client.with_etag("PUT", "/locks/hard", &set.etag(), json!({ "lockedThrough": null })).await.expect(409);
    client.with_etag("PUT", "/locks/hard", &set.etag(), json!({})).await.expect(422);
    client.get("/locks/soft").await.expect(404);
}

#[tokio::test]
async fn an_exception_names_its_person_and_stays_in_the_trail() {
    let (_world, tenant) = tenant().await;
    let client = &tenant.client;
    let me = client.get("/users").await.ok()["items"][0]["id"].clone();
    let body = json!({ "kind": "fiscal", "userId": me, "expiresAt": "2026-03-16T09:00:00Z", "reason": "late invoice" });
    let made = client.post("/lock-exceptions", body).await.expect(201);
    let path = made.header("location").trim_start_matches("/api/v1").to_owned();
    let read = client.get(&path).await.expect(200);
    assert_eq!(read.json(), made.json());
    client.with_etag("DELETE", &path, &read.etag(), Value::Null).await.expect(204);
    let listed = client.get("/lock-exceptions?revokedAt[isNull]=false").await.ok();
    assert_eq!(listed["items"][0]["reason"], "late invoice");
    let wrong = json!({ "kind": "hard", "userId": made.json()["id"], "expiresAt": "2026-03-01T00:00:00Z", "reason": "x" });
    let refused = client.post("/lock-exceptions", wrong).await.expect(422);
    let at: Vec<_> = refused.errors().into_iter().map(|(at, _)| at).collect();
    assert_eq!(at, ["/kind", "/expiresAt", "/userId"]);
}

#[tokio::test]
async fn the_schedule_of_a_recurring_entry_is_checked_member_by_member() {
    let (_world, tenant) = tenant().await;
    let body = json!({
        "code": "RENT", "name": { "en": "Rent" }, "startDate": "2026-01-01",
        "schedule": { "frequency": "monthly", "dayOfMonth": 32, "weekday": "sunday" },
        "lines": [{ "accountCode": "1", "debit": 5 }],
    });
    let refused = tenant.client.post("/recurring-entries", body).await.expect(422);
    let at: Vec<_> = refused.errors().into_iter().map(|(at, code)| format!("{at} {code}")).collect();
    let expected = [
        "/schedule/weekday unknown_member",
        "/schedule/dayOfMonth number_out_of_range",
        "/lines too_few_items",
    ];
    assert_eq!(at, expected);
}
