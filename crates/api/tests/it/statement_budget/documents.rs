//! Documents, and what settles them.

use super::*;

const MANY: usize = 40;

/// Books with what documents need, in which many things are bought and sold.
async fn books() -> Measured {
    let world = warm().await;
    let tenant = world.tenant("acme", "SAR", "sa-standard").await;
    let profile = json!({ "vatNumber": "399999999900003" });
    tenant.client.with_etag("PATCH", "/company-profile", "*", profile).await.expect(200);
    for n in 0..=MANY + ROUNDS.len() {
        let party = json!({
            "code": format!("C{n:03}"), "name": { "en": "Sara" }, "kind": "person", "customer": {}, "supplier": {},
        });
        tenant.client.post("/parties", party).await.expect(201);
    }
    Measured { world, tenant, over: Vec::new() }
}

fn lines(count: usize) -> Vec<Value> {
    let line = |n| json!({ "description": format!("Work {n}"), "quantity": "2", "unitPrice": "10.00", "taxCode": "S15" });
    (0..count).map(line).collect()
}

fn invoice(party: usize, count: usize) -> Value {
    json!({ "partyCode": format!("C{party:03}"), "documentDate": "2026-03-10", "lines": lines(count), "post": true })
}

/// Posts it without measuring, and answers its id.
async fn posted(books: &Measured, path: &str, body: Value) -> String {
    let view = books.tenant.client.post(path, body).await.expect(201).json();
    view["id"].as_str().unwrap().to_owned()
}

async fn invoices(books: &Measured, party: usize, count: usize) -> Vec<String> {
    let mut ids = Vec::with_capacity(count);
    for _ in 0..count {
        ids.push(posted(books, "/sales-invoices", invoice(party, 1)).await);
    }
    ids
}

async fn money(books: &Measured, party: usize, amount: usize) {
    let body = json!({
        "partyCode": format!("C{party:03}"), "documentDate": "2026-03-12", "amount": format!("{amount}.00"), "post": true,
    });
    posted(books, "/receipts", body).await;
}

