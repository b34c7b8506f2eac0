//! `erp-api migrate`: brings the schema up to date, or says what that would take.

use std::io::Write;

use application::ports::clock::Clock;
use infrastructure::sql::dialect::Dialect;
use infrastructure::sql::migrate::{
    Applied, MIGRATION_WAIT_MAX, MIGRATIONS, Migration, ahead, applied_in_file, migrate_file, pending,
};
use infrastructure::sql::mssql::migrate::{Migrating, Prepared, applied_on, prepare};
use infrastructure::system::SystemClock;

use super::stores::sql_server_options;
use super::{Failure, print, sql_login};
use crate::cli::MigrateArgs;
use crate::config::{DatabaseChoice, Settings};

const UP_TO_DATE: &str = "The database is up to date.\n";

pub async fn migrate(settings: &Settings, args: MigrateArgs) -> Result<(), Failure> {
    if !args.plan && !args.status {
        return apply(settings).await;
    }
    let (applied, dialect) = applied(settings).await?;
    let pending = pending(&applied, dialect)?;
    if args.status {
        return print(&status(&applied, &pending));
    }
    // No version runs on an empty database, so nothing can be taken from it.
    let (text, expand_only) = plan(&pending, dialect, applied.is_empty());
    print(&text)?;
    if args.require_expand_only && !expand_only {
        return Err(Failure::Other(
            "the plan is not expand-only: the version before cannot run on it".to_owned(),
        ));
    }
    Ok(())
}

async fn applied(settings: &Settings) -> Result<(Vec<Applied>, Dialect), Failure> {
    match &settings.database.choice {
        DatabaseChoice::Sqlite(file) => Ok((applied_in_file(file)?, Dialect::Sqlite)),
        DatabaseChoice::SqlServer(text) => {
            let options = sql_server_options(text.expose(), settings)?;
            let tokens = sql_login::tokens(settings, &options).await?;
            Ok((applied_on(&options, Some(tokens)).await?, Dialect::SqlServer))
        }
    }
}

fn status(applied: &[Applied], pending: &[&Migration]) -> String {
    let state = |number| if pending.iter().any(|p| p.number == number) { "pending" } else { "applied" };
    let known = MIGRATIONS.iter().map(|m| format!("{:8} {}\n", state(m.number), m.name)).collect::<String>();
    match ahead(applied) {
        0 => known,
        count => format!("{known}{:8} {count} of a newer version, which only add\n", "applied"),
    }
}

/// The texts that would run, what each does to the version before, and whether all only add.
fn plan(pending: &[&Migration], dialect: Dialect, is_empty: bool) -> (String, bool) {
    let mut text = String::new();
    for migration in pending {
        let kind =
            migration.objections(dialect).map_or("expand-only".to_owned(), |why| format!("contract: {why}"));
        text.push_str(&format!("-- {}: {kind}\n{}\n", migration.name, migration.text(dialect)));
    }
    if pending.is_empty() {
        text.push_str(UP_TO_DATE);
    }
    let expand_only = is_empty || pending.iter().all(|migration| migration.is_expand_only());
    text.push_str(match (expand_only, is_empty) {
        (true, true) => "expand-only: yes, the database is empty\n",
        (true, false) => "expand-only: yes\n",
        (false, _) => "expand-only: no\n",
    });
    (text, expand_only)
}

async fn apply(settings: &Settings) -> Result<(), Failure> {
    let done = match &settings.database.choice {
        DatabaseChoice::Sqlite(file) => {
            let applied = migrate_file(file, SystemClock.now(), MIGRATION_WAIT_MAX, |other| {
                let seconds = MIGRATION_WAIT_MAX.as_secs();
                // If nobody can read the text, the exit code still tells.
                let _ = writeln!(
                    std::io::stderr().lock(),
                    "erp-api: {other}: waiting for it, for {seconds} s at most"
                );
            })?;
            Prepared { applied, ..Prepared::default() }
        }
        DatabaseChoice::SqlServer(text) => {
            let options = sql_server_options(text.expose(), settings)?;
            let tokens = sql_login::tokens(settings, &options).await?;
            prepare(&options, Some(tokens), Migrating::Apply, SystemClock.now()).await?
        }
    };
    let applied = done.applied.iter().map(|name| format!("applied  {name}\n")).collect::<String>();
    let applied = if applied.is_empty() { UP_TO_DATE.to_owned() } else { applied };
    let without = done.without.iter().map(|what| format!("without  {what}\n"));
    print(&format!("{applied}{}", without.collect::<String>()))
}
