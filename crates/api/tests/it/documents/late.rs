//! VAT of a declared period that comes later: its tax date moves to the first open day, and it is late (R67, R119).

use super::*;
use crate::taxed::{boxes, path};

/// A company that has filed the first quarter.
async fn filed() -> (World, TenantKit) {
    let world = World::new().await;
    world.clock.set("2026-10-10T09:00:00Z");
    let tenant = company_in(&world).await;
    let client = &tenant.client;
    file(client, &prepare(client, "2026-Q1").await).await;
    (world, tenant)
}

async fn prepare(client: &Client, period: &str) -> Value {
    client.post("/vat-returns", json!({ "period": period })).await.expect(201).json()
}

async fn again(client: &Client, view: &Value) -> Value {
    with_etag(client, "POST", &format!("{}/prepare", path(view)), Value::Null).await.ok()
}

async fn file(client: &Client, view: &Value) -> Value {
    let body = json!({ "reference": "R-1" });
    with_etag(client, "POST", &format!("{}/file", path(view)), body).await.ok()
}

async fn amendment(client: &Client, period: &Value) -> Value {
    let amend = format!("{}/amend", path(period));
    with_etag(client, "POST", &amend, json!({ "reason": "Late invoice" })).await.expect(201).json()
}

/// An invoice for a supply of March, on the first tax date that is open.
fn late_sale(amount: &str) -> Value {
    let mut body = invoice("2026-04-02", &[line("1", amount, "S15")]);
    body["supplyDate"] = json!("2026-03-30");
    body["taxDate"] = json!("2026-04-01");
    body
}

#[tokio::test]
async fn a_sale_whose_tax_date_was_moved_is_late_and_declared_by_amending() {
    let (_world, tenant) = filed().await;
    let client = &tenant.client;
    let first = client.get("/vat-returns?status=filed").await.ok()["items"][0].clone();
    posted(client, "/sales-invoices", invoice("2026-04-03", &[line("1", "100.00", "S15")])).await;
    let late = posted(client, "/sales-invoices", late_sale("40000.00")).await;
    let entries = client.get(&format!("/tax-entries?sourceId={}", id(&late))).await.ok();
    let entry = &entries["items"][0];
    assert_eq!((&entry["taxDate"], &entry["dueDate"]), (&json!("2026-04-01"), &json!("2026-03-30")));
    let marked = client.get("/tax-entries?dueDate[isNull]=false").await.ok();
    assert_eq!(marked["items"].as_array().unwrap().len(), 1, "what is on time has no mark");

    let second = prepare(client, "2026-Q2").await;
    assert_eq!((&second["lateVat"], &second["due"]), (&json!("6000.00"), &json!("6015.00")), "{second}");
    assert_eq!(second["warnings"][0]["code"], "late_over_limit");
    assert_eq!(
        (&second["late"][0]["documentNumber"], &second["late"][0]["dueDate"], &second["late"][1]),
        (&late["number"], &json!("2026-03-30"), &Value::Null)
    );
    let listed = client.get(&format!("{}/boxes/1/entries?sort=id", path(&second))).await.ok();
    let marks: Vec<&Value> = listed["items"].as_array().unwrap().iter().map(|one| &one["late"]).collect();
    assert_eq!(marks, [&json!(false), &json!(true)]);

    let amended = amendment(client, &first).await;
    assert_eq!((&amended["entryCount"], &amended["net"]), (&json!(1), &json!("6000.00")), "{amended}");
    let listed = client.get(&format!("{}/boxes/1/entries", path(&amended))).await.ok();
    assert_eq!(listed["items"][0]["documentNumber"], late["number"]);
    file(client, &amended).await;
    let second = again(client, &second).await;
    assert_eq!((&second["lateVat"], &second["due"]), (&json!("0.00"), &json!("15.00")), "declared already");
    assert_eq!(boxes(&second)["1"], (json!("100.00"), json!("0.00"), json!("15.00")));
    file(client, &second).await;
    agree(client, "2026-06-30").await;
}

#[tokio::test]
async fn late_vat_below_the_limit_falls_into_the_next_return() {
    let (_world, tenant) = filed().await;
    let client = &tenant.client;
    let late = posted(client, "/sales-invoices", late_sale("100.00")).await;
    let bill = json!({
        "partyCode": "V001", "supplierNumber": "B-1", "documentDate": "2026-03-20", "postingDate": "2026-03-20",
        "taxDate": "2026-04-01", "lines": [line("1", "40.00", "P15")], "post": true,
    });
    posted(client, "/purchase-invoices", bill).await;
    let second = prepare(client, "2026-Q2").await;
    assert_eq!(
        (&second["lateVat"], &second["due"], &second["warnings"]),
        (&json!("9.00"), &json!("9.00"), &json!([]))
    );
    assert_eq!(second["late"].as_array().unwrap().len(), 2);
    let filed = file(client, &second).await;
    let entries = client.get(&format!("/tax-entries?sourceId={}", id(&late))).await.ok();
    assert_eq!(
        (&entries["items"][0]["returnId"], &entries["items"][0]["late"]),
        (&filed["id"], &json!(true))
    );
    agree(client, "2026-06-30").await;
}

#[tokio::test]
async fn an_occurrence_is_late_in_the_same_way() {
    let (_world, tenant) = filed().await;
    let client = &tenant.client;
    let recurring = json!({
        "code": "MAINT", "name": { "en": "Maintenance" }, "startDate": "2026-03-31", "autoPost": true,
        "schedule": { "frequency": "monthly", "dayOfMonth": 31 },
        "template": { "partyCode": "C001", "lines": [line("1", "40000.00", "S15")] },
    });
    let made = client.post("/recurring-invoices", recurring).await.expect(201).json();
    let run = format!("/recurring-invoices/{}/run", id(&made));
    with_etag(client, "POST", &run, json!({ "date": "2026-03-31" })).await.ok();
    let second = prepare(client, "2026-Q2").await;
    assert_eq!(
        (&second["lateVat"], &second["late"][0]["dueDate"]),
        (&json!("6000.00"), &json!("2026-03-31"))
    );
    assert_eq!(second["warnings"][0]["code"], "late_over_limit");
}