/// Measures with one row and with many, after one call that warms what is remembered.
const ROUNDS: [usize; 3] = [1, 1, MANY];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_ask_within_their_budgets_however_many_lines_they_have() {
    let mut books = books().await;
    let client = books.tenant.client.clone();
    for (round, rows) in ROUNDS.into_iter().enumerate() {
        if round == 1 {
            books.over.clear();
        }
        let sold = client.post("/sales-invoices", invoice(0, rows));
        let sold = books.within("post an invoice", rows, sold).await.expect(201).json();
        let back: Vec<_> = (1..=rows).map(|n| json!({ "correctsLineNo": n, "quantity": "1" })).collect();
        let note = json!({
            "correctsId": sold["id"], "reason": "Returned", "documentDate": "2026-03-11", "lines": back, "post": true,
        });
        let note = client.post("/sales-credit-notes", note);
        books.within("credit lines of an invoice", rows, note).await.expect(201);

        let mut advances = Vec::with_capacity(rows);
        for _ in 0..rows {
            let mut advance = invoice(0, 1);
            advance["kind"] = json!("prepayment");
            advances.push(json!({ "invoiceId": posted(&books, "/sales-invoices", advance).await }));
        }
        let mut last = invoice(0, rows);
        last["prepayments"] = json!(advances);
        let last = client.post("/sales-invoices", last);
        books.within("deduct prepayments", rows, last).await.expect(201);

        let mut bill = invoice(0, rows);
        (bill["supplierNumber"], bill["postingDate"]) = (json!(format!("B-{round}")), json!("2026-03-10"));
        for line in bill["lines"].as_array_mut().unwrap() {
            line["taxCode"] = json!("P15");
        }
        let bill = posted(&books, "/purchase-invoices", bill).await;
        let back: Vec<_> = (1..=rows).map(|n| json!({ "correctsLineNo": n, "quantity": "1" })).collect();
        let note = json!({
            "correctsId": bill, "supplierNumber": format!("N-{round}"), "reason": "Damaged", "documentDate": "2026-03-11",
            "postingDate": "2026-03-11", "lines": back, "post": true,
        });
        let note = posted(&books, "/purchase-credit-notes", note).await;
        let reverse = format!("/purchase-credit-notes/{note}/reverse");
        let reverse = client.with_etag("POST", &reverse, "*", json!({ "reason": "Wrong" }));
        books.within("reverse a note", rows, reverse).await.expect(200);
    }
    books.pages("list invoices", "/sales-invoices").await;
    for period in ["2026-Q1", "2026-Q2"] {
        let prepare = client.post("/vat-returns", json!({ "period": period }));
        books.within("prepare a VAT return", 1, prepare).await.expect(201);
    }
    books.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settling_asks_within_its_budgets_however_many_items_there_are() {
    let mut books = books().await;
    let client = books.tenant.client.clone();
    for (round, rows) in ROUNDS.into_iter().enumerate() {
        if round == 1 {
            books.over.clear();
        }
        // A party of its own, which has nothing open yet.
        let own = MANY + 1 + round;
        let code = format!("C{own:03}");
        let paid = invoices(&books, own, rows).await;
        let paid: Vec<_> = paid.iter().map(|id| json!({ "documentId": id })).collect();
        let receipt = json!({
            "partyCode": code, "documentDate": "2026-03-12", "amount": format!("{}.00", rows * 23), "allocations": paid,
            "post": true,
        });
        let receipt = client.post("/receipts", receipt);
        let receipt = books.within("receive money for invoices", rows, receipt).await.expect(201).json();
        assert_eq!(receipt["openAmount"], "0.00", "{receipt}");
        let reverse = format!("/receipts/{}/reverse", receipt["id"].as_str().unwrap());
        let why = json!({ "reason": "Bounced", "undoAllocations": true });
        let reverse = client.with_etag("POST", &reverse, "*", why);
        books.within("reverse a receipt with its allocations", rows, reverse).await.expect(200);

        money(&books, own, rows * 23).await;
        let open = format!("/open-items?party={code}&settledOn[isNull]=true&limit=1000");
        let open = client.get(&open).await.ok();
        let side = |side: &str| -> Vec<Value> {
            let items = open["items"].as_array().unwrap().iter();
            items.filter(|item| item["side"] == side).map(|item| item["id"].clone()).collect()
        };
        let (debits, credits) = (side("debit"), side("credit"));
        assert_eq!((debits.len(), credits.len()), (rows, 1), "{open}");
        let pair = |debit: &Value| json!({ "debitItemId": debit, "creditItemId": credits[0] });
        let pairs: Vec<_> = debits.iter().map(pair).collect();
        let allocate = client.post("/allocations", json!({ "date": "2026-03-12", "pairs": pairs }));
        let batch = books.within("allocate pairs", rows, allocate).await.ok();
        assert_eq!(batch["allocationCount"], json!(rows), "{batch}");
        let undo = format!("/allocations/{}/undo", batch["allocations"][0]["id"].as_str().unwrap());
        let undo = client.post(&undo, json!({ "reason": "Wrong" }));
        books.within("undo an allocation", 1, undo).await.ok();

        let parties: Vec<_> = (1..=rows).collect();
        for party in &parties {
            invoices(&books, *party, 1).await;
            money(&books, *party, 23).await;
        }
        let parties: Vec<_> = parties.iter().map(|party| format!("C{party:03}")).collect();
        let rule = json!({ "control": "receivable", "rule": "oldest_due", "date": "2026-03-31", "parties": parties });
        let matched =
            books.within("match payments by a rule", rows, client.post("/allocations/auto", rule)).await.ok();
        assert_eq!(matched["allocationCount"], json!(rows), "{matched}");
        let ageing = client.get("/reports/receivables-ageing?asOf=2026-03-31");
        books.within("receivables ageing", rows, ageing).await.ok();
    }
    books.end();
}
