//! The accounts that lines and charges of documents name: none that a sub-ledger or money stands behind (R31, R36).

use super::*;

/// VAT, inventory, receivables, payables and money move by documents that know why, and by nothing else.
#[tokio::test]
async fn no_line_names_an_account_of_a_sub_ledger_or_of_money() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    for account in ["2131", "1151", "1131", "1121", "2111", "1113", "1154"] {
        let mut sale = invoice("2026-03-15", &[line("1", "1000.00", "S15")]);
        sale["lines"][0]["accountCode"] = json!(account);
        let mut bill = json!({
            "partyCode": "V001", "documentDate": "2026-03-15", "postingDate": "2026-03-15", "supplierNumber": "A-1",
            "lines": [line("1", "1000.00", "P15")], "post": true,
        });
        bill["lines"][0]["accountCode"] = json!(account);
        let mut order =
            json!({ "partyCode": "C001", "documentDate": "2026-03-15", "lines": [line("1", "1.00", "S15")] });
        order["lines"][0]["accountCode"] = json!(account);
        for (path, body) in
            [("/sales-invoices", &sale), ("/purchase-invoices", &bill), ("/sales-orders", &order)]
        {
            // Goods are bought to stock, which no sub-ledger keeps yet.
            if (path, account) == ("/purchase-invoices", "1131") {
                continue;
            }
            let refused = client.post(path, body.clone()).await.expect(422);
            let expected = ("/lines/0/accountCode".to_owned(), "line_account_unfit".to_owned());
            assert_eq!(refused.errors(), [expected], "{path} {account}: {}", refused.text());
        }
    }
    let mut charged = invoice("2026-03-15", &[line("1", "1000.00", "S15")]);
    charged["charges"] =
        json!([{ "description": "Freight", "amount": "25.00", "taxCode": "S15", "accountCode": "2131" }]);
    let refused = client.post("/sales-invoices", charged).await.expect(422);
    assert_eq!(
        refused.errors(),
        [("/charges/0/accountCode".to_owned(), "line_account_unfit".to_owned())],
        "{}",
        refused.text()
    );
    let accounts = client.get("/accounts?code=2131").await.ok();
    let mut by_id = invoice("2026-03-15", &[line("1", "1000.00", "S15")]);
    by_id["lines"][0]["accountId"] = accounts["items"][0]["id"].clone();
    let refused = client.post("/sales-invoices", by_id).await.expect(422);
    assert_eq!(refused.errors(), [("/lines/0/accountId".to_owned(), "line_account_unfit".to_owned())]);
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn credit_notes_and_templates_name_no_such_account_either() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let sold = posted(client, "/sales-invoices", invoice("2026-03-15", &[line("1", "100.00", "S15")])).await;
    let mut credited = line("1", "50.00", "S15");
    credited["accountCode"] = json!("2131");
    let note = json!({
        "correctsId": sold["id"], "kind": "rebate", "reason": "Late", "documentDate": "2026-03-20",
        "lines": [credited], "post": true,
    });
    let refused = client.post("/sales-credit-notes", note).await.expect(422);
    assert_eq!(refused.errors(), [("/lines/0/accountCode".to_owned(), "line_account_unfit".to_owned())]);
    let mut rented = line("1", "50.00", "S15");
    rented["accountCode"] = json!("1121");
    let template = json!({
        "code": "RENT", "name": { "en": "Rent" }, "startDate": "2026-03-01",
        "schedule": { "frequency": "monthly", "dayOfMonth": 1 },
        "template": { "partyCode": "C001", "lines": [rented] },
    });
    let refused = client.post("/recurring-invoices", template).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert!(refused.text().contains("line_account_unfit"), "{}", refused.text());
}
