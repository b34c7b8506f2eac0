//! Fiscal years of any shape, made where they are wanted and nowhere else.

use serde_json::{Value, json};
use testkit::{Answer, TenantKit, World};

const LINES: &[(&str, &str, &str)] = &[("1", "5.00", ""), ("2", "", "5.00")];

async fn books(world: &World) -> TenantKit {
    let kit = world.tenant("alpha", "SAR", "empty").await;
    kit.accounts(&[("1", "asset"), ("2", "income"), ("3", "equity")]).await;
    kit
}

/// `(start, end, code)` of every year.
async fn years(kit: &TenantKit) -> Vec<(String, String, String)> {
    let list = kit.client.get("/fiscal-years?limit=200").await.ok();
    let text = |year: &Value, member: &str| year[member].as_str().unwrap().to_owned();
    let years = list["items"].as_array().unwrap().iter();
    years.map(|year| (text(year, "start"), text(year, "end"), text(year, "code"))).collect()
}

fn year(start: &str, end: &str, code: &str) -> (String, String, String) {
    (start.to_owned(), end.to_owned(), code.to_owned())
}

async fn set(kit: &TenantKit, key: &str, value: Value) {
    let path = format!("/config/{key}");
    kit.client.with_etag("PUT", &path, "*", json!({ "value": value })).await.expect(200);
}

async fn try_post(kit: &TenantKit, date: &str) -> Answer {
    kit.client.post("/journal-entries", testkit::world::entry(date, LINES, true)).await
}

async fn import(kit: &TenantKit, dates: &[&str], options: &str) -> Answer {
    let mut csv = "entry,date,account,debit,credit\n".to_owned();
    for (n, date) in dates.iter().enumerate() {
        csv.push_str(&format!("{n},{date},1,12.50,\n{n},{date},2,,12.50\n"));
    }
    let path = format!("/imports?type=journal-entries&post=true{options}");
    kit.client.call("POST", &path, &["Content-Type: text/csv", "Prefer: wait=60"], csv).await
}

/// Moves the clock, and signs in again because the token has expired by then.
async fn later(world: &World, kit: &mut TenantKit, moment: &str) {
    world.clock.set(moment);
    kit.client = world.sign_in(&kit.email, testkit::world::PASSWORD, None).await;
}

async fn set_up(kit: &TenantKit, start: &str, end: Option<&str>) -> Answer {
    let body = json!({ "template": "empty", "fiscalYearStart": start, "fiscalYearEnd": end });
    kit.client.post("/tenants/current/setup", body).await
}

#[tokio::test]
async fn a_mistyped_year_makes_no_fiscal_years() {
    let world = World::new().await;
    let kit = books(&world).await;
    for date in ["1926-02-01", "2062-02-01", "2199-12-31"] {
        for more in ["", "&dryRun=true"] {
            let refused =
                import(&kit, &["2026-01-10", date], &format!("&createPeriods=true{more}")).await.expect(422);
            let errors = refused.json()["errors"].as_array().unwrap().clone();
            assert_eq!(
                (errors.len(), &errors[0]["code"]),
                (1, &json!("fiscal_year_too_far")),
                "{}",
                refused.text()
            );
            assert!(refused.text().contains(date), "{}", refused.text());
            assert_eq!(errors[0]["row"], json!(4), "{}", refused.text());
        }
    }
    // Used books leave less room than the first file of a ledger.
    try_post(&kit, "2026-01-10").await.expect(201);
    for date in ["2023-12-31", "2029-01-01"] {
        import(&kit, &[date], "&createPeriods=true").await.expect(422);
    }
    assert_eq!(years(&kit).await, [year("2026-01-01", "2026-12-31", "2026")], "nothing is left behind");
    let done = import(&kit, &["2024-06-01"], "&createPeriods=true").await.ok();
    assert_eq!(done["fiscalYears"], 2);
    let opening = "account,debit,credit\n1,5,\n";
    let path = "/imports?type=opening-balances&createPeriods=true&date=1926-01-01";
    let refused = kit
        .client
        .call("POST", path, &["Content-Type: text/csv", "Prefer: wait=60"], opening)
        .await
        .expect(422);
    assert!(refused.text().contains("fiscal_year_too_far"), "{}", refused.text());
    let arabic = ["Content-Type: text/csv", "Accept-Language: ar", "Prefer: wait=60"];
    let refused = kit.client.call("POST", path, &arabic, opening).await.expect(422);
    assert!(refused.text().contains("يبعد التاريخ 1926-01-01"), "{}", refused.text());
}

