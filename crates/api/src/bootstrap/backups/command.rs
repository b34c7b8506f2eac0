//! `erp-api backup`, `restore --at` and `dr`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use application::platform::backups::service::Taken;
use application::platform::backups::sql_server::{self, ServerBackup};
use application::platform::backups::{BackupKind, Entry, Plan, plan};
use application::ports::storage_error::StorageError;
use domain::time::Timestamp;
use infrastructure::backups::check::{beside, verify};
use infrastructure::backups::files::put_back;
use infrastructure::backups::restore::restored;
use infrastructure::backups::{Backups, Source};
use infrastructure::private_files;
use infrastructure::secrets::transport::http_client;
use infrastructure::sql::backup as copies;
use infrastructure::sql::mssql::restore_plan::{self, Names};
use infrastructure::sql::pointed_files::pointed_files;
use infrastructure::sql::sqlite::archive::spool::{folder_of, give_up};
use infrastructure::system::{SystemClock, SystemIds};

use super::super::stores::{archive_options, sql_server_options};
use super::super::{Failure, offline, print, sql_login};
use super::{files, keys, put_together, repository};
use crate::cli::{BackupArgs, BackupCommand, DrCommand, PlanArgs, RestoreArgs};
use crate::config::{DatabaseChoice, Settings};

/// How long a running server may take for a full backup.
const BACKUP_WAIT_MAX: Duration = Duration::from_secs(4 * 60 * 60);

pub async fn backup(settings: &Settings, args: BackupArgs) -> Result<(), Failure> {
    let (kind, label) = match args.command {
        None => return offline::backup(settings, &args.file.unwrap_or_default()),
        Some(BackupCommand::List { json }) => return list(settings, json).await,
        Some(BackupCommand::Verify { id }) => return verify_all(settings, id).await,
        Some(BackupCommand::Clean) => return clean(settings).await,
        Some(BackupCommand::Full(args)) => (BackupKind::Full, args.label),
        Some(BackupCommand::Diff(args)) => (BackupKind::Differential, args.label),
        Some(BackupCommand::Log(args)) => (BackupKind::Log, args.label),
    };
    let taken = take(settings, kind, label).await?;
    if let Some(instead) = &taken.instead {
        print(&format!("A full backup was taken instead, because {instead}.\n"))?;
    }
    print(&format!("Backed up: {}\n", told(&taken.entry)))
}

pub async fn dr(settings: &Settings, command: DrCommand) -> Result<(), Failure> {
    match command {
        DrCommand::Mark { label } => {
            let taken = take(settings, BackupKind::Log, Some(label)).await?;
            print(&format!("Marked: {}\n", told(&taken.entry)))
        }
        DrCommand::Plan(args) if args.catalogue.is_some() || settings.database.sqlite_file().is_none() => {
            server_plan(settings, args).await
        }
        DrCommand::Plan(args) => {
            let plan = plan(&repository(settings)?.catalogue().await?, moment(&args.at)?)
                .map_err(|why| Failure::Other(why.to_string()))?;
            print(&shown(&plan))
        }
    }
}

/// The script that restores a moment of a SQL Server.
async fn server_plan(settings: &Settings, args: PlanArgs) -> Result<(), Failure> {
    let at = moment(&args.at)?;
    let catalogue: Vec<ServerBackup> = match (&args.catalogue, &settings.database.choice) {
        (Some(file), _) => {
            let text = std::fs::read(file)
                .map_err(|error| Failure::Other(format!("{} cannot be read: {error}", file.display())))?;
            serde_json::from_slice(&text)
                .map_err(|error| Failure::Other(format!("{} is no catalogue: {error}", file.display())))?
        }
        (None, DatabaseChoice::SqlServer(text)) => {
            let options = sql_server_options(text.expose(), settings)?;
            let tokens = sql_login::tokens(settings, &options).await?;
            restore_plan::catalogue(&options, Some(tokens)).await?
        }
        (None, DatabaseChoice::Sqlite(_)) => Vec::new(),
    };
    let plan = sql_server::plan(&catalogue, at).map_err(|why| Failure::Other(why.to_string()))?;
    let PlanArgs { database, data_name: data, log_name: log, folder, .. } = args;
    print(&restore_plan::script(&plan, &Names { database, data, log, folder }))
}

