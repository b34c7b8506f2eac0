//! Where everything is put together: the only place that knows both the adapters and the HTTP edge.

mod azure_identity;
mod backups;
mod concerns;
mod configuration;
mod connection_budget;
mod diagnose;
mod door;
mod first_start;
mod health_checks;
mod leader;
mod listeners;
mod live;
mod metrics;
mod migrating;
mod offline;
mod operating;
mod patience;
mod serve;
mod signals;
mod sql_login;
mod stopping;
mod stores;
mod telemetry;
mod wiring;
mod worker;

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use serde::Serialize;

use crate::catalogue::{error_catalogue, errors_markdown};
use crate::cli::{self, Command, ConfigCommand, DiagCommand};
use crate::config::{EXIT_CONFIGURATION, EXIT_UNAVAILABLE, Sources};
use crate::metrics::metrics_markdown;
use crate::resources::Resources;
use crate::telemetry::panics;

use signals::Signals;

pub use configuration::configure;
pub use first_start::provision;
pub use infrastructure::sql::ado::pairs as database_pairs;
pub use live::{LiveParts, follow};
pub use wiring::{Parts, api_operations, assemble, http_limits};
pub use worker::start as start_background;

/// Something stopped the command; its text is for whoever started it.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("{0}")]
    Configuration(String),
    /// A service that the server cannot do without stayed away.
    #[error("{0}")]
    Away(String),
    #[error("{0}")]
    Other(String),
}

impl Failure {
    fn code(&self) -> u8 {
        match self {
            Self::Configuration(_) => EXIT_CONFIGURATION,
            Self::Away(_) => EXIT_UNAVAILABLE,
            Self::Other(_) => 1,
        }
    }
}

macro_rules! failure_from {
    ($($error:ty),*) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::Other(error.to_string())
            }
        }
    )*};
}
failure_from!(application::error::AppError, application::ports::storage_error::StorageError, std::io::Error);

impl From<crate::config::ConfigErrors> for Failure {
    fn from(errors: crate::config::ConfigErrors) -> Self {
        Self::Configuration(errors.to_string())
    }
}

/// Runs the program with the arguments after its name.
pub fn main(arguments: impl IntoIterator<Item = String>) -> ExitCode {
    panics::print_all();
    let invocation = match cli::parse(arguments) {
        Ok(invocation) => invocation,
        Err(error) => error.exit(),
    };
    if let Some(code) = cli::run_local(&invocation) {
        return ExitCode::from(code);
    }
    match run(invocation) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // When standard error is closed the exit code still tells.
            let _ = writeln!(std::io::stderr().lock(), "erp-api: {failure}");
            ExitCode::from(failure.code())
        }
    }
}

fn run(invocation: cli::Invocation) -> Result<(), Failure> {
    match invocation.command {
        Command::Openapi { profile } => return openapi(profile.as_deref()),
        Command::Errors => return print(&errors_markdown(&error_catalogue())),
        Command::Metrics => return print(&metrics_markdown()),
        _ => {}
    }
    let runtime = runtime()?;
    let ended = runtime.block_on(async {
        if invocation.command == Command::Serve {
            // Before anything else: until then a signal would be lost.
            let signals = Signals::install()?;
            survive_file_size_limits();
            return serve::serve(Sources::of_process(&invocation.arguments), signals).await;
        }
        survive_file_size_limits();
        run_configured(invocation).await
    });
    // A hash or a report that nobody waits for any more does not hold the end up.
    runtime.shutdown_timeout(THREADS_WAIT);
    ended
}

/// How long threads that are still busy are waited for at the end.
const THREADS_WAIT: Duration = Duration::from_secs(1);

/// The signal of a file that may not grow any more, `SIGXFSZ`, which ends a process that does not catch it.
#[cfg(unix)]
const FILE_SIZE_LIMIT_SIGNAL: i32 = 25;

/// A write beyond `ulimit -f` is then an error like any other of a full disk, and the books say so.
fn survive_file_size_limits() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        // Once caught it stays so; nobody has to listen.
        let _ = signal(SignalKind::from_raw(FILE_SIZE_LIMIT_SIGNAL));
    }
}

/// The commands that read the configuration, also from remote sources.
async fn run_configured(invocation: cli::Invocation) -> Result<(), Failure> {
    let arguments = &invocation.arguments;
    match &invocation.command {
        Command::Config(ConfigCommand::Show { .. }) => return configuration::show(arguments).await,
        Command::Config(ConfigCommand::Check) => return configuration::check(arguments).await,
        _ => {}
    }
    let sources = Sources::of_process(arguments);
    let configuration = configure(&sources).await?;
    match invocation.command {
        Command::Backup(args) => backups::command::backup(&configuration.settings, args).await,
        Command::Restore(args) => backups::command::restore(&configuration.settings, args).await,
        Command::Dr(command) => backups::command::dr(&configuration.settings, command).await,
        Command::Migrate(args) => migrating::migrate(&configuration.settings, args).await,
        Command::Diag(DiagCommand::SlowQueries(args)) => {
            diagnose::slow_queries(&configuration.settings, args).await
        }
        Command::Import(args) => offline::import(&configuration.settings, args).await,
        // These were run before.
        Command::Serve
        | Command::Config(_)
        | Command::Healthcheck(_)
        | Command::Openapi { .. }
        | Command::Errors
        | Command::Metrics => Ok(()),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let resources = Resources::of_process();
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(resources.worker_threads()).max_blocking_threads(resources.blocking_threads());
    Ok(runtime.enable_all().build()?)
}

fn openapi(profile: Option<&str>) -> Result<(), Failure> {
    let operations = api_operations();
    // A gateway takes a document of up to 4 MiB inline: lines without indentation show changes and leave room.
    let (document, indent) = match profile {
        Some(_) => (operations.openapi_apim(), ""),
        None => (operations.openapi(), "  "),
    };
    let mut text = Vec::new();
    let pretty = serde_json::ser::PrettyFormatter::with_indent(indent.as_bytes());
    let mut serializer = serde_json::Serializer::with_formatter(&mut text, pretty);
    document.serialize(&mut serializer).map_err(|error| Failure::Other(error.to_string()))?;
    text.push(b'\n');
    print(&String::from_utf8_lossy(&text))
}

/// Writes to standard output; a reader that went away (`| head`) is not a failure.
fn print(text: &str) -> Result<(), Failure> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