#[tokio::test]
async fn old_books_may_be_the_first_of_a_ledger() {
    let world = World::new().await;
    let kit = books(&world).await;
    let done = import(&kit, &["2010-12-05", "2011-03-01", "2013-12-31"], "&createPeriods=true").await.ok();
    assert_eq!(done["fiscalYears"], 16);
}

#[tokio::test]
async fn years_are_short_long_and_begin_on_any_day() {
    let world = World::new().await;
    let kit = books(&world).await;
    let born = kit.client.get("/fiscal-years").await.ok()["items"][0]["id"].clone();
    let path = format!("/fiscal-years/{}", born.as_str().unwrap());
    kit.client.with_etag("DELETE", &path, "*", Value::Null).await.expect(204);
    let create = async |body: Value| kit.client.post("/fiscal-years", body).await;
    create(json!({ "start": "2025-03-15", "end": "2025-12-31" })).await.expect(201);
    create(json!({ "start": "2026-01-01", "end": "2026-06-30" })).await.expect(201);
    // The year ends in June from now on, and two years end in one calendar year.
    create(json!({ "start": "2026-07-01", "end": "2026-09-30" })).await.expect(201);
    create(json!({ "start": "2026-10-01", "end": "2028-03-31", "code": "LONG" })).await.expect(201);
    for (body, pointer, code) in [
        (json!({ "start": "2028-04-01", "end": "2028-03-31" }), "/end", "fiscal_year_end_before_start"),
        (json!({ "start": "2028-04-01", "end": "2030-04-01" }), "/end", "fiscal_year_too_long"),
        (json!({ "start": "2028-04-02" }), "/start", "fiscal_year_gap"),
        (json!({ "start": "2028-03-31" }), "/start", "fiscal_year_overlaps"),
        (json!({ "start": "2028-04-01", "code": "2026-2" }), "/code", "fiscal_year_code_taken"),
    ] {
        let refused = create(body).await;
        assert_eq!(refused.errors(), [(pointer.to_owned(), code.to_owned())], "{}", refused.text());
    }
    let expected = [
        year("2025-03-15", "2025-12-31", "2025"),
        year("2026-01-01", "2026-06-30", "2026"),
        year("2026-07-01", "2026-09-30", "2026-2"),
        year("2026-10-01", "2028-03-31", "LONG"),
    ];
    assert_eq!(years(&kit).await, expected);
    let first = kit.client.get("/fiscal-periods?kind=regular&limit=1").await.ok();
    assert_eq!(
        (&first["items"][0]["start"], &first["items"][0]["end"]),
        (&json!("2025-03-15"), &json!("2025-03-31"))
    );
    let mut numbers = Vec::new();
    for date in ["2025-03-15", "2026-02-01", "2026-08-01", "2027-02-01"] {
        numbers.push(try_post(&kit, date).await.expect(201).json()["number"].as_str().unwrap().to_owned());
    }
    assert_eq!(numbers, ["GJ-2025-000001", "GJ-2026-000001", "GJ-2026-2-000001", "GJ-LONG-000001"]);
    try_post(&kit, "2025-03-14").await.expect(422);
}

#[tokio::test]
async fn short_and_long_years_close_and_report_as_they_are() {
    let world = World::new().await;
    let kit = books(&world).await;
    let retained = kit.client.get("/accounts?code=3").await.ok()["items"][0]["id"].clone();
    let etag = kit.client.get("/ledger-settings").await.etag();
    let settings = json!({ "retainedEarningsAccountId": retained });
    kit.client.with_etag("PATCH", "/ledger-settings", &etag, settings).await.expect(200);
    set_up(&kit, "2025-03-15", Some("2026-06-14")).await.expect(200);
    kit.client.post("/fiscal-years", json!({ "start": "2026-06-15", "end": "2026-06-30" })).await.expect(201);
    for date in ["2025-03-15", "2026-06-14", "2026-06-15", "2026-06-30"] {
        try_post(&kit, date).await.expect(201);
    }
    let income = async |from: &str, to: &str| {
        let report = kit.client.get(&format!("/reports/income-statement?from={from}&to={to}")).await.ok();
        report["sections"][0]["total"].clone().to_string() + &report["totals"].to_string()
    };
    let before = income("2025-03-15", "2026-06-14").await;
    let mut closed = Vec::new();
    for code in ["2025/26", "2026"] {
        let found = kit.client.get(&format!("/fiscal-years?code={code}")).await.ok()["items"][0].clone();
        let path = format!("/fiscal-years/{}/close", found["id"].as_str().unwrap());
        let answer = kit.client.with_etag("POST", &path, "*", Value::Null).await.expect(200).json();
        assert_eq!(answer["entry"]["total"], "10.00", "each year moves its own two entries");
        closed.push(answer["entry"]["postingDate"].clone());
    }
    assert_eq!(closed, [json!("2026-06-14"), json!("2026-06-30")]);
    assert_eq!(income("2025-03-15", "2026-06-14").await, before, "closing leaves the year's own figures");
    assert_eq!(kit.client.get("/integrity/checks").await.ok()["ok"], true);
    let found = kit.client.get("/fiscal-years?code=2026").await.ok()["items"][0].clone();
    let path = format!("/fiscal-years/{}/reopen", found["id"].as_str().unwrap());
    let why = json!({ "reason": "late invoice", "openPeriods": true });
    kit.client.with_etag("POST", &path, "*", why).await.expect(200);
    try_post(&kit, "2026-06-20").await.expect(201);
}

