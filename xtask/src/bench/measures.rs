//! The measurements of one profile: the same for each, so that two columns can stand side by side.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::big_books::{Size, big_books};
use super::books::{self, Dates, Random};
use super::http::Connection;
use super::load::{Call, Measured, run};
use super::server::{Server, Site};
use super::table::Table;
use super::{Result, text};

/// Lines of the single large entry.
const LARGE_ENTRY_LINES: usize = 47_000;

/// Measures the release binary on a site with nothing in it yet.
pub fn measure(site: &Site<'_>, size: Size, duration: Duration, table: &mut Table) -> Result<()> {
    let bytes = std::fs::metadata(site.programs.server()).map_or(0, |data| data.len());
    let mib = bytes as f64 / 1_048_576.0;
    table.add("binary", format!("{mib:.1} MiB"), "< 40 MB", Some(bytes < 40_000_000));
    start_time(site, table)?;
    let server = text(Server::start(site))?;
    import(&server, &text(server.token())?, "accounts", "", books::accounts_csv().as_bytes())?;
    // A token lives for minutes, which a slow server may need for one of these.
    postings(&server, &text(server.token())?, duration, table)?;
    large_entry(&server, &text(server.token())?, table)?;
    reads(site, &server, &text(server.token())?, duration, table)?;
    big_books(&server, &text(server.token())?, size, table)
}

fn start_time(site: &Site<'_>, table: &mut Table) -> Result<()> {
    let first = text(Server::start(site))?.start;
    let again = text(Server::start(site))?;
    table.add("first start, empty folder", format!("{} ms", first.as_millis()), "", None);
    let ready = again.start;
    let met = Some(ready < Duration::from_millis(300));
    table.add("start to ready, migrated", format!("{} ms", ready.as_millis()), "< 300 ms", met);
    std::thread::sleep(Duration::from_secs(1));
    let memory = again.resident_mib();
    table.add("idle memory", format!("{memory:.1} MiB"), "< 40 MiB", Some(memory < 40.0));
    Ok(())
}

/// Uploads a file and waits for its end, whether it is answered at once or as a job.
pub fn import(server: &Server, token: &str, kind: &str, options: &str, csv: &[u8]) -> Result<()> {
    let mut connection = text(Connection::open(&server.address, token))?;
    let path = format!("/api/v1/imports?type={kind}{options}");
    let answer = text(connection.post(&path, "text/csv", csv))?;
    let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    if answer.status != 202 {
        return if answer.status < 300 { Ok(()) } else { Err(format!("import: {} {body}", answer.status)) };
    }
    let job = body["id"].as_str().unwrap_or_default().to_owned();
    loop {
        let answer = text(connection.get(&format!("/api/v1/jobs/{job}")))?;
        let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        match body["status"].as_str() {
            Some("succeeded") => return Ok(()),
            Some("queued" | "running") => std::thread::sleep(Duration::from_millis(20)),
            _ => return Err(format!("import job: {body}")),
        }
    }
}

pub fn post_entries(
    server: &Server,
    token: &str,
    clients: usize,
    duration: Duration,
    stop: &AtomicBool,
) -> Measured {
    let random: Vec<_> = (0..clients).map(|n| Mutex::new(Random::new(n as u64 * 7919 + 1))).collect();
    run(&server.address, token, clients, duration, stop, |client, _| Call {
        path: "/api/v1/journal-entries".to_owned(),
        body: Some(books::four_lines(&mut random[client].lock().unwrap_or_else(PoisonError::into_inner))),
    })
}

