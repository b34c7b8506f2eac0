//! `cargo xtask bench`: the targets of performance.md measured in one run on one machine, server and load together, on the
//! embedded profile and, where there is an SQL Server, on the cloud profile.

mod big_books;
mod books;
mod cloud;
mod http;
mod load;
mod measures;
mod outage;
mod peers;
mod programs;
mod sales;
mod server;
mod table;
mod watched;

use std::path::{Path, PathBuf};
use std::time::Duration;

use self::big_books::{CHUNK_LINES, CLOUD_CHUNK_LINES, Size};
use self::measures::measure;
use self::server::Site;
use self::table::{Column, Table};
use crate::Outcome;

/// Names the SQL Server of the cloud profile, as for `scripts/test-cloud`.
pub const SQL_SERVER: &str = "ERP_TEST_SQLSERVER";

/// How a bench is run.
#[derive(clap::Args)]
pub struct Options {
    /// Lines of the generated books
    #[arg(long, default_value_t = 10_000_000)]
    lines: usize,
    /// Lines of the books on the cloud profile, measured when ERP_TEST_SQLSERVER names a server
    #[arg(long, default_value_t = 50_000)]
    cloud_lines: usize,
    /// Seconds of each load
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// Measure this binary, with its `examples` folder beside it, instead of building one
    #[arg(long, value_name = "PATH")]
    binary: Option<PathBuf>,
    /// One JSON object a line instead of a table
    #[arg(long)]
    json: bool,
}

/// The server's release binary: the given one, or a new one.
pub fn server_binary(given: Option<&Path>) -> Result<PathBuf> {
    match given {
        Some(path) => std::path::absolute(path).map_err(|error| error.to_string()),
        None => Ok(Programs::build()?.server().to_owned()),
    }
}

pub use self::cloud::Cloud;
pub use self::http::Connection;
pub use self::programs::{Programs, of_machine};
pub use self::server::{NO_RATES, free_address, sign_in};

/// Asks a server to stop.
pub fn end(child: &std::process::Child) -> Result<()> {
    self::server::signal("TERM", child)
}

type Result<T> = std::result::Result<T, String>;

/// The table, and what went wrong: what was measured before it is shown all the same.
pub fn bench(options: &Options) -> Result<Outcome> {
    let programs = match &options.binary {
        Some(path) => Programs::beside(path)?,
        None => Programs::build()?,
    };
    let folder = std::env::temp_dir().join(format!("erp-bench-{}", std::process::id()));
    let mut table = Table::default();
    let result = both(options, &programs, &folder, &mut table);
    let _ = std::fs::remove_dir_all(&folder);
    let findings = table.findings.drain(..).chain(result.err()).collect();
    let text = if options.json { table.json_lines() } else { table.markdown() };
    Ok(Outcome { text, findings, ..Outcome::default() })
}

fn both(options: &Options, programs: &Programs, folder: &Path, table: &mut Table) -> Result<()> {
    let duration = Duration::from_secs(options.seconds);
    let sql_server = std::env::var(SQL_SERVER).ok().filter(|text| !text.is_empty());
    table.cloud_missing = Some(match sql_server {
        Some(_) => "not measured".to_owned(),
        None => format!("not measured: {SQL_SERVER} is not set"),
    });
    let embedded = Site { programs, folder: folder.join("embedded"), settings: Vec::new() };
    let size = Size { lines: options.lines, chunk: CHUNK_LINES };
    measure(&embedded, size, duration, table)?;
    watched::measure(&embedded, duration, table)?;
    sales::measure(&embedded, options.lines, duration, table)?;
    let Some(sql_server) = sql_server else { return Ok(()) };
    let mut cloud = Cloud::start(&sql_server, programs, folder)?;
    table.column = Column::Cloud;
    table::progress("the cloud profile:");
    let site = Site { programs, folder: folder.join("cloud"), settings: cloud.settings().to_vec() };
    let size = Size { lines: options.cloud_lines, chunk: CLOUD_CHUNK_LINES };
    measure(&site, size, duration, table).map_err(|error| format!("cloud: {error}"))?;
    table.cloud_missing = None;
    table.notes.push(format!(
        "cloud: SQL Server, Redis and Azurite, with {} lines in the books, which came in files of {CLOUD_CHUNK_LINES}. A figure of this column says as much about the server that \
         {SQL_SERVER} names, and the way to it, as about the program: a stand-in's says little about SQL Server.",
        options.cloud_lines
    ));
    table.notes.push(
        "Redis: a gentle mixed load, whose clients rest between their requests. A request that was on its way at any moment of the outage \
         counts as of it; after it, a few seconds pass until Redis is used again."
            .to_owned(),
    );
    outage::measure(&site, &mut cloud.redis, duration, table).map_err(|error| format!("outage: {error}"))
}

fn text<T>(result: std::io::Result<T>) -> Result<T> {
    result.map_err(|error| error.to_string())
}