fn moment(text: &str) -> Result<Timestamp, Failure> {
    Timestamp::parse(text)
        .map_err(|_| Failure::Other(format!("'{text}' is not a moment such as 2024-01-15T14:30:00Z")))
}

/// One line of a catalogue or a plan.
fn told(entry: &Entry) -> String {
    let Entry { id, kind, covers_until, from, to, bytes, .. } = entry;
    let label = entry.label.as_ref().map_or_else(String::new, |label| format!("  {label}"));
    format!("{id}  {:4}  until {covers_until}  places {from}-{to}  {bytes} bytes{label}", kind.as_str())
}

fn shown(plan: &Plan) -> String {
    let mut text = format!("To restore {}:\n", plan.at);
    for (number, entry) in plan.entries().enumerate() {
        text.push_str(&format!("{:>4}. {}\n", number + 1, told(entry)));
    }
    let bytes: u64 = plan.entries().map(|entry| entry.bytes).sum();
    text.push_str(&format!("{bytes} bytes in all. erp-api restore --at {} does it.\n", plan.at));
    text
}

/// Has a running server take a backup, or takes it where none runs.
async fn take(settings: &Settings, kind: BackupKind, label: Option<String>) -> Result<Taken, Failure> {
    match closed(settings)? {
        Some(backups) => Ok(backups.take(kind, label).await?),
        None => ask_server(settings, kind, label).await,
    }
}

/// The backups of a database that no server has open; `None` when one has.
fn closed(settings: &Settings) -> Result<Option<Backups>, Failure> {
    let database = offline::embedded(settings)?;
    let Some(archive) = archive_options(settings) else {
        let text = "Backup:Enabled is not true, so nothing but a copy of the whole database can be taken: erp-api backup FILE";
        return Err(Failure::Other(text.to_owned()));
    };
    let (clock, ids) = (Arc::new(SystemClock), Arc::new(SystemIds));
    match Source::closed(database, &archive, clock.clone(), ids.clone()) {
        Ok(source) => Ok(Some(put_together(settings, source, files(settings)?, (clock, ids))?)),
        Err(StorageError::Unusable(text)) if text.contains("in use") => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Asks over the admin listener, which is this machine's.
async fn ask_server(settings: &Settings, kind: BackupKind, label: Option<String>) -> Result<Taken, Failure> {
    let Some(address) = settings.admin.listen.first() else {
        let text =
            "a server has the database open, and it has no admin listener (Admin:Urls) to ask for a backup";
        return Err(Failure::Other(text.to_owned()));
    };
    let url = format!("http://{}/admin/backups", reachable(*address));
    let body = serde_json::json!({ "kind": kind.as_str(), "label": label }).to_string();
    let failed = |error: &dyn std::fmt::Display| {
        Failure::Other(format!(
            "the server that has the database open did not take a backup ({url}): {error}"
        ))
    };
    let client = http_client(None).map_err(|error| failed(&error))?;
    let request =
        client.post(&url).header("content-type", "application/json").body(body).timeout(BACKUP_WAIT_MAX);
    let response = request.send().await.map_err(|error| failed(&error))?;
    let status = response.status();
    let text = response.text().await.map_err(|error| failed(&error))?;
    if !status.is_success() {
        return Err(failed(&format!("{status} {text}")));
    }
    serde_json::from_str(&text).map_err(|error| failed(&error))
}

/// An address on which every address listens.
fn reachable(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), address.port())
    } else {
        address
    }
}

async fn list(settings: &Settings, json: bool) -> Result<(), Failure> {
    offline::embedded(settings)?;
    for entry in repository(settings)?.catalogue().await? {
        if json {
            let line = serde_json::to_string(&entry).map_err(|error| Failure::Other(error.to_string()))?;
            print(&format!("{line}\n"))?;
        } else {
            print(&format!("{}\n", told(&entry)))?;
        }
    }
    Ok(())
}

