//! SQL Server's own backups: what `msdb` knows of them, and the T-SQL that restores a moment (row L6).

use std::sync::Arc;

use application::platform::backups::sql_server::{ServerBackup, ServerPlan};
use application::ports::storage_error::StorageResult;
use domain::time::Timestamp;

use super::super::value::{Row, Value};
use super::answers::result_sets;
use super::connection_string::SqlServerOptions;
use super::pool::{self, LoginTokens};

/// The text operators run by hand, too; its marked sections are repeated or left out here.
const TEMPLATE: &str = include_str!("../../../../../deploy/sql/restore/pitr-template.sql");
const CATALOGUE: &str = include_str!("../../../../../deploy/sql/restore/catalogue.sql");

/// The backups of the configured database that `msdb` knows of, of the last 60 days. Needs `SELECT` there.
pub async fn catalogue(
    options: &SqlServerOptions,
    tokens: Option<Arc<dyn LoginTokens>>,
) -> StorageResult<Vec<ServerBackup>> {
    let database = options.database.clone().unwrap_or_default();
    let one =
        SqlServerOptions { pool_min: 0, pool_max: 1, database: Some("msdb".to_owned()), ..options.clone() };
    let pool = pool::pool(&one, tokens)?;
    let mut connection = pool::get(&pool).await?;
    let sets = result_sets(&mut connection, CATALOGUE, &[Value::Text(database)]).await?;
    sets.into_iter().flatten().map(read).collect()
}

fn read(row: Row) -> StorageResult<ServerBackup> {
    let mut columns = row.columns("backup");
    Ok(ServerBackup {
        kind: columns.get("kind")?,
        started_at: columns.get("started_at")?,
        finished_at: columns.get("finished_at")?,
        first_lsn: columns.get("first_lsn")?,
        last_lsn: columns.get("last_lsn")?,
        base_lsn: columns.get("base_lsn")?,
        checkpoint_lsn: columns.get("checkpoint_lsn")?,
        url: columns.get("url")?,
    })
}

/// The names in the plan, beside those in the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// The restored database; nothing of that name may be there.
    pub database: String,
    /// Logical names of the data and the log file, as `RESTORE FILELISTONLY` tells them.
    pub data: String,
    pub log: String,
    /// Folder of the restored files on the server.
    pub folder: String,
}

/// The script of a plan: the template, with each log in its place. The tail of the log, which comes before everything else, is taken
/// by `deploy/sql/backup/tail-log.sql`; its address is left as `$(TailUrl)`.
pub fn script(plan: &ServerPlan, names: &Names) -> String {
    let Names { database, data, log, folder } = names;
    let folder = folder.trim_end_matches('/');
    let mut text = TEMPLATE.to_owned();
    let logs = plan.logs.iter().map(|log| log.url.as_str()).chain(plan.needs_tail.then_some("$(TailUrl)"));
    let section = between(&text, "each log").to_owned();
    let each: String = logs.map(|url| section.replace("$(LogUrl)", &quoted(url))).collect();
    text = text.replace(&section, &each);
    let section = between(&text, "differential").to_owned();
    let differential = plan.differential.as_ref().map_or_else(
        || "-- none\n".to_owned(),
        |differential| section.replace("$(DiffUrl)", &quoted(&differential.url)),
    );
    text = text.replace(&section, &differential);
    let at: Timestamp = plan.at;
    for (variable, value) in [
        ("NewDatabase", database.replace(']', "]]")),
        ("TargetUtc", at.to_datetime().format("%Y-%m-%dT%H:%M:%SZ").to_string()),
        ("FullUrl", quoted(&plan.full.url)),
        ("DataName", quoted(data)),
        ("LogName", quoted(log)),
        ("DataFile", quoted(&format!("{folder}/{database}.mdf"))),
        ("LogFile", quoted(&format!("{folder}/{database}_log.ldf"))),
    ] {
        text = text.replace(&format!("$({variable})"), &value);
    }
    text
}

/// The text between the two comments that mark a section of the template.
fn between<'a>(text: &'a str, section: &str) -> &'a str {
    let (begin, end) = (format!("-- begin: {section}\n"), format!("-- end: {section}"));
    let rest = text.split_once(&begin).map_or("", |(_, rest)| rest);
    rest.split_once(&end).map_or("", |(inside, _)| inside)
}

/// Inside `N'…'`.
fn quoted(text: &str) -> String {
    text.replace('\'', "''")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn backup(kind: &str, url: &str) -> ServerBackup {
        ServerBackup {
            kind: kind.to_owned(),
            started_at: String::new(),
            finished_at: String::new(),
            first_lsn: "1".to_owned(),
            last_lsn: "2".to_owned(),
            base_lsn: None,
            checkpoint_lsn: None,
            url: url.to_owned(),
        }
    }

    fn plan(differential: bool, needs_tail: bool) -> ServerPlan {
        ServerPlan {
            at: Timestamp::parse("2024-01-15T14:30:00Z").unwrap(),
            full: backup("full", "https://b/full-0200.bak"),
            differential: differential.then(|| backup("diff", "https://b/diff-1400.bak")),
            logs: ["1405", "1410", "1415"]
                .map(|time| backup("log", &format!("https://b/o'log-{time}.trn")))
                .to_vec(),
            needs_tail,
        }
    }

    fn names() -> Names {
        Names {
            database: "ErpRestored".to_owned(),
            data: "ErpProd".to_owned(),
            log: "ErpProd_log".to_owned(),
            folder: "/var/opt/mssql/data/".to_owned(),
        }
    }

    /// Proves: L6, GV13, X70, X71, X72.
    #[test]
    fn every_log_stops_at_the_same_moment_in_a_database_of_another_name() {
        let text = script(&plan(true, false), &names());
        let order: Vec<_> =
            ["full-0200", "diff-1400", "o''log-1405", "o''log-1410", "o''log-1415", "WITH RECOVERY"]
                .map(|part| text.find(part).unwrap_or_else(|| panic!("{part} is not in {text}")))
                .to_vec();
        assert!(order.is_sorted(), "{text}");
        assert_eq!(text.matches("RESTORE LOG [ErpRestored]").count(), 3);
        assert_eq!(text.matches("STOPAT = @stop_at").count(), 3);
        assert_eq!(text.matches("NORECOVERY").count(), 5, "{text}");
        assert!(text.contains("MOVE N'ErpProd' TO N'/var/opt/mssql/data/ErpRestored.mdf'"), "{text}");
        let body = text.split_once("SET NOCOUNT ON").unwrap().1;
        assert!(!body.contains("$("), "{body}");
    }

    #[test]
    fn the_tail_is_one_more_log_and_no_differential_backup_is_none() {
        let text = script(&plan(false, true), &names());
        assert_eq!(text.matches("RESTORE LOG [ErpRestored]").count(), 4);
        assert!(text.contains("$(TailUrl)") && !text.contains("$(DiffUrl)"), "{text}");
        assert_eq!(text.matches("RESTORE DATABASE [ErpRestored] FROM URL").count(), 1);
    }
}
