//! A server that is killed while it posts documents, on either engine: of each document there is everything or nothing (R79).

use std::sync::atomic::{AtomicUsize, Ordering};

use testkit::cloud::Services;
use testkit::world::PASSWORD;

use super::*;

const SELLERS: usize = 6;
/// Acknowledged sales after which the server is killed, on SQLite and on a server that may be slow.
const SALES: [usize; 2] = [120, 12];
const DAY: &str = "2026-03-15";
const EMAIL: &str = "admin@alpha.example";

struct Shop {
    url: String,
    token: String,
    /// The invoice of which everybody takes something back.
    credited: String,
    sold: AtomicUsize,
    numbers: Mutex<BTreeSet<String>>,
}

impl Shop {
    async fn send(&self, http: &reqwest::Client, path: &str, body: Value) -> reqwest::Result<Value> {
        post(http, &self.url, &self.token, path, body).await
    }

    /// Sells, takes the money with it, and takes something back, until the server is gone.
    async fn seller(self: Arc<Self>) {
        let http = reqwest::Client::new();
        loop {
            let sale = json!({
                "partyCode": "C001", "documentDate": DAY, "post": true, "payment": { "method": "cash" },
                "lines": [line("3", "33.33"), line("1", "0.01")],
            });
            let Ok(view) = self.send(&http, "/sales-invoices", sale).await else { return };
            self.numbers.lock().await.insert(view["number"].as_str().unwrap().to_owned());
            self.sold.fetch_add(1, Ordering::Relaxed);
            let note = json!({
                "correctsId": self.credited, "reason": "Returned", "documentDate": DAY, "post": true,
                "lines": [{ "correctsLineNo": 1, "quantity": "1" }],
            });
            let Ok(view) = self.send(&http, "/sales-credit-notes", note).await else { return };
            self.numbers.lock().await.insert(view["number"].as_str().unwrap().to_owned());
        }
    }
}

fn line(quantity: &str, price: &str) -> Value {
    json!({ "description": "Work", "quantity": quantity, "unitPrice": price, "taxCode": "S15" })
}

/// A tenant with nothing but the template's accounts, codes and rules.
async fn tenant(server: &Server) {
    let body = json!({
        "code": "alpha", "name": { "en": "Alpha" }, "currency": "SAR", "country": "SA", "template": "sa-standard",
        "administrator": { "email": EMAIL, "name": "Admin", "password": PASSWORD },
    });
    post(&reqwest::Client::new(), &server.url, &server.token().await, "/admin/tenants", body).await.unwrap();
}

async fn sign_in(url: &str) -> String {
    let form = [("grant_type", "password"), ("username", EMAIL), ("password", PASSWORD)];
    let answer =
        reqwest::Client::new().post(format!("{url}/api/v1/auth/token")).form(&form).send().await.unwrap();
    let body: Value = answer.error_for_status().unwrap().json().await.unwrap();
    body["access_token"].as_str().unwrap().to_owned()
}

/// Makes who sells, who buys, and an invoice of which there is much to take back; answers that.
async fn company(url: &str, token: &str) -> String {
    let http = reqwest::Client::new();
    let profile =
        http.patch(format!("{url}/api/v1/company-profile")).bearer_auth(token).header("If-Match", "*");
    let profile = profile.json(&json!({ "vatNumber": "399999999900003" })).send().await.unwrap();
    profile.error_for_status().unwrap();
    let customer = json!({ "code": "C001", "name": { "en": "Sara" }, "kind": "person", "customer": {} });
    post(&http, url, token, "/parties", customer).await.unwrap();
    let sale = json!({
        "partyCode": "C001", "documentDate": DAY, "post": true, "lines": [line("100000", "1.00")],
    });
    post(&http, url, token, "/sales-invoices", sale).await.unwrap()["id"].as_str().unwrap().to_owned()
}

/// All rows of a list.
async fn all(url: &str, token: &str, path: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = get(url, token, &format!("{path}limit=1000{cursor}")).await;
        rows.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return rows,
        }
    }
}

/// How many rows name each source.
fn of_sources<'r>(rows: &'r [Value], source: impl Fn(&'r Value) -> &'r Value) -> BTreeSet<&'r str> {
    rows.iter().filter_map(|row| source(row).as_str()).collect()
}