#[tokio::test]
async fn set_up_replaces_the_unused_year_a_tenant_is_born_with() {
    let world = World::new().await;
    let kit = books(&world).await;
    assert_eq!(set_up(&kit, "2025-07-01", None).await.ok()["fiscalYears"], 1);
    let july = [year("2025-07-01", "2026-06-30", "2025/26")];
    assert_eq!(years(&kit).await, july);
    assert_eq!(set_up(&kit, "2025-07-01", None).await.ok()["fiscalYears"], 0, "again changes nothing");
    assert_eq!(years(&kit).await, july);
    // A first year from the middle of a month, longer than twelve months, then years like it.
    assert_eq!(set_up(&kit, "2024-03-15", Some("2025-06-30")).await.ok()["fiscalYears"], 2);
    assert_eq!(years(&kit).await, [year("2024-03-15", "2025-06-30", "2024/25"), july[0].clone()]);
    let long = set_up(&kit, "2024-01-01", Some("2026-01-01")).await.expect(422);
    assert_eq!(long.errors(), [("/fiscalYearEnd".to_owned(), "fiscal_year_too_long".to_owned())]);
    let alone = json!({ "template": "empty", "fiscalYearEnd": "2026-12-31" });
    kit.client.post("/tenants/current/setup", alone).await.expect(422);

    kit.client.post("/journal-entries", testkit::world::entry("2026-01-05", LINES, false)).await.expect(201);
    let used = set_up(&kit, "2026-01-01", None).await.expect(409);
    assert_eq!(used.errors(), [("/fiscalYearStart".to_owned(), "fiscal_years_used".to_owned())]);
    assert_eq!(set_up(&kit, "2024-03-15", None).await.ok()["fiscalYears"], 0);
}

#[tokio::test]
async fn a_tenant_is_made_with_its_fiscal_year() {
    let world = World::new().await;
    let administrator =
        json!({ "email": "a@beta.example", "name": "A", "password": testkit::world::PASSWORD });
    let mut body = json!({
        "code": "beta", "name": { "en": "Beta" }, "currency": "SAR", "country": "SA", "template": "empty",
        "administrator": administrator, "fiscalYearStart": "2025-10-15", "fiscalYearEnd": "2028-01-01",
    });
    let home = world.home().await;
    let refused = home.post("/admin/tenants", body.clone()).await.expect(422);
    assert_eq!(refused.errors(), [("/fiscalYearEnd".to_owned(), "fiscal_year_too_long".to_owned())]);
    body["fiscalYearEnd"] = json!("2026-12-31");
    home.post("/admin/tenants", body).await.expect(201);
    let client = world.sign_in("a@beta.example", testkit::world::PASSWORD, None).await;
    let list = client.get("/fiscal-years").await.ok();
    assert_eq!(
        (&list["items"][0]["start"], &list["items"][0]["end"]),
        (&json!("2025-10-15"), &json!("2026-12-31"))
    );
}

#[tokio::test]
async fn the_month_in_which_years_begin_shapes_those_made_from_now_on() {
    let world = World::new().await;
    let kit = books(&world).await;
    set(&kit, "fiscal-year-start-month", json!(7)).await;
    assert_eq!(years(&kit).await, [year("2025-07-01", "2026-06-30", "2025/26")], "the unused year gave way");
    import(&kit, &["2025-01-10", "2026-07-10"], "&createPeriods=true").await.expect(200);
    let expected = [
        year("2024-07-01", "2025-06-30", "2024/25"),
        year("2025-07-01", "2026-06-30", "2025/26"),
        year("2026-07-01", "2027-06-30", "2026/27"),
    ];
    assert_eq!(years(&kit).await, expected);
    // Used years stay; the next one is short, so that those after it begin in the new month.
    set(&kit, "fiscal-year-start-month", json!(1)).await;
    assert_eq!(years(&kit).await, expected);
    import(&kit, &["2028-01-10"], "&createPeriods=true").await.expect(200);
    let made = years(&kit).await;
    assert_eq!(
        made[3..],
        [year("2027-07-01", "2027-12-31", "2027"), year("2028-01-01", "2028-12-31", "2028")]
    );
}