fn postings(server: &Server, token: &str, duration: Duration, table: &mut Table) -> Result<()> {
    // Fiscal years come with the first import.
    let csv = books::journal_csv(0, 100, 4, Dates::AtRandom);
    import(server, token, "journal-entries", "&post=true&createPeriods=true", csv.as_bytes())?;
    let never = AtomicBool::new(false);
    let shown = |m: &Measured| {
        let (rate, p50, p99) = (m.rate(), m.percentile_ms(500), m.percentile_ms(990));
        format!("{rate} (p50 {p50:.2} ms, p99 {p99:.2} ms)")
    };
    let one = post_entries(server, token, 1, duration, &never);
    table.add_load("durable 4-line postings, 1 client", &one, shown(&one), "", None);
    let p95 = one.percentile_ms(950);
    table.add("one posting alone, p95", format!("{p95:.2} ms"), "< 10 ms", Some(p95 < 10.0));
    let many = post_entries(server, token, 32, duration, &never);
    let met = Some(many.per_second() >= 5_000.0);
    table.add_load("durable 4-line postings, 32 clients", &many, shown(&many), ">= 5,000/s", met);
    Ok(())
}

fn large_entry(server: &Server, token: &str, table: &mut Table) -> Result<()> {
    let csv = books::journal_csv(5_000_000, 1, LARGE_ENTRY_LINES, Dates::AtRandom);
    let stop = AtomicBool::new(false);
    let (took, beside) = std::thread::scope(|scope| {
        let load = scope.spawn(|| post_entries(server, token, 8, Duration::from_secs(60), &stop));
        std::thread::sleep(Duration::from_secs(1));
        let began = Instant::now();
        let imported =
            import(server, token, "journal-entries", "&post=true&createPeriods=true", csv.as_bytes());
        let took = began.elapsed();
        std::thread::sleep(Duration::from_secs(1));
        stop.store(true, Ordering::Relaxed);
        let beside = load.join().map_err(|_| "the load thread panicked".to_owned())?;
        imported.map(|()| (took, beside))
    })?;
    let met = Some(took < Duration::from_secs(3));
    table.add("one 47,000-line entry", format!("{} ms", took.as_millis()), "< 3 s", met);
    let p99 = beside.percentile_ms(990);
    let max = beside.percentile_ms(1000);
    let shown = format!("p99 {p99:.1} ms, slowest {max:.0} ms");
    table.add_load("8 others posting meanwhile", &beside, shown, "p99 < 250 ms", Some(p99 < 250.0));
    Ok(())
}

/// An account to read again and again.
pub fn account_id(connection: &mut Connection) -> Result<String> {
    let answer = text(connection.get("/api/v1/accounts?limit=1&code=1100"))?;
    let list: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    list["items"][0]["id"].as_str().map(str::to_owned).ok_or_else(|| format!("no account: {list}"))
}

fn reads(site: &Site<'_>, server: &Server, token: &str, duration: Duration, table: &mut Table) -> Result<()> {
    const CLIENTS: usize = 16;
    let never = AtomicBool::new(false);
    let id = account_id(&mut text(Connection::open(&server.address, token))?)?;
    let bare = text(Server::start_bare(&site.programs.bare_route()))?;
    let route =
        run(&bare.address, "", CLIENTS, duration, &never, |_, _| Call { path: "/".to_owned(), body: None });
    let cached = run(&server.address, token, CLIENTS, duration, &never, |_, _| Call {
        path: format!("/api/v1/accounts/{id}"),
        body: None,
    });
    let uncached = run(&server.address, token, CLIENTS, duration, &never, |_, n| Call {
        path: format!("/api/v1/journal-entries?limit={}", 1 + n % 5),
        body: None,
    });
    let shown = Measured::rate;
    table.add_load("bare axum route", &route, shown(&route), "", None);
    let met = Some(cached.per_second() >= 25_000.0);
    table.add_load("cached single reads", &cached, shown(&cached), ">= 25,000/s", met);
    let part = cached.per_second() / route.per_second() * 100.0;
    table.add("cached reads of the bare route", format!("{part:.0} %"), ">= 60 %", Some(part >= 60.0));
    table.add_load("uncached reads (a short list)", &uncached, shown(&uncached), "", None);
    Ok(())
}
