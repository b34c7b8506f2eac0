//! Balances and the ledger of one account.

use serde_json::{Value, json};
use testkit::world::entry;
use testkit::{TenantKit, World};

async fn books(world: &World) -> TenantKit {
    let kit = world.tenant("alpha", "SAR", "empty").await;
    let heading = json!({ "code": "A", "name": { "en": "A" }, "type": "asset", "isPosting": false });
    kit.client.post("/accounts", heading).await.expect(201);
    let cash = json!({ "code": "1", "name": { "en": "Cash" }, "type": "asset", "parentCode": "A" });
    kit.client.post("/accounts", cash).await.expect(201);
    kit.accounts(&[("2", "income")]).await;
    kit
}

async fn path(kit: &TenantKit, code: &str) -> String {
    let found = kit.client.get(&format!("/accounts?code={code}")).await.ok();
    format!("/accounts/{}", found["items"][0]["id"].as_str().unwrap())
}

async fn balance(kit: &TenantKit, code: &str, query: &str) -> String {
    let path = path(kit, code).await;
    let view = kit.client.get(&format!("{path}/balance{query}")).await.ok();
    view["balance"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_balance_is_as_of_a_day_and_as_known_at_a_moment() {
    let world = World::new().await;
    let kit = books(&world).await;
    kit.post("2026-01-31", &[("1", "100.00", ""), ("2", "", "100.00")]).await;
    kit.post("2026-02-10", &[("1", "20.50", ""), ("2", "", "20.50")]).await;
    kit.post("2026-02-28", &[("2", "5.00", ""), ("1", "", "5.00")]).await;
    assert_eq!(balance(&kit, "1", "").await, "115.50");
    assert_eq!(balance(&kit, "2", "").await, "-115.50");
    assert_eq!(balance(&kit, "A", "").await, "115.50", "a heading sums what is below it");
    for (day, expected) in [
        ("2026-01-30", "0.00"),
        ("2026-01-31", "100.00"),
        ("2026-02-09", "100.00"),
        ("2026-02-10", "120.50"),
        ("2026-02-27", "120.50"),
        ("2026-02-28", "115.50"),
        ("2026-12-31", "115.50"),
        ("2030-01-01", "115.50"),
    ] {
        assert_eq!(balance(&kit, "1", &format!("?asOf={day}")).await, expected, "{day}");
        assert_eq!(balance(&kit, "A", &format!("?asOf={day}")).await, expected, "{day}");
    }

    world.clock.advance_seconds(60);
    let then = "2026-03-15T09:00:30Z";
    kit.post("2026-01-31", &[("1", "7.00", ""), ("2", "", "7.00")]).await;
    world.clock.advance_seconds(60);
    assert_eq!(balance(&kit, "1", "").await, "122.50");
    assert_eq!(balance(&kit, "1", &format!("?knownAt={then}")).await, "115.50");
    assert_eq!(balance(&kit, "A", &format!("?knownAt={then}&asOf=2026-01-31")).await, "100.00");
    let account = path(&kit, "1").await;
    let future = kit.client.get(&format!("{account}/balance?knownAt=2027-01-01T00:00:00Z")).await;
    assert_eq!(future.expect(422).code(), "known_at_in_future");
    kit.client.get(&format!("{account}/balance?asof=2026-01-01")).await.expect(400);
}

#[tokio::test]
async fn foreign_amounts_stand_beside_company_amounts() {
    let world = World::new().await;
    let kit = books(&world).await;
    let kuwait = json!({ "code": "KWD", "name": { "en": "Kuwaiti dinar" } });
    kit.client.post("/currencies", kuwait).await.expect(201);
    let mut body = entry("2026-02-01", &[("1", "10.125", ""), ("2", "", "10.125")], true);
    body["currency"] = json!("KWD");
    body["lines"].as_array_mut().unwrap().iter_mut().for_each(|line| line["rate"] = json!("12"));
    kit.client.post("/journal-entries", body).await.expect(201);
    kit.post("2026-02-02", &[("1", "1.00", ""), ("2", "", "1.00")]).await;
    let path = path(&kit, "1").await;
    let view = kit.client.get(&format!("{path}/balance")).await.ok();
    assert_eq!((&view["currency"], &view["balance"]), (&json!("SAR"), &json!("122.50")));
    assert_eq!(
        view["byCurrency"][0],
        json!({
            "currency": "KWD", "debit": "10.125", "credit": "0.000", "balance": "10.125",
            "companyDebit": "121.50", "companyCredit": "0.00", "companyBalance": "121.50",
        })
    );
}

/// Every line with its balance, read with pages of this size.
async fn walk(kit: &TenantKit, path: &str, range: &str, limit: u32) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    let mut cursor = String::new();
    let mut carried: Option<Value> = None;
    loop {
        let page = kit.client.get(&format!("{path}/ledger?limit={limit}{range}{cursor}")).await.ok();
        if let Some(carried) = carried {
            assert_eq!(page["openingBalance"], carried);
        }
        carried = Some(page["closingBalance"].clone());
        for item in page["items"].as_array().unwrap() {
            let text = |name: &str| item[name].as_str().unwrap().to_owned();
            lines.push((text("description"), text("balance")));
        }
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return lines,
        }
    }
}

