//! Lists as a client walks through them: expanded lines, alternatives of conditions, counts, cursors.

use serde_json::{Value, json};
use testkit::world::entry;
use testkit::{TenantKit, World};

const SALE: &[(&str, &str, &str)] = &[("1000", "115.00", ""), ("4000", "", "115.00")];

async fn books() -> (World, TenantKit) {
    let world = World::new().await;
    let tenant = world.tenant("alpha", "SAR", "empty").await;
    tenant.accounts(&[("1000", "asset"), ("4000", "income"), ("6000", "expense")]).await;
    (world, tenant)
}

async fn import(tenant: &TenantKit, rows: &str) {
    let path = "/imports?type=journal-entries&post=true&createPeriods=true";
    tenant.client.call("POST", path, &["Content-Type: text/csv"], rows.to_owned()).await.expect(200);
}

/// All items of a list, page by page.
async fn walk(tenant: &TenantKit, path: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = tenant.client.get(&format!("{path}{cursor}")).await.ok();
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(next) = page["nextCursor"].as_str() else { return items };
        cursor = format!("&cursor={next}");
    }
}

#[tokio::test]
async fn expanded_entries_are_the_entries_one_by_one() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let rows = "entry,date,account,debit,credit,currency,project,branch\n\
        1,2026-01-15,1000,115.00,,,P1,R\n1,2026-01-15,4000,,115.00,,P1,\n\
        2,2026-01-16,6000,10.00,,,P2,J\n2,2026-01-16,1000,,10.00,,,\n";
    import(&tenant, rows).await;
    client.post("/currencies", json!({ "code": "KWD", "name": { "en": "Dinar" } })).await.expect(201);
    let rate = json!({ "currency": "KWD", "date": "2026-01-01", "rate": "12.2" });
    client.post("/exchange-rates", rate).await.expect(201);
    for post in [true, false] {
        let mut foreign = entry("2026-03-02", SALE, post);
        foreign["currency"] = json!("KWD");
        foreign["lines"][0]["dimensions"] = json!({ "project": "P1" });
        client.post("/journal-entries", foreign).await.expect(201);
    }
    client.post("/journal-entries", entry("2026-03-01", SALE, false)).await.expect(201);

    let shown = walk(&tenant, "/journal-entries?expand=lines&limit=2").await;
    assert_eq!(shown.len(), 5);
    for entry in &shown {
        let path = format!("/journal-entries/{}", entry["id"].as_str().unwrap());
        assert_eq!(*entry, client.get(&path).await.ok());
    }
    let text = Value::from(shown).to_string();
    assert!(text.contains(r#""project":"P1""#) && text.contains(r#""debit":"115.000""#), "{text}");
    let plain = client.get("/journal-entries").await.ok();
    assert!(plain["items"][0].get("lines").is_none_or(Value::is_null), "{plain}");

    let lines = walk(&tenant, "/ledger-lines?limit=3").await;
    assert_eq!(lines.iter().filter(|line| line["dimensions"]["project"] == "P1").count(), 3);
}

#[tokio::test]
async fn expanded_templates_are_the_templates_one_by_one() {
    let (_world, tenant) = books().await;
    for code in ["RENT", "FEES", "LEASE"] {
        let body = json!({
            "code": code, "name": { "en": code }, "startDate": "2026-04-01",
            "schedule": { "frequency": "monthly", "dayOfMonth": 1, "interval": 1 },
            "lines": entry("2026-04-01", SALE, false)["lines"],
        });
        tenant.client.post("/recurring-entries", body).await.expect(201);
    }
    let shown = walk(&tenant, "/recurring-entries?expand=lines&limit=2").await;
    assert_eq!(shown.len(), 3);
    for template in shown {
        let path = format!("/recurring-entries/{}", template["id"].as_str().unwrap());
        assert_eq!(template, tenant.client.get(&path).await.ok());
    }
}

/// A page of a thousand long entries would be a million lines.
#[tokio::test]
async fn a_page_ends_before_it_shows_too_many_lines() {
    let (_world, tenant) = books().await;
    let mut rows = "entry,date,account,debit,credit\n".to_owned();
    for number in 1..=22 {
        rows.push_str(&format!("{number},2026-01-15,1000,1000,\n"));
        (0..1_000).for_each(|_| rows.push_str(&format!("{number},2026-01-15,4000,,1\n")));
    }
    import(&tenant, &rows).await;
    let path = "/journal-entries?expand=lines&fields=id,lineCount&sort=number&limit=1000";
    let first = tenant.client.get(path).await.ok();
    assert_eq!(first["items"].as_array().unwrap().len(), 20, "20 times 1,000 shown lines");
    assert_eq!(walk(&tenant, path).await.len(), 22);
    assert_eq!(walk(&tenant, "/journal-entries?limit=1000").await.len(), 22, "without lines it is one page");
}
