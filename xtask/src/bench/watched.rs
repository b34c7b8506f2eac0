//! The cost of being watched: the same loads on a server that is silent, and on one that writes a line for each
//! request, exports traces, logs and metrics to a collector, and is scraped every second. They take turns, so that a
//! machine that gets slower meanwhile slows both.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::books::{Dates, accounts_csv, journal_csv};
use super::http::Connection;
use super::load::{Call, Measured, run};
use super::measures::{account_id, import, post_entries};
use super::server::{Server, Site, free_address};
use super::table::Table;
use super::{Result, text};

/// Turns of each server; the one that begins changes with each.
const TURNS: usize = 6;
const SCRAPED_EVERY: Duration = Duration::from_secs(1);
const READERS: usize = 16;
const POSTERS: usize = 8;

pub fn measure(site: &Site<'_>, duration: Duration, table: &mut Table) -> Result<()> {
    let admin = text(free_address())?;
    let settings = vec![
        ("Serilog__MinimumLevel__Default", "Information".to_owned()),
        ("OpenTelemetry__Endpoint", format!("http://{}", text(collector())?)),
        ("Admin__Urls", format!("http://{admin}")),
    ];
    let of =
        |name: &str, settings| Site { programs: site.programs, folder: site.folder.join(name), settings };
    let silent = ("Logging__File__Enabled", "false".to_owned());
    let (silent, watched) = (of("silent", vec![silent]), of("watched", settings));
    let servers = [text(Server::start(&silent))?, text(Server::start(&watched))?];
    for server in &servers {
        let token = text(server.token())?;
        import(server, &token, "accounts", "", accounts_csv().as_bytes())?;
        // Fiscal years come with the first import.
        let csv = journal_csv(0, 100, 4, Dates::AtRandom);
        import(server, &token, "journal-entries", "&post=true&createPeriods=true", csv.as_bytes())?;
    }
    let (stop, each) = (AtomicBool::new(false), duration / 2);
    std::thread::scope(|scope| {
        scope.spawn(|| scrape(&admin, &stop));
        let compared = compare(&servers, each, table);
        stop.store(true, Ordering::Relaxed);
        compared
    })
}

fn compare(servers: &[Server; 2], each: Duration, table: &mut Table) -> Result<()> {
    let never = AtomicBool::new(false);
    let reads = |server: &Server| {
        let token = text(server.token())?;
        let id = account_id(&mut text(Connection::open(&server.address, &token))?)?;
        let call = |_, _| Call { path: format!("/api/v1/accounts/{id}"), body: None };
        Ok(run(&server.address, &token, READERS, each, &never, call))
    };
    let postings = |server: &Server| Ok(post_entries(server, &text(server.token())?, POSTERS, each, &never));
    table.add_cost("being watched costs cached reads", by_turns(servers, reads)?);
    table.add_cost("being watched costs postings", by_turns(servers, postings)?);
    Ok(())
}

/// Requests a second of the silent server and of the watched one, each over all its turns.
fn by_turns(servers: &[Server; 2], load: impl Fn(&Server) -> Result<Measured>) -> Result<[f64; 2]> {
    let mut answered = [(0.0, 0.0); 2];
    for turn in 0..TURNS {
        for place in [turn % 2, 1 - turn % 2] {
            let measured = load(&servers[place])?;
            if let Some(failure) = measured.first_failure {
                return Err(format!("beside telemetry: {failure}"));
            }
            answered[place].0 += measured.latencies.len() as f64;
            answered[place].1 += measured.seconds;
        }
    }
    Ok(answered.map(|(count, seconds): (f64, f64)| count / seconds.max(1e-9)))
}

/// As Prometheus does; the answers are read and dropped.
fn scrape(admin: &str, stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        if let Ok(mut connection) = Connection::open(admin, "") {
            let _ = connection.get("/metrics");
        }
        std::thread::sleep(SCRAPED_EVERY);
    }
}

/// Takes whatever is exported, and answers that all is well.
fn collector() -> std::io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    std::thread::spawn(move || {
        for mut socket in listener.incoming().flatten() {
            let _ = socket.set_read_timeout(Some(Duration::from_secs(1)));
            let mut bytes = vec![0; 256 << 10];
            let mut whole = Vec::new();
            while let Ok(count @ 1..) = socket.read(&mut bytes) {
                whole.extend_from_slice(&bytes[..count]);
                if is_whole(&whole) {
                    break;
                }
            }
            let _ = socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    Ok(address)
}

fn is_whole(request: &[u8]) -> bool {
    let Some(head) = request.windows(4).position(|end| end == b"\r\n\r\n") else { return false };
    let text = String::from_utf8_lossy(&request[..head]).to_ascii_lowercase();
    let length =
        text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    request.len() >= head + 4 + length.unwrap_or(0)
}
