//! `cargo xtask faults`: under a steady load each dependency is killed, hung and slowed in turn, on the embedded profile and,
//! where there is a SQL Server, on the cloud profile. The table says what callers saw: how much was not served and how it
//! was refused, how long answers took, and how long it took until all was well again.

mod load;
mod relay;
mod sites;
mod table;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use self::load::{Load, Target};
use self::sites::{Dependency, Fault, Site, Stubs, progress};
use self::table::{Row, Times, json_lines, markdown, seen};
use crate::Outcome;
use crate::bench::{self, Cloud, Programs};
use crate::overload::client::{Client, request};

const PASSWORD: &str = "quiet lanterns over seven harbours";
/// The content of the file that is read.
const FILE: &[u8] = &[b'x'; 2_000];
/// How long the server may take to start.
const START_MAX: Duration = Duration::from_secs(120);
/// The beginning of each phase, before the fault, that is not counted: connections open, caches fill.
const WARM_UP: Duration = Duration::from_secs(2);
/// How often readiness is asked for.
const PROBE_EVERY: Duration = Duration::from_millis(500);

#[derive(clap::Args)]
pub struct Options {
    /// Requests a second
    #[arg(long, default_value_t = 500)]
    rate: u64,
    /// Postings a second among them, at most a fifth; a stand-in of SQL Server may carry fewer
    #[arg(long, default_value_t = 100)]
    postings: u64,
    /// Seconds before the fault
    #[arg(long, default_value_t = 5)]
    before: u64,
    /// Seconds of the fault
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Seconds after it
    #[arg(long, default_value_t = 20)]
    after: u64,
    /// Use this binary, with its `examples` folder and `erp-stubs` beside it, instead of building one
    #[arg(long, value_name = "PATH")]
    binary: Option<PathBuf>,
    /// Only dependencies whose names contain this
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
    /// One JSON object a line instead of a table
    #[arg(long)]
    json: bool,
}

type Result<T> = std::result::Result<T, String>;

pub fn faults(options: &Options) -> Result<Outcome> {
    let programs = match &options.binary {
        Some(path) => Programs::beside(path)?,
        None => Programs::build()?,
    };
    let folder = std::env::temp_dir().join(format!("erp-faults-{}", std::process::id()));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let mut rows = Vec::new();
    let mut outcome = Outcome::default();
    let ran = runtime.block_on(both(options, &programs, &folder, &mut rows, &mut outcome));
    runtime.shutdown_background();
    let _ = std::fs::remove_dir_all(&folder);
    outcome.findings.extend(ran.err());
    outcome.text =
        if options.json { json_lines(&rows) } else { markdown(&rows, options.rate, options.postings) };
    Ok(outcome)
}

async fn both(
    options: &Options,
    programs: &Programs,
    folder: &Path,
    rows: &mut Vec<Row>,
    outcome: &mut Outcome,
) -> Result<()> {
    let embedded = folder.join("embedded");
    profile(options, programs, sites::embedded(&embedded).await?, rows).await?;
    let sql_server = std::env::var(bench::SQL_SERVER).ok().filter(|text| !text.is_empty());
    let Some(sql_server) = sql_server else {
        outcome.remarks.push(format!("the cloud profile was not tried: {} is not set", bench::SQL_SERVER));
        return Ok(());
    };
    let cloud = folder.join("cloud");
    let stubs = Stubs::start(&programs.stubs(), &folder.join("stubs"))?;
    let peers = Cloud::start(&sql_server, programs, folder)?;
    profile(options, programs, sites::cloud(&cloud, &sql_server, peers, stubs).await?, rows).await
}

/// A server process; ended with the value.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = bench::end(&self.0);
        let _ = self.0.wait();
    }
}

async fn profile(options: &Options, programs: &Programs, mut site: Site, rows: &mut Vec<Row>) -> Result<()> {
    progress(&format!("the {} profile", site.profile));
    let address = bench::free_address().map_err(|error| error.to_string())?;
    let mut server = start(programs.server(), &site, &address)?;
    ready(&mut server, &address).await?;
    let preparing = tokio::task::spawn_blocking(move || prepare(address));
    let target = Arc::new(preparing.await.map_err(|error| error.to_string())??);
    for dependency in site.dependencies.iter_mut().filter(|one| one.name().contains(&options.only)) {
        for fault in Fault::ALL {
            if let Some(row) = one(options, &target, site.profile, dependency, fault).await? {
                rows.push(row);
            }
            if let Ok(Some(status)) = server.0.try_wait() {
                return Err(format!(
                    "{} {}: the server ended with {status}",
                    dependency.name(),
                    fault.name()
                ));
            }
        }
    }
    Ok(())
}

