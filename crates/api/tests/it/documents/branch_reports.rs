//! Open items, ageing and statements of one branch.

use application::ports::clock::Clock;

use super::branches::{company_with_branches, of};
use super::*;

/// An invoice of 115.00 in RUH, one of 230.00 in JED, one of 11.50 in none, and a receipt of 15.00 in RUH that settles a part of the first.
async fn trade(client: &Client) -> Vec<Value> {
    let body = |price: &str| invoice("2026-03-01", &[line("1", price, "S15")]);
    let ruh = posted(client, "/sales-invoices", of("RUH", body("100.00"))).await;
    let jed = posted(client, "/sales-invoices", of("JED", body("200.00"))).await;
    let none = posted(client, "/sales-invoices", body("10.00")).await;
    let paid = json!({
        "partyCode": "C001", "branchCode": "RUH", "documentDate": "2026-03-10", "amount": "15.00", "post": true,
        "allocations": [{ "documentId": ruh["id"] }],
    });
    let paid = posted(client, "/receipts", paid).await;
    vec![ruh, jed, none, paid]
}

async fn items(client: &Client, query: &str) -> Vec<(String, Value)> {
    let list = client.get(&format!("/open-items?sort=id&{query}")).await.ok();
    let items = list["items"].as_array().unwrap().iter();
    items.map(|item| (text(&item["amount"]).to_owned(), item["branch"].clone())).collect()
}

#[tokio::test]
async fn open_items_say_their_branch_and_are_found_by_it() {
    let (_world, tenant) = company_with_branches().await;
    let client = &tenant.client;
    trade(client).await;
    let item = |amount: &str, branch: Value| (amount.to_owned(), branch);
    assert_eq!(
        items(client, "branch=RUH").await,
        [item("115.00", json!("RUH")), item("15.00", json!("RUH"))]
    );
    assert_eq!(items(client, "branch=JED").await, [item("230.00", json!("JED"))]);
    assert_eq!(items(client, "branch[isNull]=true").await, [item("11.50", Value::Null)]);
    assert_eq!(items(client, "branch=NOWHERE").await, []);
    // A line by hand has the branch that its dimension names.
    let by_hand = json!({
        "postingDate": "2026-03-12", "post": true, "controlReason": "Taken over",
        "lines": [
            { "accountCode": "1121", "party": "C001", "debit": "7.00", "dimensions": { "branch": "JED" } },
            { "accountCode": "4150", "credit": "7.00", "dimensions": { "branch": "JED" } },
        ],
    });
    posted(client, "/journal-entries", by_hand).await;
    let both = [item("230.00", json!("JED")), item("7.00", json!("JED"))];
    assert_eq!(items(client, "branch=JED").await, both);
}

#[tokio::test]
async fn ageing_of_a_branch_is_what_its_items_come_to() {
    let (world, tenant) = company_with_branches().await;
    let client = &tenant.client;
    trade(client).await;
    let total = async |query: &str| {
        let view = client.get(&format!("/reports/receivables-ageing?asOf=2026-03-31&{query}")).await.ok();
        (text(&view["total"]["total"]).to_owned(), view)
    };
    let (ruh, view) = total("branch=RUH").await;
    assert_eq!((ruh.as_str(), &view["branch"]), ("100.00", &json!("RUH")), "{view}");
    assert_eq!((&view["controlBalance"], &view["difference"]), (&Value::Null, &Value::Null));
    let (jed, _) = total("branch=JED").await;
    let (all, view) = total("by=posting").await;
    assert_eq!((jed.as_str(), all.as_str(), &view["branch"]), ("230.00", "341.50", &Value::Null));
    let (posting, _) = total("branch=JED&by=posting").await;
    assert_eq!(posting, "230.00");
    let known = world.clock.now().to_string();
    world.clock.advance_seconds(60);
    posted(client, "/sales-invoices", of("JED", invoice("2026-03-20", &[line("1", "1.00", "S15")]))).await;
    for by in ["due", "posting"] {
        let (before, _) = total(&format!("branch=JED&by={by}&knownAt={known}")).await;
        assert_eq!(before, "230.00", "{by}");
    }
    assert_eq!(total("branch=JED").await.0, "231.15");
    // Before the receipt, of a branch and in its file.
    let path = "/reports/receivables-ageing?asOf=2026-03-05&branch=RUH";
    assert_eq!(client.get(path).await.ok()["total"]["total"], "115.00");
    let file = client.get(&format!("{path}&format=csv&csv=about")).await.expect(200).text();
    assert!(file.contains("Branch: RUH") && file.contains("115.00") && !file.contains("230.00"), "{file}");
    let refused = client.get("/reports/payables-ageing?branch=NOWHERE").await.expect(422);
    assert_eq!(refused.errors(), [("branch".to_owned(), "unknown_reference".to_owned())]);
}

#[tokio::test]
async fn the_statement_of_a_party_may_be_that_of_one_branch() {
    let (world, tenant) = company_with_branches().await;
    let client = &tenant.client;
    trade(client).await;
    let path = "/reports/party-statement?party=C001&from=2026-03-05&to=2026-03-31&branch=RUH";
    let view = client.get(path).await.ok();
    assert_eq!(
        (&view["opening"], &view["movementCredit"], &view["closing"], &view["branch"]),
        (&json!("115.00"), &json!("15.00"), &json!("100.00"), &json!("RUH")),
        "{view}"
    );
    assert_eq!(view["lines"].as_array().unwrap().len(), 1);
    assert_eq!(view["ageing"]["receivables"]["total"], "100.00");
    let known = world.clock.now().to_string();
    world.clock.advance_seconds(60);
    posted(client, "/sales-invoices", of("RUH", invoice("2026-03-20", &[line("1", "1.00", "S15")]))).await;
    let before = client.get(&format!("{path}&knownAt={known}")).await.ok();
    assert_eq!((&before["opening"], &before["closing"]), (&json!("115.00"), &json!("100.00")), "{before}");
    assert_eq!(client.get(path).await.ok()["closing"], "101.15");
    let file = client.get(&format!("{path}&format=csv&csv=about")).await.expect(200).text();
    assert!(file.contains("Branch: RUH") && !file.contains("230.00"), "{file}");
    let refused = client.get("/reports/party-statement?party=C001&branch=NOWHERE").await.expect(422);
    assert_eq!(refused.errors(), [("branch".to_owned(), "unknown_reference".to_owned())]);
}
