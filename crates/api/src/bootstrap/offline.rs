//! Commands that work on the database without serving it.

use std::fs::File;
use std::io::{BufReader, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use application::accounting::import_profiles::find_profile;
use application::accounting::imports::{ImportFormat, ImportKind, ImportOptions, import as import_file};
use application::accounting::integrity::Integrity;
use application::context::RequestContext;
use application::error::AppError;
use application::platform::tenants::TENANT;
use application::ports::clock::Clock;
use application::ports::progress::Progress;
use domain::accounting::import_profile::{FileReading, TableFormat};
use domain::error::Language;
use domain::ids::TenantId;
use domain::text::Code;
use domain::time_zone::TimeZone;
use infrastructure::persistence::SqlUnitOfWork;
use infrastructure::sql::backup::{self, BackupSummary};
use infrastructure::sql::db::Db;
use infrastructure::sql::sqlite::options::SqliteOptions;
use infrastructure::system::{SystemClock, SystemIds};

use super::{Failure, print};
use crate::cli::ImportArgs;
use crate::config::Settings;

pub fn backup(settings: &Settings, file: &Path) -> Result<(), Failure> {
    let summary = backup::backup(embedded(settings)?, file)?;
    print(&format!("Backed up and verified: {}\nSHA-256 {}\n", told(&summary), backup::sha256(file)?))
}

/// Puts a copy in the database's place once its structure, its books and its hash chains are found sound.
pub async fn restore(settings: &Settings, file: &Path) -> Result<(), Failure> {
    let restoring = backup::prepare_restore(file, embedded(settings)?)?;
    let folder = tempfile::Builder::new().prefix("restore-").tempdir_in(restoring.folder())?;
    let copy = folder.path().join("copy.db");
    restoring.copy_to(&copy)?;
    sound_books(&copy).await?;
    drop(folder);
    let (summary, kept) = restoring.finish(SystemClock.now())?;
    print(&format!("Restored and verified: {}\n", told(&summary)))?;
    match kept {
        Some(kept) => print(&format!("What was there before is kept as {}\n", kept.display())),
        None => Ok(()),
    }
}

/// Checks the books of every tenant in a second copy, which is brought up to date for it: what is restored stays as it was
/// backed up.
pub(super) async fn sound_books(copy: &Path) -> Result<(), Failure> {
    let (clock, ids) = (Arc::new(SystemClock), Arc::new(SystemIds));
    let database =
        Arc::new(Db::open_sqlite(copy, SqliteOptions::default(), clock, ids, SqlUnitOfWork::open).await?);
    let integrity = Integrity::new(database.clone());
    let mut wrong = Vec::new();
    for (tenant, code) in database.tenants_by_code().await? {
        let chains = integrity.verify(tenant, None).await?;
        if !chains.audit.ok {
            wrong.push(format!("  tenant {code}: the hash chain of the audit log is broken"));
        }
        for journal in chains.journals.iter().filter(|journal| !journal.ok) {
            wrong.push(format!(
                "  tenant {code}: the hash chain of the journal {} is broken",
                journal.journal
            ));
        }
        let checks = integrity.checks(tenant, Language::English).await?;
        for check in checks.checks.iter().filter(|check| !check.ok) {
            wrong.push(format!("  tenant {code}: the check {} fails", check.code));
        }
    }
    database.close().await;
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Failure::Other(format!(
        "nothing was restored, because the books in the copy are not as the product wrote them:\n{}\n\
         Restore another backup. If there is none, this file can be put in the database's place by hand while no server runs",
        wrong.join("\n")
    )))
}

/// The file of the embedded engine.
pub(super) fn embedded(settings: &Settings) -> Result<&Path, Failure> {
    let told = "this command works on the embedded engine; the database configured is on a server";
    settings.database.sqlite_file().ok_or_else(|| Failure::Other(told.to_owned()))
}

fn told(summary: &BackupSummary) -> String {
    format!(
        "{} ({} bytes, schema {}, {} tenants, {} journal entries)",
        summary.file.display(),
        summary.bytes,
        summary.schema,
        summary.tenants,
        summary.journal_entries
    )
}

