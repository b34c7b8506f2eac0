//! How often each operation asks the database, on either engine. A budget is what was measured when it was last looked
//! at: an operation that asks more has to say why. Everything is measured warm, on the second call, with other data.

mod documents;

use std::future::Future;
use std::time::Duration;

use axum::body::Body;
use infrastructure::sql::dialect::Dialect;
use serde_json::{Value, json};
use testkit::world::{PASSWORD, encode, entry};
use testkit::{TenantKit, World};

/// Operation, statements on SQLite, round trips on SQL Server. Operations that differ in their rows alone share a line. What
/// changes something and posts nothing asks for the end of the audit log's chain before its commit, in a round trip of its
/// own; a posting learns it with its number.
const BUDGETS: &[(&str, u64, u64)] = &[
    ("sign in", 10, 7),
    ("read who I am", 3, 3),
    ("list accounts", 1, 1),
    ("list accounts with their count", 2, 2),
    ("list journal entries", 2, 2),
    ("list journal entries with their lines", 3, 3),
    ("read an entry", 3, 2),
    ("trial balance", 5, 3),
    ("balance sheet", 5, 3),
    ("statement by layout", 6, 4),
    ("lines of a figure, a page", 6, 4),
    ("general ledger, a page", 6, 4),
    ("ledger of an account, a page", 5, 5),
    ("events, a page", 2, 2),
    ("create a draft", 5, 4),
    ("change a draft", 8, 5),
    ("post a draft", 14, 4),
    ("delete a draft", 10, 6),
    ("create and post", 10, 4),
    ("create and post under a key", 12, 4),
    ("reverse", 14, 5),
    ("batch of 10 postings", 100, 40),
    ("atomic batch of 10 postings", 100, 13),
    // Three of them ask again whether the caller may still do it, one how the values of dimensions lie, and three find out
    // whether the same entries came before and note that they have come now.
    ("import and post", 23, 17),
    ("run a recurring entry", 7, 5),
    ("close a period", 6, 9),
    // An account, a series, a tax code or a rule each takes a few statements of its own, the chart as a whole.
    ("set up by the template", 315, 315),
    // Items with their units, lists, prices.
    ("quote prices", 3, 3),
    ("save prices", 12, 9),
    // Documents and what settles them (R129).
    ("post an invoice", 21, 10),
    ("credit lines of an invoice", 40, 26),
    ("deduct prepayments", 23, 13),
    ("receive money for invoices", 25, 13),
    ("reverse a receipt with its allocations", 35, 16),
    ("reverse a note", 45, 30),
    ("allocate pairs", 8, 5),
    ("match payments by a rule", 9, 6),
    ("undo an allocation", 10, 7),
    ("receivables ageing", 6, 4),
    ("list invoices", 2, 2),
    ("prepare a VAT return", 11, 10),
];

struct Measured {
    world: World,
    tenant: TenantKit,
    over: Vec<String>,
}

/// A world in which nothing is read again at moments of its own.
async fn warm() -> World {
    // A Redis that answers late, or a remembered right whose time is over on a slow machine, would have things read
    // again at moments of its own.
    let settings = [
        ("Bootstrap:Template", "empty"),
        ("ConnectionStrings:Redis", "memory://"),
        ("Cache:Ttl:Reference", "86400"),
        ("Cache:Ttl:Transactional", "86400"),
    ];
    World::with(&settings).await
}

impl Measured {
    async fn new() -> Self {
        let world = warm().await;
        let tenant = world.tenant("acme", "SAR", "empty").await;
        tenant.accounts(&[("1000", "asset"), ("2000", "liability"), ("4000", "income")]).await;
        Self { world, tenant, over: Vec::new() }
    }

    /// Runs the operation and notes where it asks more than its budget.
    async fn within<T>(&mut self, operation: &str, rows: usize, run: impl Future<Output = T>) -> T {
        let database = &self.world.parts.database;
        let (_, statements, round_trips) =
            BUDGETS.iter().find(|(name, ..)| *name == operation).unwrap_or_else(|| panic!("{operation}"));
        let before = database.asked();
        let answer = run.await;
        let asked = database.asked().since(before);
        let (what, budget, used) = match database.dialect() {
            Dialect::Sqlite => ("statements", *statements, asked.statements),
            Dialect::SqlServer => ("round trips", *round_trips, asked.round_trips),
        };
        if used > budget {
            self.over.push(format!("{operation} ({rows} rows): {used} {what} instead of {budget}"));
        }
        answer
    }

