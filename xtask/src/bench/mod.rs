//! `cargo xtask bench`: the targets of performance.md measured in one run on one machine, server and load together.

mod big_books;
mod books;
mod http;
mod load;
mod server;
mod table;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use self::big_books::big_books;
use self::books::{Dates, Random};
use self::http::Connection;
use self::load::{Call, Measured, run};
use self::server::Server;
use self::table::Table;

/// How a bench is run.
#[derive(clap::Args)]
pub struct Options {
    /// Lines of the generated books
    #[arg(long, default_value_t = 10_000_000)]
    lines: usize,
    /// Seconds of each load
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// One JSON object a line instead of a table
    #[arg(long)]
    json: bool,
}

/// Lines of the single large entry.
const LARGE_ENTRY_LINES: usize = 47_000;

type Result<T> = std::result::Result<T, String>;

pub fn bench(options: &Options) -> Result<String> {
    let (binary, bare) = build()?;
    let folder = std::env::temp_dir().join(format!("erp-bench-{}", std::process::id()));
    let mut table = Table::default();
    let result = measure(options, &binary, &bare, &folder, &mut table);
    let _ = std::fs::remove_dir_all(&folder);
    result?;
    Ok(if options.json { table.json_lines() } else { table.markdown() })
}

fn build() -> Result<(PathBuf, PathBuf)> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let arguments = ["build", "--release", "-p", "erp-api", "--bins", "--example", "bare_route"];
    let status = Command::new(cargo).args(arguments).status().map_err(|error| error.to_string())?;
    if !status.success() {
        return Err("the release build failed".to_owned());
    }
    let target = std::env::var("CARGO_TARGET_DIR").map_or_else(|_| PathBuf::from("target"), PathBuf::from);
    let target = std::path::absolute(target).map_err(|error| error.to_string())?;
    Ok((target.join("release/erp-api"), target.join("release/examples/bare_route")))
}

fn text<T>(result: std::io::Result<T>) -> Result<T> {
    result.map_err(|error| error.to_string())
}

fn measure(options: &Options, binary: &Path, bare: &Path, folder: &Path, table: &mut Table) -> Result<()> {
    let duration = Duration::from_secs(options.seconds);
    let bytes = std::fs::metadata(binary).map_or(0, |data| data.len());
    let mib = bytes as f64 / 1_048_576.0;
    table.add("binary", format!("{mib:.1} MiB"), "< 40 MB", Some(bytes < 40_000_000));
    start_time(binary, folder, table)?;
    let server = text(Server::start(binary, &folder.join("books")))?;
    let token = text(server.token())?;
    import(&server, &token, "accounts", "", books::accounts_csv().as_bytes())?;
    postings(&server, &token, duration, table)?;
    large_entry(&server, &token, table)?;
    reads(&server, &token, bare, duration, table)?;
    big_books(&server, &token, options.lines, table)?;
    Ok(())
}

fn start_time(binary: &Path, folder: &Path, table: &mut Table) -> Result<()> {
    let data = folder.join("start");
    let first = text(Server::start(binary, &data))?.start;
    let again = text(Server::start(binary, &data))?;
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
fn import(server: &Server, token: &str, kind: &str, options: &str, csv: &[u8]) -> Result<()> {
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

fn post_entries(
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

fn sound(measured: &Measured) -> Result<()> {
    match &measured.first_failure {
        Some(failure) => Err(format!("{} requests failed, first: {failure}", measured.failures)),
        None => Ok(()),
    }
}

fn postings(server: &Server, token: &str, duration: Duration, table: &mut Table) -> Result<()> {
    // Fiscal years come with the first import.
    let csv = books::journal_csv(0, 100, 4, Dates::AtRandom);
    import(server, token, "journal-entries", "&post=true&createPeriods=true", csv.as_bytes())?;
    let never = AtomicBool::new(false);
    let one = post_entries(server, token, 1, duration, &never);
    sound(&one)?;
    let shown = |m: &Measured| {
        let (rate, p50, p99) = (m.per_second(), m.percentile_ms(500), m.percentile_ms(990));
        format!("{rate:.0}/s (p50 {p50:.2} ms, p99 {p99:.2} ms)")
    };
    table.add("durable 4-line postings, 1 client", shown(&one), "", None);
    let p95 = one.percentile_ms(950);
    table.add("one posting alone, p95", format!("{p95:.2} ms"), "< 10 ms", Some(p95 < 10.0));
    let many = post_entries(server, token, 32, duration, &never);
    sound(&many)?;
    let met = Some(many.per_second() >= 5_000.0);
    table.add("durable 4-line postings, 32 clients", shown(&many), ">= 5,000/s", met);
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
    sound(&beside)?;
    let met = Some(took < Duration::from_secs(3));
    table.add("one 47,000-line entry", format!("{} ms", took.as_millis()), "< 3 s", met);
    let p99 = beside.percentile_ms(990);
    let max = beside.percentile_ms(1000);
    let shown = format!("p99 {p99:.1} ms, slowest {max:.0} ms");
    table.add("8 others posting meanwhile", shown, "p99 < 250 ms", Some(p99 < 250.0));
    Ok(())
}

fn reads(server: &Server, token: &str, bare: &Path, duration: Duration, table: &mut Table) -> Result<()> {
    const CLIENTS: usize = 16;
    let never = AtomicBool::new(false);
    let mut connection = text(Connection::open(&server.address, token))?;
    let answer = text(connection.get("/api/v1/accounts?limit=1&code=1100"))?;
    let list: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let id = list["items"][0]["id"].as_str().ok_or_else(|| format!("no account: {list}"))?.to_owned();
    let bare = text(Server::start_bare(bare))?;
    let route =
        run(&bare.address, "", CLIENTS, duration, &never, |_, _| Call { path: "/".to_owned(), body: None });
    sound(&route)?;
    let cached = run(&server.address, token, CLIENTS, duration, &never, |_, _| Call {
        path: format!("/api/v1/accounts/{id}"),
        body: None,
    });
    sound(&cached)?;
    let uncached = run(&server.address, token, CLIENTS, duration, &never, |_, n| Call {
        path: format!("/api/v1/journal-entries?limit={}", 1 + n % 5),
        body: None,
    });
    sound(&uncached)?;
    table.add("bare axum route", format!("{:.0}/s", route.per_second()), "", None);
    let met = Some(cached.per_second() >= 25_000.0);
    table.add("cached single reads", format!("{:.0}/s", cached.per_second()), ">= 25,000/s", met);
    let part = cached.per_second() / route.per_second() * 100.0;
    table.add("cached reads of the bare route", format!("{part:.0} %"), ">= 60 %", Some(part >= 60.0));
    table.add("uncached reads (a short list)", format!("{:.0}/s", uncached.per_second()), "", None);
    Ok(())
}