/// Signs in and looks up what the load needs.
fn prepare(address: String) -> Result<Target> {
    let text = |error: std::io::Error| error.to_string();
    let (token, account) = bench::sign_in(&address, "faults@example.com", PASSWORD).map_err(text)?;
    let mut connection = bench::Connection::open(&address, &token).map_err(text)?;
    let answer = connection.get("/api/v1/journal-entries?limit=1").map_err(text)?;
    let list: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let entry = list["items"][0]["id"].as_str().ok_or_else(|| format!("no entry: {list}"))?;
    let path = format!("/api/v1/attachments?documentType=journal_entry&documentId={entry}&name=receipt.txt");
    let answer = connection.post(&path, "text/plain", FILE).map_err(text)?;
    let attached: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let file = attached["id"].as_str().ok_or_else(|| format!("no file: {attached}"))?.to_owned();
    Ok(Target { address, token, account, file })
}

fn start(program: &Path, site: &Site, address: &str) -> Result<Server> {
    std::fs::create_dir_all(&site.folder).map_err(|error| error.to_string())?;
    let child = Command::new(program)
        .current_dir(&site.folder)
        .env("ASPNETCORE_ENVIRONMENT", "Development")
        .env("ASPNETCORE_URLS", format!("http://{address}"))
        .env("Admin__Urls", "off")
        .env("Bootstrap__AdminEmail", "faults@example.com")
        .env("Bootstrap__AdminPassword", PASSWORD)
        .env("Serilog__MinimumLevel__Default", "Warning")
        // The token of the run must last.
        .env("Auth__AccessTokenMinutes", "1440")
        .envs(bench::NO_RATES.map(|name| (name, "0")))
        .envs(site.settings.iter().map(|(name, value)| (name, value)))
        .stdout(Stdio::null())
        .spawn();
    child.map(Server).map_err(|error| format!("{}: {error}", program.display()))
}

async fn is_ready(address: &str) -> bool {
    let probe = request("GET", "/health/ready", "", &[], b"");
    let asked = async { Client::open(address).await?.call(&probe).await };
    tokio::time::timeout(Duration::from_secs(3), asked)
        .await
        .is_ok_and(|said| said.is_ok_and(|status| status == 200))
}

async fn ready(server: &mut Server, address: &str) -> Result<()> {
    let began = Instant::now();
    while began.elapsed() < START_MAX {
        if is_ready(address).await {
            return Ok(());
        }
        if let Ok(Some(status)) = server.0.try_wait() {
            return Err(format!("the server ended with {status} before it was ready"));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err("the server did not become ready".to_owned())
}

/// One fault of one dependency under load; `None` where it cannot have that one.
async fn one(
    options: &Options,
    target: &Arc<Target>,
    profile: &'static str,
    dependency: &mut Dependency,
    fault: Fault,
) -> Result<Option<Row>> {
    let load = Load::start(target.clone(), options.rate, options.postings);
    tokio::time::sleep(Duration::from_secs(options.before) + WARM_UP).await;
    let begun = load.now();
    if !dependency.fail(fault)? {
        load.stop().await;
        return Ok(None);
    }
    progress(&format!("{}, {}", dependency.name(), fault.name()));
    let readiness = watch_readiness(&target.address, Duration::from_secs(options.seconds)).await;
    dependency.heal()?;
    let healed = load.now();
    tokio::time::sleep(Duration::from_secs(options.after)).await;
    let end = load.now();
    let times = Times { counted: WARM_UP, begun, healed, end };
    let samples = load.stop().await;
    let (name, fault) = (dependency.name(), fault.name());
    Ok(Some(Row { profile, dependency: name, fault, seen: seen(&samples, &times), readiness }))
}

/// Readiness as probes would see it while the fault lasts.
async fn watch_readiness(address: &str, lasts: Duration) -> String {
    let (began, mut lost) = (Instant::now(), None);
    while began.elapsed() < lasts {
        if lost.is_none() && !is_ready(address).await {
            lost = Some(began.elapsed());
        }
        tokio::time::sleep(PROBE_EVERY).await;
    }
    lost.map_or_else(|| "stays".to_owned(), |after| format!("lost after {} s", after.as_secs()))
}