/// Cancels the invoice and asserts that its last note takes exactly what the earlier notes left.
async fn take_back_the_rest(url: &str, token: &str, credited: &str) {
    let notes = all(url, token, "/sales-credit-notes?").await.len();
    let http = reqwest::Client::new();
    let cancel = http.post(format!("{url}/api/v1/sales-invoices/{credited}/cancel")).bearer_auth(token);
    let cancel = cancel.header("If-Match", "*").json(&json!({ "reason": "The rest" })).send().await.unwrap();
    let rest: Value = cancel.error_for_status().unwrap().json().await.unwrap();
    assert_eq!(rest["totals"]["net"], json!(format!("{}.00", 100_000 - notes)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_document_there_is_everything_or_nothing() {
    let services = Services::of_test().await;
    let folder = tempfile::tempdir().unwrap();
    let mut settings = vec![("Bootstrap:Template".to_owned(), "empty".to_owned())];
    settings.extend(services.iter().flat_map(|services| services.settings.clone()));
    let settings: Vec<(&str, &str)> =
        settings.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    let server = Server::start(Path::new(BINARY), folder.path(), &settings).await;
    tenant(&server).await;
    let token = sign_in(&server.url).await;
    let credited = company(&server.url, &token).await;
    let shop = Arc::new(Shop {
        url: server.url.clone(),
        token,
        credited: credited.clone(),
        sold: AtomicUsize::new(0),
        numbers: Mutex::default(),
    });
    let sellers: Vec<_> = (0..SELLERS).map(|_| tokio::spawn(shop.clone().seller())).collect();
    while shop.sold.load(Ordering::Relaxed) < SALES[usize::from(services.is_some())] {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    server.kill();
    for seller in sellers {
        seller.await.unwrap();
    }
    let acknowledged = shop.numbers.lock().await.clone();

    let server = Server::start(Path::new(BINARY), folder.path(), &settings).await;
    let token = sign_in(&server.url).await;
    let (url, token) = (server.url.as_str(), token.as_str());
    let mut found = BTreeSet::new();
    let entries = all(url, token, "/journal-entries?").await;
    let items = all(url, token, "/open-items?").await;
    let taxes = all(url, token, "/tax-entries?").await;
    let allocations = all(url, token, "/allocations?kind=payment&").await;
    let sources = of_sources(&entries, |entry| &entry["source"]["id"]);
    let (with_items, with_vat) =
        (of_sources(&items, |item| &item["entryId"]), of_sources(&taxes, |tax| &tax["sourceId"]));
    let mut documents = 0;
    for kind in ["sales-invoices", "sales-credit-notes", "receipts"] {
        let list = all(url, token, &format!("/{kind}?sort=number&")).await;
        for (index, document) in list.iter().enumerate() {
            let number = document["number"].as_str().unwrap();
            assert!(number.ends_with(&format!("{:06}", index + 1)), "a gap before {number}");
            assert!(sources.contains(document["id"].as_str().unwrap()), "no entry: {document}");
            assert!(
                with_items.contains(document["journalEntryId"].as_str().unwrap()),
                "no open item: {document}"
            );
            assert!(
                kind == "receipts" || with_vat.contains(document["id"].as_str().unwrap()),
                "no VAT: {document}"
            );
            found.insert(number.to_owned());
        }
        documents += list.len();
        if kind != "sales-credit-notes" {
            let paid = list.iter().filter(|document| document["paymentState"] == "paid").count();
            assert_eq!(paid, allocations.len(), "each sale is paid by its receipt: {kind}");
        }
    }
    let lost: Vec<_> = acknowledged.difference(&found).collect();
    assert!(lost.is_empty(), "acknowledged but lost: {lost:?}");
    assert_eq!(entries.len(), documents, "no entry is without its document");

    take_back_the_rest(url, token, &credited).await;
    let checks = get(url, token, "/integrity/checks").await;
    assert_eq!(checks["ok"], true, "{checks}");
    let verified = post(&reqwest::Client::new(), url, token, "/integrity/verify", json!({})).await.unwrap();
    assert_eq!(verified["ok"], true, "{verified}");
    assert_eq!(server.stop(), 0, "it stops cleanly when asked");
}
