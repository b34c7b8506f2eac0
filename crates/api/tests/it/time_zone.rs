//! Today is the tenant's day: half past midnight on 1 January in Riyadh is still 31 December in UTC.

use serde_json::{Value, json};
use testkit::world::PASSWORD;
use testkit::{Client, TenantKit, World};

const NEW_YEAR_IN_RIYADH: &str = "2026-12-31T21:30:00Z";

/// Books of 2026 and 2027, with the clock at half past midnight of the new year.
async fn new_year() -> (World, TenantKit) {
    let world = World::new().await;
    let mut tenant = world.tenant("alpha", "SAR", "sa-standard").await;
    let generate = json!({ "start": "2027-01-01", "years": 1 });
    tenant.client.post("/fiscal-years/generate", generate).await.expect(200);
    world.clock.set(NEW_YEAR_IN_RIYADH);
    tenant.client = world.sign_in(&tenant.email, PASSWORD, None).await;
    (world, tenant)
}

async fn posted(tenant: &TenantKit) -> String {
    let entry = tenant.post("2026-12-20", &[("6210", "10", ""), ("1113", "", "10")]).await;
    format!("/journal-entries/{}", entry["id"].as_str().unwrap())
}

/// The last day that a report without dates covers.
async fn covered(client: &Client, report: &str) -> Value {
    client.get(&format!("/reports/{report}")).await.ok()["scope"]["to"].clone()
}

#[tokio::test]
async fn what_is_made_without_a_date_has_the_tenants_today() {
    let (_world, tenant) = new_year().await;
    let client = &tenant.client;
    assert_eq!(client.get("/tenants/current").await.ok()["timeZone"], "Asia/Riyadh");
    let entry = posted(&tenant).await;
    let copy = client.post(&format!("{entry}/copy"), json!({})).await.expect(201).json();
    assert_eq!(copy["postingDate"], "2027-01-01");
    let (path, reason) = (format!("{entry}/reverse"), json!({ "reason": "twice" }));
    let reversal = client.with_etag("POST", &path, "*", reason).await.expect(201).json();
    assert_eq!(reversal["postingDate"], "2027-01-01");
    assert!(reversal["number"].as_str().unwrap().contains("2027"), "{}", reversal["number"]);

    let recurring = json!({
        "code": "RENT", "name": { "en": "Rent" }, "startDate": "2027-01-01", "autoPost": true,
        "schedule": { "frequency": "monthly", "dayOfMonth": 1, "interval": 1 },
        "lines": [{ "accountCode": "6210", "debit": "5" }, { "accountCode": "1113", "credit": "5" }],
    });
    let made = client.post("/recurring-entries", recurring).await.expect(201).json();
    let run = format!("/recurring-entries/{}/run", made["id"].as_str().unwrap());
    let run = client.with_etag("POST", &run, "*", json!({})).await.ok();
    assert_eq!(run["entries"].as_array().unwrap().len(), 1, "{run}");
}

#[tokio::test]
async fn what_is_read_without_a_date_goes_through_the_tenants_today() {
    let (_world, tenant) = new_year().await;
    let client = &tenant.client;
    for report in ["balance-sheet", "income-statement", "cash-flow"] {
        assert_eq!(covered(client, report).await, "2027-01-01", "{report}");
    }
    for (date, rate) in [("2026-12-31", "3.75"), ("2027-01-01", "3.76")] {
        let body = json!({ "currency": "USD", "date": date, "rate": rate });
        client.post("/exchange-rates", body).await.expect(201);
    }
    let rate = client.get("/exchange-rates/effective?currency=USD").await.ok();
    assert_eq!(rate["date"], "2027-01-01", "{rate}");
    let years = client.get("/fiscal-years?sort=start").await.ok();
    let path = format!("/close-checklist?fiscalYearId={}", years["items"][0]["id"].as_str().unwrap());
    let list = client.get(&path).await.ok();
    let ended = list["items"].as_array().unwrap().iter().find(|item| item["code"] == "not_ended").unwrap();
    assert_eq!(ended["status"], "ok", "2026 is over in Riyadh: {list}");
    let series = client.get("/number-series?code=GENERAL").await;
    let id = series.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let preview = client.get(&format!("/number-series/{id}/preview")).await.ok();
    assert!(preview["number"].as_str().unwrap().contains("2027"), "{preview}");
}

#[tokio::test]
async fn another_time_zone_counts_from_the_next_request_on() {
    let (_world, tenant) = new_year().await;
    let client = &tenant.client;
    assert_eq!(covered(client, "balance-sheet").await, "2027-01-01");
    let change = json!({ "timeZone": "america/new_york" });
    let changed = client.with_etag("PATCH", "/tenants/current", "*", change).await.expect(200).json();
    assert_eq!(changed["timeZone"], "America/New_York");
    assert_eq!(covered(client, "balance-sheet").await, "2026-12-31");
    let entry = posted(&tenant).await;
    let (path, reason) = (format!("{entry}/reverse"), json!({ "reason": "twice" }));
    let reversal = client.with_etag("POST", &path, "*", reason).await.expect(201).json();
    assert_eq!(reversal["postingDate"], "2026-12-31");
    let renamed = json!({ "name": { "en": "Other" } });
    let renamed = client.with_etag("PATCH", "/tenants/current", "*", renamed).await.expect(200).json();
    assert_eq!(renamed["timeZone"], "America/New_York", "what is left out stays");
}

