//! The command line: commands and their options; `--Key:Sub value` pairs go to the configuration.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use uuid::Uuid;

use crate::config::{Arguments, Gathered, Sources, reference_markdown, schema_json, split_arguments};
use crate::health;

#[derive(Debug, Parser)]
#[command(name = "erp-api", version, about = "Multi-tenant ERP back end", after_help = SETTINGS_HELP)]
struct Line {
    #[command(subcommand)]
    command: Option<Command>,
}

const SETTINGS_HELP: &str =
    "Settings of docs/CONFIG.md may follow any command, such as --Limits:BodyBytes 2097152.";

#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Serve the API (the default)
    Serve,
    /// Look at the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Ask a running server whether it is healthy: exit code 0 or 1, within 3 seconds
    Healthcheck(HealthcheckArgs),
    /// Print the OpenAPI document
    Openapi {
        /// Document for a gateway: `apim` is OpenAPI 3.0.3
        #[arg(long, value_parser = ["apim"])]
        profile: Option<String>,
    },
    /// Back up the embedded database of a running or stopped server: into a file, or into the store of backups
    Backup(BackupArgs),
    /// Bring the embedded database of a stopped server back, from a file or to a moment
    Restore(RestoreArgs),
    /// Prepare for a disaster
    #[command(subcommand)]
    Dr(DrCommand),
    /// Import a CSV, XLSX or NDJSON file
    Import(ImportArgs),
    /// Bring the database to this version's schema; waits for another one that does, for five minutes at most
    Migrate(MigrateArgs),
    /// Look at what runs
    #[command(subcommand)]
    Diag(DiagCommand),
    /// Print the error catalogue
    Errors,
    /// Print the metrics and their meaning
    Metrics,
}

#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct BackupArgs {
    /// Write a verified copy of the database to this file, which must not exist
    #[arg(required = true)]
    pub file: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Option<BackupCommand>,
}

#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum BackupCommand {
    /// Back up the whole database
    Full(LabelArgs),
    /// Back up the pages that have changed since the last full backup
    Diff(LabelArgs),
    /// Back up the commits since the last backup
    Log(LabelArgs),
    /// List the backups in the store, the oldest first
    List {
        /// As JSON, one manifest a line
        #[arg(long)]
        json: bool,
    },
    /// Read backups back and check them: all, or one by its id
    Verify { id: Option<Uuid> },
    /// Remove backups that need not be kept any longer
    Clean,
}

#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct LabelArgs {
    /// The reason for the backup, which is kept with it
    #[arg(long)]
    pub label: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct RestoreArgs {
    /// A copy that `backup FILE` wrote
    #[arg(required_unless_present_any = ["at", "latest"], conflicts_with_all = ["at", "latest"])]
    pub file: Option<PathBuf>,
    /// Bring back this moment, such as 2024-01-15T14:30:00Z: every commit until then and none after it
    #[arg(long, value_name = "UTC", conflicts_with = "latest")]
    pub at: Option<String>,
    /// Bring back the last moment that was backed up
    #[arg(long)]
    pub latest: bool,
    /// Write the database to this file, which must not exist, and leave everything else as it is
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    pub to: Option<PathBuf>,
}

#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum DrCommand {
    /// Say how a moment is restored, or up to which moment that is possible
    Plan(PlanArgs),
    /// Back up everything until now under a name, before something risky
    Mark {
        #[arg(long)]
        label: String,
    },
}

/// All but the moment concern a SQL Server.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct PlanArgs {
    /// The moment, such as 2024-01-15T14:30:00Z
    #[arg(long, value_name = "UTC")]
    pub at: String,
    /// The catalogue of the server's backups as a file instead of asking the server: JSON of docs/BACKUP.md
    #[arg(long, value_name = "FILE")]
    pub catalogue: Option<PathBuf>,
    /// Name of the restored database
    #[arg(long, default_value = "ErpRestored")]
    pub database: String,
    /// Logical name of the data file, as RESTORE FILELISTONLY tells it
    #[arg(long, value_name = "NAME", default_value = "Erp")]
    pub data_name: String,
    /// Logical name of the log file
    #[arg(long, value_name = "NAME", default_value = "Erp_log")]
    pub log_name: String,
    /// Folder of the restored files on the server
    #[arg(long, value_name = "FOLDER", default_value = "/var/opt/mssql/data")]
    pub folder: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum DiagCommand {
    /// Print the ten queries that cost the database server most, all their runs together
    SlowQueries(SlowQueriesArgs),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Args)]
pub struct SlowQueriesArgs {
    /// How many hours of the Query Store to look at
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=720))]
    pub hours: u32,
    /// Look at the plans that are cached now instead
    #[arg(long, conflicts_with = "hours")]
    pub cache: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Args)]
