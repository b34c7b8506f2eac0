//! Books of millions of lines: how fast they come in, and what they answer then.

use std::time::{Duration, Instant};

use super::books::Dates;
use super::http::Connection;
use super::measures::import;
use super::server::Server;
use super::table::{self, Table};
use super::{Result, books, text};

/// Lines of one import request while the books are generated; and on a server, some of which take the square of it.
pub const CHUNK_LINES: usize = 200_000;
pub const CLOUD_CHUNK_LINES: usize = 5_000;

/// How many lines the books have, and how many of them come with one request.
#[derive(Clone, Copy)]
pub struct Size {
    pub lines: usize,
    pub chunk: usize,
}

/// Lines of one entry.
const ENTRY_LINES: usize = 10;

/// Imports so many lines, then asks them for reports, a page and everything.
pub fn big_books(server: &Server, token: &str, size: Size, table: &mut Table) -> Result<()> {
    let Size { lines, chunk } = size;
    let mut books = Books { server, token, entry: 10_000_000, busy: Duration::ZERO };
    let mut done = 0;
    while done < lines {
        let next = chunk.min(lines - done);
        let part = |lines_done: usize| lines_done as f64 / lines as f64;
        done += books.import(next, Dates::InOrder { from: part(done), to: part(done + next) })?;
        if done % (5 * chunk) < chunk {
            table::progress(&format!(
                "… {done} lines, {:.0} lines/s",
                done as f64 / books.busy.as_secs_f64()
            ));
        }
    }
    let rate = done as f64 / books.busy.as_secs_f64();
    let what = format!("{rate:.0} lines/s over {done} lines");
    table.add("import, in order of date", what, ">= 50,000 lines/s", Some(rate >= 50_000.0));
    books.busy = Duration::ZERO;
    let more = books.import(chunk.min(lines), Dates::AtRandom)?;
    let rate = more as f64 / books.busy.as_secs_f64();
    table.add("import into these, dates at random", format!("{rate:.0} lines/s over {more} lines"), "", None);
    done += more;
    let mut connection = text(Connection::open(&server.address, token))?;
    let reports = [
        ("trial balance, big books", "/api/v1/reports/trial-balance?asOf=2025-0", "< 50 ms", 50.0),
        ("balance sheet, big books", "/api/v1/reports/balance-sheet?asOf=2025-0", "< 50 ms", 50.0),
        (
            "income statement, big books",
            "/api/v1/reports/income-statement?from=2025-01-01&to=2025-0",
            "< 50 ms",
            50.0,
        ),
    ];
    for (what, path, target, limit) in reports {
        // Other dates each time, so that no answer comes from the cache.
        let mut times = Vec::new();
        for n in 0..9 {
            let began = Instant::now();
            let answer = text(connection.get(&format!("{path}{}-{:02}", 1 + n % 9, 10 + n)))?;
            times.push(began.elapsed().as_secs_f64() * 1000.0);
            if answer.status != 200 {
                return Err(format!("{what}: {}", String::from_utf8_lossy(&answer.body)));
            }
        }
        times.sort_by(f64::total_cmp);
        table.add(
            what,
            format!("median {:.1} ms, worst {:.1} ms", times[4], times[8]),
            target,
            Some(times[4] < limit),
        );
    }
    ledger_page(&mut connection, table)?;
    let began = Instant::now();
    let answer = text(connection.get("/api/v1/exports/ledger?format=ndjson"))?;
    let rows = done as f64 / began.elapsed().as_secs_f64();
    let met = Some(rows >= 200_000.0 && answer.status == 200);
    table.add("full export (NDJSON)", format!("{rows:.0} lines/s"), ">= 200,000 rows/s", met);
    table.add("memory after all this", format!("{:.0} MiB", server.resident_mib()), "", None);
    Ok(())
}

/// Books that grow by imports.
struct Books<'a> {
    server: &'a Server,
    token: &'a str,
    entry: usize,
    busy: Duration,
}

impl Books<'_> {
    /// Imports about so many lines and answers how many they were.
    fn import(&mut self, lines: usize, dates: Dates) -> Result<usize> {
        let entries = lines.div_ceil(ENTRY_LINES).max(1);
        let csv = books::journal_csv(self.entry, entries, ENTRY_LINES, dates);
        let began = Instant::now();
        let options = "&post=true&createPeriods=true";
        import(self.server, self.token, "journal-entries", options, csv.as_bytes())?;
        self.busy += began.elapsed();
        self.entry += entries;
        Ok(entries * ENTRY_LINES)
    }
}

fn ledger_page(connection: &mut Connection, table: &mut Table) -> Result<()> {
    let answer = text(connection.get("/api/v1/accounts?limit=9"))?;
    let list: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let mut times = Vec::new();
    for account in list["items"].as_array().into_iter().flatten() {
        let path =
            format!("/api/v1/accounts/{}/ledger?from=2020-01-01", account["id"].as_str().unwrap_or_default());
        let began = Instant::now();
        let answer = text(connection.get(&path))?;
        times.push(began.elapsed().as_secs_f64() * 1000.0);
        if answer.status != 200 {
            return Err(format!("{path}: {}", String::from_utf8_lossy(&answer.body)));
        }
    }
    times.sort_by(f64::total_cmp);
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    table.add(
        "ledger of an account, first page",
        format!("median {median:.1} ms"),
        "< 20 ms",
        Some(median < 20.0),
    );
    Ok(())
}