#[tokio::test]
async fn a_tenant_is_made_in_the_zone_of_its_country_or_the_one_given() {
    let (world, _tenant) = new_year().await;
    let home = world.home().await;
    let body = |code: &str, country: &str, zone: Value| {
        json!({
            "code": code, "name": { "en": code }, "currency": "SAR", "country": country, "timeZone": zone,
            "template": "empty",
            "administrator": { "email": format!("a@{code}.example"), "name": "A", "password": PASSWORD },
        })
    };
    for (code, country, zone, expected, year) in [
        ("riyadh", "SA", Value::Null, "Asia/Riyadh", "2027-01-01"),
        ("cairo", "EG", Value::Null, "Africa/Cairo", "2026-01-01"),
        ("branch", "SA", json!("Europe/London"), "Europe/London", "2026-01-01"),
        ("nowhere", "ZZ", Value::Null, "UTC", "2026-01-01"),
    ] {
        let made = home.post("/admin/tenants", body(code, country, zone)).await.expect(201).json();
        assert_eq!(made["timeZone"], expected, "{code}");
        let read = home.get(&format!("/admin/tenants/{}", made["id"].as_str().unwrap())).await.ok();
        assert_eq!(read["timeZone"], expected, "{code}");
        let client = world.sign_in(&format!("a@{code}.example"), PASSWORD, None).await;
        let years = client.get("/fiscal-years").await.ok();
        assert_eq!(years["items"][0]["start"], year, "{code}: the year in which it was made there");
    }
    for wrong in ["Riyadh", "+03:00", "Asia/Riyad", ""] {
        let refused = home.post("/admin/tenants", body("wrong", "SA", json!(wrong))).await.expect(422);
        assert_eq!(refused.errors(), [("/timeZone".to_owned(), "invalid_time_zone".to_owned())], "{wrong}");
        let change = json!({ "timeZone": wrong }).to_string();
        let headers = ["If-Match: *", "Accept-Language: ar"];
        let refused = home.call("PATCH", "/tenants/current", &headers, change).await.expect(422);
        let told = refused.json()["errors"][0]["detail"].as_str().unwrap_or_default().to_owned();
        assert!(told.contains("منطقة زمنية"), "{}", refused.text());
    }
}

#[tokio::test]
async fn setting_up_takes_the_time_zone_and_counts_from_it_at_once() {
    let (world, tenant) = new_year().await;
    let client = &tenant.client;
    let setup = |zone: Value| json!({ "template": "empty", "timeZone": zone });
    let path = "/tenants/current/setup";
    let before = client.get("/tenants/current").await.ok();
    client.post(path, setup(Value::Null)).await.expect(200);
    client.post(path, setup(json!("asia/riyadh"))).await.expect(200);
    assert_eq!(client.get("/tenants/current").await.ok(), before, "nothing to change");
    let refused = client.post(path, setup(json!("Asia/Riyad"))).await.expect(422);
    assert_eq!(refused.errors(), [("/timeZone".to_owned(), "invalid_time_zone".to_owned())]);

    client.post(path, setup(json!("America/New_York"))).await.expect(200);
    let after = client.get("/tenants/current").await.ok();
    assert_eq!((&after["timeZone"], &after["version"]), (&json!("America/New_York"), &json!(2)));
    assert_eq!(covered(client, "balance-sheet").await, "2026-12-31");
    let audit = client.get("/audit-log?entity=tenant&action=updated").await.ok();
    assert_eq!(audit["items"].as_array().unwrap().len(), 1, "{audit}");

    // A user who may set up the ledger but not change the tenant may name the zone that it is in.
    let permissions = ["accounting.ledger_settings.update"];
    let role = json!({ "code": "SETUP", "name": { "en": "Set-up" }, "permissions": permissions });
    let role = client.post("/roles", role).await.expect(201).json();
    world.user(client, "clerk@alpha.example", &[role["id"].as_str().unwrap()]).await;
    let clerk = world.sign_in("clerk@alpha.example", PASSWORD, None).await;
    clerk.post(path, setup(json!("America/New_York"))).await.expect(200);
    let denied = clerk.post(path, setup(json!("Asia/Riyadh"))).await.expect(403);
    assert_eq!(denied.errors(), [("/timeZone".to_owned(), "permission_denied".to_owned())]);
    assert_eq!(client.get("/tenants/current").await.ok()["timeZone"], "America/New_York");
}
