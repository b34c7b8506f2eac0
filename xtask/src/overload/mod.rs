//! `cargo xtask overload`: a server in a small container is offered far more than it can do. The measure is not how
//! fast it is but whether it stays up: how much it serves, how soon it refuses the rest, whether liveness answers,
//! how much memory it takes and whether it gives it back.

mod cgroup;
pub mod client;
mod loads;
mod table;

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use self::cgroup::Cgroup;
use self::loads::{Load, Target};
use self::table::{Row, json_lines, markdown};
use crate::Outcome;
use crate::bench;

const PASSWORD: &str = "quiet lanterns over seven harbours";
/// How long the server may take to start inside its limits.
const START_MAX: Duration = Duration::from_secs(120);

#[derive(clap::Args)]
pub struct Options {
    /// Seconds of each load
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Seconds after the loads until memory is looked at again
    #[arg(long, default_value_t = 60)]
    settle: u64,
    /// Memory of the server's control group, in MiB
    #[arg(long, default_value_t = 512)]
    memory: u64,
    /// Processors of the server's control group
    #[arg(long, default_value_t = 0.5)]
    cpus: f64,
    /// Requests a second that are offered
    #[arg(long, default_value_t = 3_000)]
    rate: u64,
    /// Offer the loads to this binary instead of building one
    #[arg(long, value_name = "PATH")]
    binary: Option<PathBuf>,
    /// Offer only the loads whose names contain this, or one of these between commas
    #[arg(long, value_name = "TEXT", default_value = "")]
    load: String,
    /// One JSON object a line instead of a table
    #[arg(long)]
    json: bool,
}

type Result<T> = std::result::Result<T, String>;

pub fn overload(options: &Options) -> Result<Outcome> {
    let program = bench::server_binary(options.binary.as_deref())?;
    let folder = std::env::temp_dir().join(format!("erp-overload-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let mut outcome = Outcome::default();
    let group = match Cgroup::make(options.memory, options.cpus) {
        Ok(group) => Some(group),
        Err(reason) => {
            outcome.remark(format!("no control group, so the server has the whole machine: {reason}"));
            None
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let ran = runtime.block_on(run(options, &program, &folder, group.as_ref()));
    let _ = std::fs::remove_dir_all(&folder);
    match ran {
        Ok(rows) => {
            outcome.text = if options.json { json_lines(&rows) } else { markdown(&rows) };
            outcome.findings = rows.iter().flat_map(Row::findings).collect();
        }
        Err(error) => outcome.finding(error),
    }
    if let Some(group) = &group {
        match group.oom_kills() {
            Some(0) | None => {}
            Some(kills) => {
                outcome.finding(format!("the kernel killed the server {kills} times for want of memory"))
            }
        }
        if let Some(peak) = group.peak_mib() {
            outcome.remark(format!(
                "the group's memory was {peak:.0} MiB at its peak, page cache of its files included"
            ));
        }
    }
    Ok(outcome)
}

/// The server process; ended with the run.
struct Server {
    child: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = bench::end(&self.child);
        let _ = self.child.wait();
    }
}

async fn run(
    options: &Options,
    program: &std::path::Path,
    folder: &std::path::Path,
    group: Option<&Cgroup>,
) -> Result<Vec<Row>> {
    let mut server = start(program, folder, group)?;
    ready(&mut server).await?;
    let target = Arc::new(prepare(&server).await?);
    let mut rows = Vec::new();
    let wanted = |load: &Load| options.load.split(',').any(|part| load.name.contains(part));
    for load in Load::all(options.rate).into_iter().filter(wanted) {
        progress(load.name);
        rows.push(loads::offer(&target, &load, Duration::from_secs(options.seconds)).await);
        if let Ok(Some(status)) = server.child.try_wait() {
            return Err(format!("{}: the server ended with {status}", load.name));
        }
    }
    progress("waiting until it has settled");
    tokio::time::sleep(Duration::from_secs(options.settle)).await;
    rows.push(loads::afterwards(&target).await);
    Ok(rows)
}

fn progress(text: &str) {
    use std::io::Write;
    // When nobody listens the table still comes.
    let _ = writeln!(std::io::stderr().lock(), "  {text}");
}

fn start(program: &std::path::Path, folder: &std::path::Path, group: Option<&Cgroup>) -> Result<Server> {
    let address = bench::free_address().map_err(|error| error.to_string())?;
    let mut command = group.map_or_else(|| Command::new(program), |group| group.command(program));
    let child = command
        .current_dir(folder)
        .env("ASPNETCORE_ENVIRONMENT", "Development")
        .env("ASPNETCORE_URLS", format!("http://{address}"))
        .env("Admin__Urls", "off")
        .env("Bootstrap__AdminEmail", "overload@example.com")
        .env("Bootstrap__AdminPassword", PASSWORD)
        .env("Serilog__MinimumLevel__Default", "Warning")
        // One client stands for many.
        .envs(bench::NO_RATES.map(|name| (name, "0")))
        .stdout(Stdio::null())
        .spawn()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    Ok(Server { child, address })
}

async fn ready(server: &mut Server) -> Result<()> {
    let began = Instant::now();
    let probe = client::request("GET", "/health/ready", "", &[], b"");
    while began.elapsed() < START_MAX {
        if let Ok(mut client) = client::Client::open(&server.address).await
            && client.call(&probe).await.is_ok_and(|status| status == 200)
        {
            return Ok(());
        }
        if let Ok(Some(status)) = server.child.try_wait() {
            return Err(format!("the server ended with {status} before it was ready"));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Err("the server did not become ready".to_owned())
}

/// Signs in and looks up what the loads need.
async fn prepare(server: &Server) -> Result<Target> {
    let address = server.address.clone();
    let found =
        tokio::task::spawn_blocking(move || bench::sign_in(&address, "overload@example.com", PASSWORD));
    let (token, account) =
        found.await.map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
    Ok(Target { address: server.address.clone(), token, account, process: server.child.id() })
}
