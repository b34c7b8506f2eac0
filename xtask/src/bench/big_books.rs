//! Books of millions of lines: how fast they come in, and what they answer then.

use std::time::{Duration, Instant};

use super::http::Connection;
use super::server::Server;
use super::table::{self, Table};
use super::{Result, books, import, text};

/// Lines of one import request while the books are generated.
const CHUNK_LINES: usize = 200_000;

/// Imports so many lines, then asks them for reports, a page and everything.
pub fn big_books(server: &Server, token: &str, lines: usize, table: &mut Table) -> Result<()> {
    let (mut done, mut busy) = (0, Duration::ZERO);
    let mut entry = 10_000_000;
    while done < lines {
        let entries = CHUNK_LINES.min(lines - done).div_ceil(10).max(1);
        let csv = books::journal_csv(entry, entries, 10);
        let began = Instant::now();
        import(server, token, "journal-entries", "&post=true&createPeriods=true", csv.as_bytes())?;
        busy += began.elapsed();
        entry += entries;
        done += entries * 10;
        if done % 1_000_000 < CHUNK_LINES {
            table::progress(&format!("… {done} lines, {:.0} lines/s", done as f64 / busy.as_secs_f64()));
        }
    }
    let rate = done as f64 / busy.as_secs_f64();
    table.add(
        "import",
        format!("{rate:.0} lines/s over {done} lines"),
        ">= 50,000 lines/s",
        Some(rate >= 50_000.0),
    );
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
