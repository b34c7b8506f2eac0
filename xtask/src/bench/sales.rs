//! Sales of a company with VAT: invoices of any size, many clients at once, what pays them, ageing and the VAT return. They
//! take a server of their own, whose tenant has the Saudi chart.

use std::fmt::Write;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::http::{Answer, Connection};
use super::load::{Call, Measured, run};
use super::measures::import;
use super::server::{Server, Site};
use super::table::Table;
use super::{Result, text};

/// Lines of the invoices that many clients post.
const SHORT: usize = 10;
/// Longer ones, with the time they may take.
const LONG: [(&str, usize, &str, u64); 3] = [
    ("invoice of 200 lines", 200, "< 60 ms", 60),
    ("invoice of 1,000 lines", 1_000, "< 300 ms", 300),
    ("invoice of 10,000 lines", 10_000, "< 3 s", 3_000),
];
const CLIENTS: usize = 32;
/// Invoices of one file.
const FILE_INVOICES: usize = 10_000;
/// Invoices that one receipt pays.
const PAID_AT_ONCE: usize = 800;
/// The most pairs that one request may allocate.
const PAIRS: usize = 10_000;
const LIST_PAGE: usize = 1_000;

/// Invoices that are open when ageing is asked for; a hundredth of the lines of the big books, at most 100,000.
fn open_invoices(lines: usize) -> usize {
    (lines / 100).clamp(1_000, 100_000)
}

pub fn measure(site: &Site<'_>, lines: usize, duration: Duration, table: &mut Table) -> Result<()> {
    let mut settings = site.settings.clone();
    settings.push(("Bootstrap__Currency", "SAR".to_owned()));
    settings.push(("Bootstrap__Template", "sa-standard".to_owned()));
    let site = Site { programs: site.programs, folder: site.folder.join("sales"), settings };
    let server = text(Server::start(&site))?;
    let token = || text(server.token());
    let day = prepare(&mut text(Connection::open(&server.address, &token()?))?)?;
    invoices(&server, &token()?, duration, table)?;
    long_invoices(&mut text(Connection::open(&server.address, &token()?))?, table)?;
    // A token lives for minutes, which a slow server may need for one of these.
    payments(&Files { server: &server, token: token()?, day: &day }, table)?;
    many_open(&Files { server: &server, token: token()?, day: &day }, open_invoices(lines), table)
}

/// Invoices that come by file.
struct Files<'a> {
    server: &'a Server,
    token: String,
    day: &'a str,
}

/// The seller and its customers. Answers the server's day, which one invoice tells.
fn prepare(connection: &mut Connection) -> Result<String> {
    let profile = json!({ "vatNumber": "399999999900003" }).to_string();
    ok(text(connection.patch("/api/v1/company-profile", profile.as_bytes()))?)?;
    for code in ["MANY", "PAID", "PAIRS", "OPEN"] {
        let customer = json!({
            "code": code, "name": { "en": code }, "kind": "company", "customer": {},
            "addresses": [{
                "roles": ["legal"], "country": "SA", "street": { "ar": "طريق الملك فهد" }, "buildingNumber": "1234",
                "district": { "ar": "العليا" }, "city": { "ar": "الرياض" }, "postalCode": "12211",
            }],
        });
        post(connection, "/api/v1/parties", &customer)?;
    }
    let first = post(connection, "/api/v1/sales-invoices", &invoice("MANY", 1))?;
    first["documentDate"]
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| format!("an invoice without a date: {first}"))
}

fn invoice(party: &str, lines: usize) -> Value {
    let line = |n: usize| json!({ "description": "Work", "quantity": format!("{}", 1 + n % 7), "unitPrice": format!("{}.35", 10 + n % 90), "taxCode": "S15" });
    json!({ "partyCode": party, "lines": (0..lines).map(line).collect::<Vec<_>>(), "post": true })
}

fn invoices(server: &Server, token: &str, duration: Duration, table: &mut Table) -> Result<()> {
    let never = AtomicBool::new(false);
    let body = invoice("MANY", SHORT).to_string();
    let call = |_, _| Call { path: "/api/v1/sales-invoices".to_owned(), body: Some(body.clone()) };
    let one = run(&server.address, token, 1, duration, &never, call);
    let p95 = one.percentile_ms(950);
    let shown = |load: &Measured| {
        format!(
            "{} (p50 {:.2} ms, p99 {:.2} ms)",
            load.rate(),
            load.percentile_ms(500),
            load.percentile_ms(990)
        )
    };
    table.add_load("10-line invoices, 1 client", &one, shown(&one), "p95 < 15 ms", Some(p95 < 15.0));
    let many = run(&server.address, token, CLIENTS, duration, &never, call);
    let met = Some(many.per_second() >= 600.0);
    table.add_load("10-line invoices, 32 clients", &many, shown(&many), ">= 600/s", met);
    Ok(())
}

fn long_invoices(connection: &mut Connection, table: &mut Table) -> Result<()> {
    for (what, lines, target, limit) in LONG {
        let body = invoice("MANY", lines);
        let took = best_of(3, || post(connection, "/api/v1/sales-invoices", &body).map(drop))?;
        add(table, what, took, target, limit);
    }
    Ok(())
}

