//! Quotations, orders, invoices, bills, notes, receipts and payments, as a client sees them.

mod advances;
mod any_order;
mod at_once;
mod branch_reports;
mod branches;
mod closed;
mod compared;
mod converted;
mod copies;
mod corrections;
mod discounts;
mod dunning;
mod held;
mod kept;
mod late;
mod line_accounts;
mod matching;
mod merged;
mod money;
mod northwind;
mod note_dates;
mod note_settles;
mod notes;
mod order_charges;
mod orders;
mod paid;
mod paid_twice;
mod prices;
mod purchase_orders;
mod purchases;
mod quotations;
mod recurring;
mod refused;
mod relief_and_notes;
mod sales;
mod shares;
mod statement;
mod tax_reports;
mod walk_in;
mod warnings;
mod write_offs;

use serde_json::{Value, json};
use testkit::{Answer, Client, TenantKit, World};

/// A Saudi company that is registered for VAT, with a customer and a supplier.
pub async fn company() -> (World, TenantKit) {
    let world = World::new().await;
    let tenant = company_in(&world).await;
    (world, tenant)
}

/// A Saudi company in a world whose clock the test sets.
pub async fn company_in(world: &World) -> TenantKit {
    let tenant = world.tenant("alpha", "SAR", "sa-standard").await;
    let client = &tenant.client;
    let profile = json!({ "vatNumber": "399999999900003" });
    client.with_etag("PATCH", "/company-profile", "*", profile).await.expect(200);
    let address = json!({
        "roles": ["legal"], "street": { "ar": "طريق الملك فهد" }, "buildingNumber": "1234", "district": { "ar": "العليا" },
        "city": { "ar": "الرياض", "en": "Riyadh" }, "postalCode": "12211", "country": "SA",
    });
    let customer = json!({
        "code": "C001", "name": { "ar": "شركة الأفق", "en": "Horizon" }, "kind": "company", "customer": {}, "addresses": [address],
    });
    client.post("/parties", customer).await.expect(201);
    let supplier =
        json!({ "code": "V001", "name": { "en": "Paper Mill" }, "kind": "company", "supplier": {} });
    client.post("/parties", supplier).await.expect(201);
    tenant
}

/// A line in words.
pub fn line(quantity: &str, price: &str, tax_code: &str) -> Value {
    json!({ "description": "Work", "quantity": quantity, "unitPrice": price, "taxCode": tax_code })
}

pub fn invoice(date: &str, lines: &[Value]) -> Value {
    json!({ "partyCode": "C001", "documentDate": date, "lines": lines, "post": true })
}

pub async fn posted(client: &Client, path: &str, body: Value) -> Value {
    client.post(path, body).await.expect(201).json()
}

pub fn id(view: &Value) -> &str {
    view["id"].as_str().unwrap()
}

pub fn text(view: &Value) -> &str {
    view.as_str().unwrap_or_else(|| panic!("{view}"))
}

/// `net | vat | total`.
pub fn totals(view: &Value) -> String {
    let totals = &view["totals"];
    format!("{} | {} | {}", text(&totals["net"]), text(&totals["vat"]), text(&totals["total"]))
}

/// The lines of the document's entry: account, debit, credit.
pub async fn entry(client: &Client, document: &Value) -> Vec<(String, String, String)> {
    let entry = client.get(&format!("/journal-entries/{}", text(&document["journalEntryId"]))).await.ok();
    let line = |line: &Value| {
        let column = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        (column("accountCode"), column("companyDebit"), column("companyCredit"))
    };
    entry["lines"].as_array().unwrap().iter().map(line).collect()
}

pub fn row(account: &str, debit: &str, credit: &str) -> (String, String, String) {
    let column = |amount: &str| if amount == "0.00" { String::new() } else { amount.to_owned() };
    (account.to_owned(), column(debit), column(credit))
}

pub async fn with_etag(client: &Client, method: &str, path: &str, body: Value) -> Answer {
    client.with_etag(method, path, "*", body).await
}

/// Asserts that the books agree with themselves and the sub-ledger with its control accounts.
pub async fn agree(client: &Client, day: &str) {
    let checks = client.get("/integrity/checks").await.ok();
    assert_eq!(checks["ok"], true, "{checks}");
    for report in ["receivables-ageing", "payables-ageing"] {
        let view = client.get(&format!("/reports/{report}?asOf={day}")).await.ok();
        assert_eq!(view["difference"], "0.00", "{report}: {view}");
    }
}