#[tokio::test]
async fn the_turn_of_a_year_does_not_stop_the_books() {
    let world = World::new().await;
    let mut kit = books(&world).await;
    let dry = testkit::world::entry("2027-01-05", LINES, true);
    kit.client.post("/journal-entries?dryRun=true", dry).await.ok();
    assert_eq!(years(&kit).await.len(), 1, "a dry run makes nothing");
    let posted = try_post(&kit, "2027-01-05").await.expect(201).json();
    assert_eq!(posted["number"], "GJ-2027-000001");
    let both = [year("2026-01-01", "2026-12-31", "2026"), year("2027-01-01", "2027-12-31", "2027")];
    assert_eq!(years(&kit).await, both);
    // Only the next one, and not long before it begins.
    for date in ["2028-01-05", "2029-01-05", "2062-01-05", "2025-12-31"] {
        assert!(try_post(&kit, date).await.expect(422).text().contains("fiscal_period_missing"), "{date}");
    }
    assert_eq!(years(&kit).await, both);
    later(&world, &mut kit, "2027-12-20T09:00:00Z").await;
    let csv = import(&kit, &["2028-01-05", "2028-02-05"], "").await.ok();
    assert_eq!((&csv["entries"], years(&kit).await.len()), (&json!(2), 3));
    later(&world, &mut kit, "2028-12-20T09:00:00Z").await;
    let recurring = json!({
        "code": "RENT", "name": { "en": "Rent" }, "startDate": "2029-01-05", "autoPost": true,
        "schedule": { "frequency": "monthly", "dayOfMonth": 5 },
        "lines": testkit::world::entry("2029-01-05", LINES, true)["lines"],
    });
    let made = kit.client.post("/recurring-entries", recurring).await.expect(201).json();
    let run = format!("/recurring-entries/{}/run", made["id"].as_str().unwrap());
    kit.client.with_etag("POST", &run, "*", json!({ "date": "2029-01-05" })).await.expect(200);
    assert_eq!(years(&kit).await.len(), 4);
    let trail = kit.client.get("/audit-log?entity=fiscal_year&action=created&sort=-id&limit=1").await.ok();
    assert_eq!(trail["items"].as_array().unwrap().len(), 1, "a year made by itself is in the trail");
}

#[tokio::test]
async fn the_next_year_looks_like_the_last_and_can_be_left_to_people() {
    let world = World::new().await;
    let kit = books(&world).await;
    set_up(&kit, "2025-03-15", Some("2026-03-14")).await.expect(200);
    set(&kit, "fiscal-year-automatic", json!(false)).await;
    try_post(&kit, "2027-03-20").await.expect(422);
    set(&kit, "fiscal-year-automatic", json!(true)).await;
    try_post(&kit, "2027-03-20").await.expect(201);
    assert_eq!(years(&kit).await.last().unwrap(), &year("2027-03-15", "2028-03-14", "2027/28"));
    let refused =
        kit.client.with_etag("PUT", "/config/fiscal-year-automatic", "*", json!({ "value": 1 })).await;
    assert_eq!(refused.expect(422).code(), "invalid_setting");
}

#[tokio::test]
async fn a_long_year_waits_for_numbers_that_would_come_twice() {
    let world = World::new().await;
    let kit = books(&world).await;
    let code = json!({ "start": "2027-01-01", "code": "X-2026" });
    let series = json!({ "code": "S", "name": { "en": "S" }, "pattern": "GJ-X-{FY}-{000000}" });
    kit.client.post("/number-series", series).await.expect(201);
    // GJ-X-2026 would be the general journal's of the year X-2026 and the other's of 2026.
    let refused = kit.client.post("/fiscal-years", code).await.expect(409);
    assert_eq!(refused.errors(), [("/code".to_owned(), "number_series_overlaps".to_owned())]);
}

#[tokio::test]
async fn ordinary_entries_stay_out_of_reserved_journals() {
    let world = World::new().await;
    let kit = books(&world).await;
    for (journal, kind) in [("OPENING", "opening"), ("CLOSING", "closing")] {
        let mut body = testkit::world::entry("2026-01-10", LINES, true);
        body["journalCode"] = json!(journal);
        let refused = kit.client.post("/journal-entries", body).await.expect(422);
        assert_eq!(refused.errors(), [("/journalId".to_owned(), "journal_reserved".to_owned())]);
        assert!(refused.text().contains(kind), "{}", refused.text());
    }
}