/// 800 invoices and the receipt that pays them all; then 10,000 allocations in one request.
fn payments(files: &Files<'_>, table: &mut Table) -> Result<()> {
    let mut connection = files.connection()?;
    files.import("PAID", PAID_AT_ONCE)?;
    let paid = ids(&mut connection, "/api/v1/sales-invoices?partyCode=PAID", PAID_AT_ONCE)?;
    let allocations: Vec<Value> = paid.iter().map(|id| json!({ "documentId": id })).collect();
    let amount = format!("{}.00", PAID_AT_ONCE * 115);
    let receipt = json!({ "partyCode": "PAID", "amount": amount, "allocations": allocations, "post": true });
    let took = best_of(1, || post(&mut connection, "/api/v1/receipts", &receipt).map(drop))?;
    add(table, "800 invoices paid by one receipt", took, "< 100 ms", 100);

    files.import("PAIRS", PAIRS)?;
    let receipt = json!({ "partyCode": "PAIRS", "amount": format!("{}.00", PAIRS * 115), "post": true });
    let receipt = post(&mut connection, "/api/v1/receipts", &receipt)?;
    let entry = receipt["journalEntryId"].as_str().unwrap_or_default();
    let credit = ids_of(&mut connection, &format!("/api/v1/open-items?entryId={entry}"))?;
    let credit = credit.first().ok_or("the receipt has no open item")?.clone();
    let debits = ids(&mut connection, "/api/v1/open-items?party=PAIRS&settledOn[isNull]=true", PAIRS + 1)?;
    let pair = |debit: &Value| json!({ "debitItemId": debit, "creditItemId": credit });
    let pairs: Vec<Value> = debits.iter().filter(|id| **id != credit).map(pair).collect();
    let body = json!({ "pairs": pairs });
    let took = best_of(1, || post(&mut connection, "/api/v1/allocations", &body).map(drop))?;
    add(table, "10,000 pairs allocated", took, "< 1 s", 1_000);
    Ok(())
}

/// Reports over many open invoices that came by file.
fn many_open(files: &Files<'_>, count: usize, table: &mut Table) -> Result<()> {
    let began = Instant::now();
    files.import("OPEN", count)?;
    let rate = count as f64 / began.elapsed().as_secs_f64();
    let shown = format!("{rate:.0}/s over {count} invoices of one line");
    table.add("import of invoices", shown, ">= 20,000 lines/s", Some(rate >= 20_000.0));
    let mut connection = files.connection()?;
    let mut ask = |path: String| -> Result<()> { ok(text(connection.get(&path))?).map(drop) };
    // Another day each time, so that no answer comes from the cache.
    let mut day = 0;
    let took = best_of(5, || {
        day += 1;
        ask(format!("/api/v1/reports/receivables-ageing?asOf=2099-01-{day:02}"))
    })?;
    table.add("open invoices that were aged", count.to_string(), "", None);
    add(table, "ageing of them", took, "< 200 ms", 200);
    let took =
        best_of(5, || ask("/api/v1/open-items?party=OPEN&settledOn[isNull]=true&limit=100".to_owned()))?;
    add(table, "a page of open items", took, "< 20 ms", 20);
    // All of them lie on the server's day. An earlier month may belong to a return that the demonstration tenant has filed.
    let month = files.day.get(..7).unwrap_or_default();
    let body = json!({ "from": format!("{month}-01"), "to": files.day });
    let took = best_of(3, || post(&mut connection, "/api/v1/vat-returns?dryRun=true", &body).map(drop))?;
    add(table, "VAT return of all of it, prepared", took, "< 100 ms", 100);
    Ok(())
}

impl Files<'_> {
    fn connection(&self) -> Result<Connection> {
        text(Connection::open(&self.server.address, &self.token))
    }

    /// Invoices of one line of 100.00 with VAT each.
    fn import(&self, party: &str, count: usize) -> Result<()> {
        let mut done = 0;
        while done < count {
            let mut csv = String::from("document,party,date,description,quantity,unit_price,tax_code\n");
            for n in done..count.min(done + FILE_INVOICES) {
                // A string takes whatever is written.
                let _ = writeln!(csv, "{party}-{n},{party},{},Work,1,100.00,S15", self.day);
            }
            import(self.server, &self.token, "invoices", "&post=true", csv.as_bytes())?;
            done += FILE_INVOICES;
        }
        Ok(())
    }
}

/// Every id of a list.
fn ids(connection: &mut Connection, path: &str, count: usize) -> Result<Vec<Value>> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    while all.len() < count {
        let answer = ok(text(connection.get(&format!("{path}&limit={LIST_PAGE}{cursor}")))?)?;
        all.extend(of_items(&answer));
        let Some(next) = answer["nextCursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    Ok(all)
}

fn ids_of(connection: &mut Connection, path: &str) -> Result<Vec<Value>> {
    Ok(of_items(&ok(text(connection.get(path))?)?))
}

fn of_items(list: &Value) -> Vec<Value> {
    list["items"].as_array().into_iter().flatten().map(|item| item["id"].clone()).collect()
}

fn post(connection: &mut Connection, path: &str, body: &Value) -> Result<Value> {
    ok(text(connection.post(path, "application/json", body.to_string().as_bytes()))?)
}

fn ok(answer: Answer) -> Result<Value> {
    if answer.status >= 300 {
        let body: String = String::from_utf8_lossy(&answer.body).chars().take(500).collect();
        return Err(format!("sales: {} {body}", answer.status));
    }
    Ok(serde_json::from_slice(&answer.body).unwrap_or_default())
}

/// The shortest of so many tries: what else the machine did is not the program's.
fn best_of(tries: usize, mut once: impl FnMut() -> Result<()>) -> Result<Duration> {
    let mut best = Duration::MAX;
    for _ in 0..tries {
        let began = Instant::now();
        once()?;
        best = best.min(began.elapsed());
    }
    Ok(best)
}

fn add(table: &mut Table, what: &'static str, took: Duration, target: &'static str, limit: u64) {
    let met = Some(took < Duration::from_millis(limit));
    table.add(what, format!("{:.1} ms", took.as_secs_f64() * 1000.0), target, met);
}