pub struct MigrateArgs {
    /// Only print the migrations that would run, and whether the version before can live with them
    #[arg(long, conflicts_with = "status")]
    pub plan: bool,
    /// With --plan: exit with 1 if it cannot
    #[arg(long, requires = "plan")]
    pub require_expand_only: bool,
    /// Only print the migrations that have run
    #[arg(long)]
    pub status: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum ConfigCommand {
    /// Print each key with its value and source; secrets are never shown
    Show {
        /// Hide secrets, as always
        #[arg(long)]
        redact: bool,
    },
    /// Say whether a server would start, and exit with 78 if not
    Check,
    /// Print the reference of all keys as Markdown
    Reference,
    /// Print the JSON Schema of the settings files
    Schema,
}

#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct HealthcheckArgs {
    #[arg(long, default_value = "/health/live")]
    pub path: String,
    /// Where the server listens, such as http://127.0.0.1:8080; by default as configured
    #[arg(long)]
    pub url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ImportArgs {
    /// accounts, journal-entries, opening-balances, parties, items, item-units, prices, invoices, purchase-invoices,
    /// credit-notes, receipts or payments
    #[arg(long = "type", value_name = "TYPE")]
    pub kind: String,
    /// Code of the tenant
    #[arg(long)]
    pub tenant: String,
    /// A .csv, .tsv, .xlsx, .ndjson or .jsonl file
    #[arg(long)]
    pub file: PathBuf,
    /// Post the entries, or with `--post=false` leave drafts; by default opening balances are posted and journal entries stay
    /// drafts
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub post: Option<bool>,
    /// Create missing fiscal years
    #[arg(long)]
    pub create_periods: bool,
    /// Create unknown dimensions and values
    #[arg(long)]
    pub create_dimensions: bool,
    /// Import entries again that an earlier file has already brought
    #[arg(long)]
    pub allow_duplicate: bool,
    /// Change accounts that differ from the file
    #[arg(long)]
    pub update: bool,
    /// Code of the journal for entries that do not name one
    #[arg(long)]
    pub journal: Option<String>,
    /// Posting date of opening balances whose rows do not name one
    #[arg(long)]
    pub date: Option<chrono::NaiveDate>,
    /// Code of the import profile that says how the file is read
    #[arg(long)]
    pub profile: Option<String>,
    /// Check everything and keep nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// A parsed command line.
pub struct Invocation {
    pub command: Command,
    /// The settings that came with it.
    pub arguments: Arguments,
}

/// Parses the arguments without the program's name. `--help` and mistakes come back as clap's error, which prints itself.
pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Invocation, clap::Error> {
    let arguments = split_arguments(arguments);
    let words = std::iter::once("erp-api").chain(arguments.command.iter().map(String::as_str));
    let line = Line::try_parse_from(words)?;
    Ok(Invocation { command: line.command.unwrap_or(Command::Serve), arguments })
}

/// Where the server listens when nothing says otherwise.
const DEFAULT_ADDRESS: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8080);

/// Runs the commands that need neither a runtime nor a database and returns their exit code; `None` for all others.
pub fn run_local(invocation: &Invocation) -> Option<u8> {
    match &invocation.command {
        Command::Config(ConfigCommand::Reference) => Some(print(&reference_markdown())),
        Command::Config(ConfigCommand::Schema) => Some(print(&schema_json())),
        Command::Healthcheck(args) => Some(healthcheck(args, &invocation.arguments)),
        _ => None,
    }
}

fn healthcheck(args: &HealthcheckArgs, arguments: &Arguments) -> u8 {
    let configured = || {
        // Asks no remote source: an answer is due within seconds.
        let gathered = Gathered::local(&Sources::of_process(arguments)).ok();
        gathered.and_then(|gathered| gathered.probe_address()).unwrap_or(DEFAULT_ADDRESS)
    };
    let address = args.url.as_deref().map_or_else(|| Ok(configured()), health::resolve_url);
    match address.and_then(|address| health::healthcheck(address, &args.path)) {
        Ok(()) => 0,
        Err(reason) => {
            complain(&format!("unhealthy: {reason}"));
            1
        }
    }
}

/// 0, or 1 when nobody reads standard output any more.
fn print(text: &str) -> u8 {
    u8::from(std::io::stdout().lock().write_all(text.as_bytes()).is_err())
}

fn complain(text: &str) {
    // When standard error is closed the exit code still tells.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(line: &str) -> Command {
        parse(line.split_whitespace().map(str::to_owned)).map(|invocation| invocation.command).unwrap()
    }

    /// Proves: C8, X16.
    #[test]
    fn commands_and_settings_mix() {
        assert_eq!(command(""), Command::Serve);
        assert_eq!(command("--Data:Directory /srv"), Command::Serve);
        let health = HealthcheckArgs { path: "/health/live".to_owned(), url: None };
        assert_eq!(command("healthcheck --Urls=http://*:1"), Command::Healthcheck(health));
        let import = "import --type journal-entries --tenant demo --file a.csv --post --create-periods --Database:BusyTimeoutMs 9";
        let Command::Import(args) = command(import) else { panic!() };
        assert!(args.create_periods && !args.dry_run && !args.create_dimensions);
        let post = |given: &str| {
            let line = format!("import --type opening-balances --tenant demo --file a.csv {given}");
            let Command::Import(args) = command(&line) else { panic!() };
            args.post
        };
        assert_eq!([args.post, post("--post=false"), post("")], [Some(true), Some(false), None]);
        let backup = |command| Command::Backup(BackupArgs { file: None, command: Some(command) });
        assert_eq!(command("backup full"), backup(BackupCommand::Full(LabelArgs { label: None })));
        assert_eq!(command("backup list --json"), backup(BackupCommand::List { json: true }));
        let file = BackupArgs { file: Some("copy.db".into()), command: None };
        assert_eq!(command("backup copy.db"), Command::Backup(file));
        assert_eq!(command("config show --redact"), Command::Config(ConfigCommand::Show { redact: true }));
    }

    #[test]
    fn mistakes_are_refused() {
        for line in [
            "frobnicate",
            "backup",
            "backup a.db full",
            "restore",
            "restore a.db --latest",
            "restore --at 2024-01-15T14:30:00Z --latest",
            "dr mark",
            "import --type accounts",
            "openapi --profile x",
            "migrate --plan --status",
            "migrate --require-expand-only",
            "--serve",
        ] {
            assert!(parse(line.split_whitespace().map(str::to_owned)).is_err(), "{line}");
        }
    }
}