/// Imports a file into the database of a stopped server, with a progress bar on standard error.
pub async fn import(settings: &Settings, args: ImportArgs) -> Result<(), Failure> {
    let kind = ImportKind::parse(&args.kind).map_err(|_| {
        let known = ImportKind::WORDS.join(", ");
        Failure::Other(format!("--type is one of {known}, not '{}'", args.kind))
    })?;
    let extension = args.file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let format = match extension.to_ascii_lowercase().as_str() {
        "ndjson" | "jsonl" => ImportFormat::NdJson,
        "tsv" | "tab" => ImportFormat::Tsv,
        "xlsx" => ImportFormat::Xlsx,
        _ => ImportFormat::Csv,
    };
    let source = File::open(&args.file)
        .map_err(|error| Failure::Other(format!("{} cannot be read: {error}", args.file.display())))?;
    let parts = super::assemble(settings, Arc::new(SystemClock), Arc::new(SystemIds)).await?;
    let tenant = parts.database.tenant_by_code(&args.tenant).await?;
    let tenant: TenantId = tenant
        .ok_or_else(|| Failure::Other(format!("there is no tenant with the code '{}'", args.tenant)))?;
    let view =
        parts.state.sign_in.queries.tenant(tenant).await?.ok_or_else(|| AppError::not_found(TENANT))?;
    let time_zone = TimeZone::parse(&view.time_zone).map_err(AppError::from)?;
    let ctx = RequestContext::system(tenant, "command-line").in_time_zone(time_zone);
    let ctx = RequestContext { dry_run: args.dry_run, ..ctx };
    let options = ImportOptions {
        post: args.post,
        create_periods: args.create_periods,
        create_dimensions: args.create_dimensions,
        allow_duplicate: args.allow_duplicate,
        update: args.update,
        journal: args.journal,
        date: args.date,
        reading: None,
    };
    let reading = match &args.profile {
        Some(code) => {
            let code = Code::parse(code).map_err(AppError::from)?;
            let profile = find_profile(&*parts.database, tenant, &code).await?;
            let table = if format == ImportFormat::Xlsx { TableFormat::Xlsx } else { TableFormat::Csv };
            if profile.import_type != kind || profile.format != table || format == ImportFormat::NdJson {
                let (of, like) = (profile.import_type, profile.format);
                return Err(Failure::Other(format!(
                    "the profile '{code}' is for imports of {of} from {like} files"
                )));
            }
            profile.reading
        }
        None => FileReading::default(),
    };
    let source = BufReader::new(source);
    let bar = Arc::new(Bar::default());
    let done =
        import_file(&parts.application, &ctx, (kind, format, &reading), options, source, bar.clone()).await;
    bar.finish();
    parts.database.close().await;
    match done {
        Ok(executed) => print(&format!("{}\n", String::from_utf8_lossy(&executed.body))),
        Err(error) => {
            let lines = error.violations.iter().map(|violation| {
                format!(
                    "  {} {}: {}\n",
                    violation.pointer,
                    violation.def.code,
                    violation.text(Language::English)
                )
            });
            let internal = error.internal.as_deref().unwrap_or_default();
            Err(Failure::Other(format!("nothing was imported\n{}{internal}", lines.collect::<String>())))
        }
    }
}

/// A line that is written over and over.
#[derive(Default)]
struct Bar(Mutex<u64>);

impl Progress for Bar {
    fn advance(&self, done: u64, total: u64) {
        let percent = (done * 100).checked_div(total).unwrap_or(100);
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *shown != percent {
            *shown = percent;
            let full = usize::try_from(percent / 5).unwrap_or(20).min(20);
            let line = format!(
                "\r[{}{}] {percent:3} %  {done} of {total} rows",
                "#".repeat(full),
                ".".repeat(20 - full)
            );
            // A bar that cannot be shown harms nothing.
            let _ = std::io::stderr().lock().write_all(line.as_bytes());
        }
    }
}

impl Bar {
    fn finish(&self) {
        let _ = std::io::stderr().lock().write_all(b"\n");
    }
}