/// Reads backups back; all of them are looked at before a failure is told.
async fn verify_all(settings: &Settings, id: Option<uuid::Uuid>) -> Result<(), Failure> {
    let database = offline::embedded(settings)?;
    let (repository, keys) = (repository(settings)?, keys(settings)?);
    let catalogue = repository.catalogue().await?;
    let chosen: Vec<_> = catalogue.iter().filter(|entry| id.is_none_or(|id| entry.id == id)).collect();
    if chosen.is_empty() {
        return Err(Failure::Other("there is no such backup in the store".to_owned()));
    }
    let mut bad = 0;
    for entry in &chosen {
        match verify(&repository, &keys, entry, database).await {
            Ok(()) => print(&format!("whole    {}\n", told(entry)))?,
            Err(error) => {
                bad += 1;
                print(&format!("DAMAGED  {}\n         {error}\n", told(entry)))?;
            }
        }
    }
    if bad > 0 {
        return Err(Failure::Other(format!("{bad} of {} backups cannot be used", chosen.len())));
    }
    Ok(())
}

async fn clean(settings: &Settings) -> Result<(), Failure> {
    let Some(backups) = closed(settings)? else {
        return Err(Failure::Other(
            "a server has the database open, and cleans up by itself after each full backup".to_owned(),
        ));
    };
    let done = backups.clean().await?;
    print(&format!(
        "{} backups removed, {} moved to cold storage, {} copies of files removed\n",
        done.removed, done.cooled, done.files_removed
    ))
}

pub async fn restore(settings: &Settings, args: RestoreArgs) -> Result<(), Failure> {
    if let Some(file) = args.file {
        offline::restore(settings, &file).await?;
        return Ok(give_up(offline::embedded(settings)?)?);
    }
    let database = offline::embedded(settings)?;
    if let Some(to) = args.to.as_ref().filter(|to| to.exists()) {
        return Err(Failure::Other(format!("{} exists already: name a file that does not", to.display())));
    }
    if let Some(folder) = database.parent() {
        private_files::create_directory(folder)?;
    }
    if args.to.is_none() {
        tail(settings).await?;
    }
    let (repository, keys) = (repository(settings)?, keys(settings)?);
    let catalogue = repository.catalogue().await?;
    let at = match &args.at {
        Some(at) => moment(at)?,
        None => {
            let newest = catalogue.iter().map(|entry| entry.covers_until).max();
            newest.ok_or_else(|| Failure::Other("there is no backup in the store".to_owned()))?
        }
    };
    let plan = plan(&catalogue, at).map_err(|why| Failure::Other(why.to_string()))?;
    print(&shown_short(&plan))?;
    let folder = beside(args.to.as_deref().unwrap_or(database))?;
    let copy = restored(&repository, &keys, &plan, folder.path()).await?;
    let summary = copies::verify(&copy)?;
    print(&format!(
        "The copy is whole: {} tenants, {} journal entries\n",
        summary.tenants, summary.journal_entries
    ))?;
    if let Some(to) = &args.to {
        return settle_aside(&copy, to);
    }
    offline::restore(settings, &copy).await?;
    give_up(database)?;
    let done =
        put_back(&pointed_files(database)?, &repository, &keys, &*files(settings)?, folder.path()).await?;
    print(&format!(
        "Files: {} there, {} put back, {} missing\n",
        done.there,
        done.put_back,
        done.missing.len()
    ))?;
    for key in &done.missing {
        print(&format!("  missing: {key}\n"))?;
    }
    print("The next backup is a full one: the restored database begins a chain of its own.\n")
}

fn shown_short(plan: &Plan) -> String {
    let (at, count) = (plan.at, plan.entries().count());
    format!("Restoring {at} from {count} backups, the full one of {}\n", plan.full.started_at)
}

/// A database beside the one in use, for a look or for single rows.
fn settle_aside(copy: &Path, to: &PathBuf) -> Result<(), Failure> {
    std::fs::rename(copy, to).or_else(|_| std::fs::copy(copy, to).map(drop))?;
    print(&format!("Restored to {}; nothing else was changed\n", to.display()))
}

/// Backs up first what the database that is to be replaced still holds beyond the last backup, if it can be read.
async fn tail(settings: &Settings) -> Result<(), Failure> {
    let database = offline::embedded(settings)?;
    if !database.exists() || !settings.backup.enabled || !folder_of(database).exists() {
        return Ok(());
    }
    let Some(backups) = closed(settings)? else {
        return Err(Failure::Other("a server has the database open; stop it first".to_owned()));
    };
    match backups.tail().await {
        Ok(Some(entry)) => print(&format!("What was not backed up yet is now: {}\n", told(&entry))),
        Ok(None) => Ok(()),
        Err(error) => print(&format!("What was not backed up yet cannot be: {error}\n")),
    }
}