    fn end(self) {
        assert!(self.over.is_empty(), "over budget:\n{}", self.over.join("\n"));
    }

    /// A page of `path` with other rows each time, so that no remembered answer is given.
    async fn pages(&mut self, operation: &str, path: &str) {
        let client = self.tenant.client.clone();
        let separator = if path.contains('?') { '&' } else { '?' };
        let page = |rows: usize| client.get_page(format!("{path}{separator}limit={rows}"));
        page(1).await;
        for rows in [2, 12] {
            self.within(operation, rows, page(rows)).await;
        }
    }
}

/// Reads that must succeed.
trait Reads {
    async fn get_page(&self, path: String) -> Value;
}

impl Reads for testkit::Client {
    async fn get_page(&self, path: String) -> Value {
        self.get(&path).await.ok()
    }
}

fn sale(day: usize, pairs: usize, post: bool) -> Value {
    let lines: Vec<_> = (0..pairs).flat_map(|_| [("1000", "1", ""), ("4000", "", "1")]).collect();
    entry(&format!("2026-03-{day:02}"), &lines, post)
}

/// A draft's path and version.
async fn draft(tenant: &TenantKit, day: usize, pairs: usize) -> (String, String) {
    let made = tenant.client.post("/journal-entries", sale(day, pairs, false)).await.expect(201);
    (format!("/journal-entries/{}", made.json()["id"].as_str().unwrap()), made.etag())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_ask_within_their_budgets() {
    let mut books = Measured::new().await;
    let client = books.tenant.client.clone();
    let more: Vec<_> = (0..12).map(|n| (format!("5{n:03}"), "expense")).collect();
    books.tenant.accounts(&more.iter().map(|(code, kind)| (code.as_str(), *kind)).collect::<Vec<_>>()).await;
    for n in 1..=12 {
        client.post("/journal-entries", sale(n, 2, true)).await.expect(201);
    }

    let form =
        format!("grant_type=password&username={}&password={}", encode(&books.tenant.email), encode(PASSWORD));
    let headers = ["Content-Type: application/x-www-form-urlencoded"];
    let anonymous = books.world.anonymous();
    let sign_in = || anonymous.call("POST", "/auth/token", &headers, Body::from(form.clone()));
    sign_in().await.expect(200);
    let token = books.within("sign in", 1, sign_in()).await.ok();
    let client_of_new_session = books.world.bearer(token["access_token"].as_str().unwrap());
    client_of_new_session.get("/me").await.ok();
    books.within("read who I am", 1, client_of_new_session.get("/me")).await.ok();

    books.pages("list accounts", "/accounts").await;
    books.pages("list accounts with their count", "/accounts?count=exact").await;
    books.pages("list journal entries", "/journal-entries").await;
    books.pages("list journal entries with their lines", "/journal-entries?expand=lines").await;
    books.pages("general ledger, a page", "/reports/general-ledger?from=2026-01-01&to=2026-12-31").await;
    books.pages("events, a page", "/events").await;
    let account = client.get("/accounts?code=1000").await.ok()["items"][0]["id"].as_str().unwrap().to_owned();
    books
        .pages(
            "ledger of an account, a page",
            &format!("/accounts/{account}/ledger?from=2026-01-01&to=2026-12-31"),
        )
        .await;

    let entries = client.get("/journal-entries?limit=3").await.ok();
    let path = |n: usize| format!("/journal-entries/{}", entries["items"][n]["id"].as_str().unwrap());
    client.get(&path(0)).await.ok();
    books.within("read an entry", 4, client.get(&path(1))).await.ok();
    let long = client.post("/journal-entries", sale(9, 100, true)).await.expect(201).json();
    let long = format!("/journal-entries/{}", long["id"].as_str().unwrap());
    books.within("read an entry", 200, client.get(&long)).await.ok();

    client.get("/reports/trial-balance?from=2026-01-01&to=2026-02-28").await.ok();
    books
        .within("trial balance", 15, client.get("/reports/trial-balance?from=2026-01-01&to=2026-03-17"))
        .await
        .ok();
    client.get("/reports/balance-sheet?asOf=2026-02-28").await.ok();
    books.within("balance sheet", 15, client.get("/reports/balance-sheet?asOf=2026-03-17")).await.ok();
    let rows = json!([{ "code": "ALL", "name": { "en": "All" }, "accountTypes": ["income", "expense"] }]);
    let layout = json!({ "code": "ALL", "name": { "en": "All" }, "kind": "income_statement", "rows": rows });
    client.post("/report-layouts", layout).await.expect(201);
    let statement =
        |query: &str| client.get_page(format!("/reports/statement?layout=ALL&to=2026-12-31{query}"));
    statement("").await;
    for (columns, query) in [(2, "&compare=previous-year"), (13, "&from=2026-01-01&columns=month")] {
        books.within("statement by layout", columns, statement(query)).await;
    }
    books
        .pages("lines of a figure, a page", "/reports/statement-lines?layout=ALL&row=ALL&to=2026-12-31")
        .await;
    books.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn entries_ask_within_their_budgets_however_many_lines_they_have() {
    let mut books = Measured::new().await;
    let tenant = books.tenant.clone();
    let client = tenant.client.clone();
    let create = |day, pairs, post| client.post("/journal-entries", sale(day, pairs, post));
    let under_key = async |day: usize, pairs: usize| {
        let headers = [format!("Idempotency-Key: {day}-{pairs}")];
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        client.call("POST", "/journal-entries", &headers, sale(day, pairs, true).to_string()).await
    };
    let why = json!({ "postingDate": "2026-03-20", "reason": "A mistake" });
    // The first round only warms what is remembered.
    for (n, pairs) in [1, 1, 100].into_iter().enumerate() {
        let (day, rows) = (1 + n, pairs * 2);
        if n == 1 {
            books.over.clear();
        }
        books.within("create a draft", rows, create(day, pairs, false)).await.expect(201);
        books.within("create and post", rows, create(day, pairs, true)).await.expect(201);
        books.within("create and post under a key", rows, under_key(day, pairs)).await.expect(201);

        let (path, etag) = draft(&tenant, day, pairs).await;
        let lines = sale(day, pairs, false)["lines"].clone();
        let change = json!({ "description": "Changed", "lines": lines });
        let changed = client.with_etag("PATCH", &path, &etag, change.clone());
        let changed = books.within("change a draft", rows, changed).await.expect(200);
        let post = format!("{path}/post");
        let etag = changed.etag();
        let posted = client.with_etag("POST", &post, &etag, Value::Null);
        let posted = books.within("post a draft", rows, posted).await.expect(200);
        let reverse = format!("{path}/reverse");
        let etag = posted.etag();
        let reversed = client.with_etag("POST", &reverse, &etag, why.clone());
        books.within("reverse", rows, reversed).await.expect(201);

        let (path, etag) = draft(&tenant, day, pairs).await;
        let deleted = client.with_etag("DELETE", &path, &etag, Value::Null);
        books.within("delete a draft", rows, deleted).await.expect(204);
    }
    books.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bulk_work_asks_within_its_budgets_however_much_it_is() {
    let mut books = Measured::new().await;
    let tenant = books.tenant.clone();
    let client = tenant.client.clone();
    // The look whether a long import has ended must not be counted.
    let beside = match books.world.parts.database.dialect() {
        Dialect::SqlServer => Some(books.world.beside().await.bearer(&client.token().unwrap())),
        Dialect::Sqlite => None,
    };
    let import = |day: usize, entries: usize| {
        let mut rows = "entry,date,account,debit,credit\n".to_owned();
        for n in 1..=entries {
            rows.push_str(&format!("{n},2026-03-{day:02},1000,5,\n{n},2026-03-{day:02},4000,,5\n"));
        }
        let path = "/imports?type=journal-entries&post=true";
        let (client, beside) = (client.clone(), beside.clone());
        async move {
            let answer = client.call("POST", path, &["Content-Type: text/csv"], rows).await;
            if answer.status != 202 {
                return drop(answer.expect(200));
            }
            let (job, beside) = (answer.header("location").to_owned(), beside.unwrap());
            let mut status = json!("running");
            while status == "running" {
                tokio::time::sleep(Duration::from_millis(200)).await;
                status = beside.get(&job).await.ok()["status"].clone();
            }
            assert_eq!(status, "succeeded");
        }
    };
    for entries in [1, 2] {
        import(1, entries).await;
    }
    for (day, entries) in [(2, 5), (3, 100)] {
        books.within("import and post", entries, import(day, entries)).await;
    }

    let batch = |day: usize, pairs: usize, atomic: bool| {
        let one =
            json!({ "method": "POST", "path": "/api/v1/journal-entries", "body": sale(day, pairs, true) });
        client.post("/batch", json!({ "atomic": atomic, "items": vec![one; 10] }))
    };
    for (operation, atomic) in [("batch of 10 postings", false), ("atomic batch of 10 postings", true)] {
        batch(4, 1, atomic).await.ok();
        for (day, pairs) in [(5, 1), (6, 20)] {
            let answer = books.within(operation, pairs * 20, batch(day, pairs, atomic)).await.ok();
            assert_eq!(answer["succeeded"], json!(10), "{answer}");
        }
    }

    books.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recurring_entries_and_closing_ask_within_their_budgets() {
    let mut books = Measured::new().await;
    let client = books.tenant.client.clone();
    for (code, pairs) in [("WARM", 1), ("RENT", 1), ("LONG", 100)] {
        let body = json!({
            "code": code, "name": { "en": code }, "startDate": "2026-03-01",
            "schedule": { "frequency": "monthly", "dayOfMonth": 1, "interval": 1 },
            "lines": sale(1, pairs, false)["lines"],
        });
        let made = client.post("/recurring-entries", body).await.expect(201).json();
        let path = format!("/recurring-entries/{}/run", made["id"].as_str().unwrap());
        let run = client.with_etag("POST", &path, "*", json!({}));
        if code == "WARM" {
            run.await.ok();
            continue;
        }
        books.within("run a recurring entry", pairs * 2, run).await.ok();
    }

    let periods = client.get("/fiscal-periods?kind=regular&sort=start").await.ok();
    for (n, period) in periods["items"].as_array().unwrap().iter().take(2).enumerate() {
        let path = format!("/fiscal-periods/{}", period["id"].as_str().unwrap());
        let etag = client.get(&path).await.etag();
        let close = format!("{path}/close");
        let closing = client.with_etag("POST", &close, &etag, Value::Null);
        if n == 0 {
            closing.await.expect(200);
        } else {
            books.within("close a period", 1, closing).await.expect(200);
        }
    }
    books.end();
}

/// Prices are looked up, and kept, in as many statements for hundreds of items as for one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ledger_is_set_up_within_its_budget() {
    let mut books = Measured::new().await;
    let tenant = books.world.tenant("fresh", "SAR", "empty").await;
    let setup = tenant.client.post("/tenants/current/setup", json!({ "template": "sa-standard" }));
    let summary = books.within("set up by the template", 1, setup).await.expect(200).json();
    assert!(summary["accounts"].as_u64().unwrap() > 100, "{summary}");
    books.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prices_ask_as_often_for_many_items_as_for_one() {
    let mut books = Measured::new().await;
    let client = books.tenant.client.clone();
    let named = |code: &str| json!({ "code": code, "name": { "en": code } });
    let mut unit = named("PCE");
    unit["uneceCode"] = json!("H87");
    client.post("/units", unit).await.expect(201);
    client.post("/item-categories", named("GOODS")).await.expect(201);
    let mut list = named("STANDARD");
    (list["currency"], list["isDefault"]) = (json!("SAR"), json!(true));
    let list = client.post("/price-lists", list).await.expect(201).json()["id"].clone();
    for n in 0..40 {
        let mut item = named(&format!("P-{n}"));
        let members =
            [("kind", "stock"), ("categoryCode", "GOODS"), ("baseUnitCode", "PCE"), ("salesPrice", "1")];
        members.iter().for_each(|(member, value)| item[member] = json!(value));
        client.post("/items", item).await.expect(201);
    }
    let bulk = format!("/price-lists/{}/prices/bulk", list.as_str().unwrap());
    let prices = |count: usize, from: &str| {
        let price = |n| json!({ "itemCode": format!("P-{n}"), "unitCode": "PCE", "validFrom": from, "validTo": from, "price": "2" });
        json!({ "items": (0..count).map(price).collect::<Vec<_>>() })
    };
    client.post(&bulk, prices(1, "2026-03-01")).await.ok();
    for (rows, day) in [(1, "2026-03-02"), (40, "2026-03-03")] {
        books.within("save prices", rows, client.post(&bulk, prices(rows, day))).await.ok();
    }
    let quote = |count: usize| {
        let line = |n| json!({ "itemCode": format!("P-{n}"), "quantity": "3" });
        json!({ "currency": "SAR", "date": "2026-03-02", "lines": (0..count).map(line).collect::<Vec<_>>() })
    };
    client.post("/price-quotes", quote(1)).await.ok();
    for rows in [1, 40] {
        books.within("quote prices", rows, client.post("/price-quotes", quote(rows))).await.ok();
    }
    books.end();
}