#[tokio::test]
async fn the_running_balance_is_the_same_on_pages_of_any_size() {
    let world = World::new().await;
    let kit = books(&world).await;
    let mut expected = Vec::new();
    let mut sum = 0;
    for (n, day) in [3, 3, 3, 10, 10, 31].iter().enumerate() {
        // Several lines of one entry, several entries of one day.
        let amount = 100 * (n as i64 + 1);
        let mut body =
            entry(&format!("2026-01-{day:02}"), &[("1", "1", ""), ("1", "2", ""), ("2", "", "3")], true);
        for (line, share) in [(0, amount), (1, 2 * amount), (2, 3 * amount)] {
            let side = if line == 2 { "credit" } else { "debit" };
            body["lines"][line][side] = json!(format!("{share}.00"));
            body["lines"][line]["description"] = json!(format!("{n}/{line}"));
            if line < 2 {
                sum += share;
                expected.push((format!("{n}/{line}"), format!("{sum}.00")));
            }
        }
        kit.client.post("/journal-entries", body).await.expect(201);
    }
    let path = path(&kit, "1").await;
    for limit in [1, 2, 3, 5, 12, 1000] {
        assert_eq!(walk(&kit, &path, "", limit).await, expected, "pages of {limit}");
        assert_eq!(
            walk(&kit, &path, "&from=2026-01-10&to=2026-01-30", limit).await,
            expected[6..10],
            "{limit}"
        );
    }
    let first = kit.client.get(&format!("{path}/ledger?from=2026-01-10&limit=1")).await.ok();
    assert_eq!(first["openingBalance"], "1800.00");
    let cursor = first["nextCursor"].as_str().unwrap();
    let other = kit.client.get(&format!("{path}/ledger?from=2026-01-11&cursor={cursor}")).await;
    assert_eq!(other.expect(400).code(), "invalid_cursor");
    let nothing = kit.client.get(&format!("{path}/ledger?from=2027-01-01")).await.ok();
    assert_eq!(
        (&nothing["openingBalance"], nothing["items"].as_array().unwrap().len()),
        (&json!("6300.00"), 0)
    );

    let csv = kit.client.call("GET", &format!("{path}/ledger"), &["Accept: text/csv"], "").await;
    assert_eq!(csv.text().lines().count(), 13);
    assert!(csv.text().starts_with("entryId,lineNo,journalId,number,postingDate,debit,credit,balance,"));
    let lines =
        kit.client.call("GET", &format!("{path}/ledger"), &["Accept: application/x-ndjson"], "").await;
    let last: Value = serde_json::from_str(lines.text().lines().last().unwrap()).unwrap();
    assert_eq!(last["balance"], "6300.00");
}

#[tokio::test]
async fn an_account_in_one_currency_runs_in_it_too() {
    let world = World::new().await;
    let kit = books(&world).await;
    kit.client.post("/currencies", json!({ "code": "USD", "name": { "en": "US dollar" } })).await.expect(201);
    let bank = json!({ "code": "3", "name": { "en": "Bank USD" }, "type": "asset", "currency": "USD" });
    kit.client.post("/accounts", bank).await.expect(201);
    for (day, amount, rate) in [("2026-01-05", "10.00", "3.75"), ("2026-02-05", "20.00", "3.80")] {
        let mut body = entry(day, &[("3", amount, ""), ("2", "", amount)], true);
        body["currency"] = json!("USD");
        body["lines"].as_array_mut().unwrap().iter_mut().for_each(|line| line["rate"] = json!(rate));
        kit.client.post("/journal-entries", body).await.expect(201);
    }
    let path = path(&kit, "3").await;
    let page = kit.client.get(&format!("{path}/ledger?from=2026-02-01")).await.ok();
    assert_eq!(page["openingBalance"], "37.50");
    assert_eq!(
        (&page["items"][0]["balance"], &page["items"][0]["currencyBalance"]),
        (&json!("113.50"), &json!("30.00"))
    );
}
