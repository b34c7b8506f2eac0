//! Prepayments in a foreign currency: what was posted for them leaves as it was posted, whatever the rate of the final invoice.

use super::*;

fn abroad(rate: &str, lines: &[Value]) -> Value {
    let mut body = invoice("2026-03-20", lines);
    (body["currency"], body["rate"]) = (json!("USD"), json!(rate));
    body
}

async fn advance(client: &Client, rate: &str, lines: &[Value]) -> Value {
    let mut body = abroad(rate, lines);
    (body["kind"], body["documentDate"]) = (json!("prepayment"), json!("2026-03-01"));
    posted(client, "/sales-invoices", body).await
}

fn less(mut body: Value, advance: &Value, net: Option<&str>) -> Value {
    body["prepayments"] = json!([{ "invoiceId": advance["id"], "net": net }]);
    body
}

/// The sum of the debits less the credits of documents on an account, in halalas of the company currency.
async fn left_on(client: &Client, account: &str, documents: &[&Value]) -> i64 {
    let mut sum = 0;
    for document in documents {
        for (code, debit, credit) in entry(client, document).await {
            let halalas = |text: &str| text.replace('.', "").parse::<i64>().unwrap_or_default();
            if code == account {
                sum += halalas(&debit) - halalas(&credit);
            }
        }
    }
    sum
}

#[tokio::test]
async fn an_advance_and_its_vat_leave_at_their_own_rate_and_the_difference_is_revenue() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let paid = advance(client, "3.75", &[line("1", "1000", "S15")]).await;
    let last = less(abroad("3.80", &[line("1", "3000", "S15")]), &paid, None);
    let last = posted(client, "/sales-invoices", last).await;
    assert_eq!(
        (totals(&last).as_str(), &last["totals"]["payable"], &last["totals"]["companyVat"]),
        ("3000.00 | 450.00 | 3450.00", &json!("2300.00"), &json!("1147.50"))
    );
    let mut lines = entry(client, &last).await;
    lines.sort();
    // 3,000 at 3.80, less what 3.75 had made of 1,150 instead of 3.80: 57.50.
    let expected = [
        row("1121", "8740.00", "0.00"),
        row("2114", "3750.00", "0.00"),
        row("2131", "0.00", "1710.00"),
        row("2131", "562.50", "0.00"),
        row("4110", "0.00", "11342.50"),
    ];
    assert_eq!(lines, expected);
    let taxes = client.get(&format!("/tax-entries?sourceId={}", id(&last))).await.ok();
    let tax = &taxes["items"][0];
    assert_eq!(
        (&tax["base"], &tax["tax"], &tax["currencyBase"], &tax["currencyTax"]),
        (&json!("7650.00"), &json!("1147.50"), &json!("2000.00"), &json!("300.00"))
    );
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn parts_of_an_advance_leave_nothing_on_its_account() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let lines = [line("1", "333.33", "S15"), line("1", "66.67", "Z-SRV")];
    let paid = advance(client, "3.7777", &lines).await;
    let mut all = vec![paid.clone()];
    for (rate, net) in [("3.70", Some("100.01")), ("3.81", Some("77.77")), ("4.20", None)] {
        let body = less(abroad(rate, &[line("1", "500", "S15"), line("1", "100", "Z-SRV")]), &paid, net);
        all.push(posted(client, "/sales-invoices", body).await);
        agree(client, "2026-12-31").await;
    }
    let documents: Vec<&Value> = all.iter().collect();
    assert_eq!(left_on(client, "2114", &documents).await, 0);
    let again = less(abroad("4.20", &[line("1", "500", "S15")]), &paid, None);
    assert_eq!(client.post("/sales-invoices", again).await.code(), "prepayment_used_up");
}

/// The whole price was paid before: what another rate makes of it is revenue and VAT, and nobody owes anything.
#[tokio::test]
async fn an_invoice_that_was_paid_in_advance_comes_to_nothing() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    for rate in ["4.00", "3.70"] {
        let paid = advance(client, "3.75", &[line("1", "1000", "S15")]).await;
        let last = less(abroad(rate, &[line("1", "1000", "S15")]), &paid, None);
        let last = posted(client, "/sales-invoices", last).await;
        assert_eq!((&last["totals"]["payable"], &last["paymentState"]), (&json!("0.00"), &json!("paid")));
        assert_eq!(left_on(client, "2114", &[&paid, &last]).await, 0);
        agree(client, "2026-12-31").await;
    }
}

#[tokio::test]
async fn an_advance_is_named_once() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let mut paid = invoice("2026-03-01", &[line("1", "100", "S15")]);
    paid["kind"] = json!("prepayment");
    let paid = posted(client, "/sales-invoices", paid).await;
    let mut last = invoice("2026-03-20", &[line("1", "300", "S15")]);
    let part = json!({ "invoiceId": paid["id"], "net": "50" });
    last["prepayments"] = json!([part, part]);
    let refused = client.post("/sales-invoices", last).await.expect(422);
    assert_eq!(refused.errors(), [("/prepayments/1".to_owned(), "prepayment_named_twice".to_owned())]);
}
