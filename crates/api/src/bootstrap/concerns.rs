//! The concerns of `custom-check`: everything that no other check covers (I4). A concern that cannot arise is absent:
//! without a vault there is no age of the vault.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use application::platform::leadership::{BELIEF, LEASE};
use application::ports::clock::Clock;
use async_trait::async_trait;
use domain::time::Timestamp;
use infrastructure::cache::layered::LayeredCache;
use infrastructure::certificates;
use infrastructure::disk::{self, Space};
use infrastructure::sql::db::{DatabaseClock, Db};

use super::stores::server_certificate;
use crate::config::{LiveSettings, Source};
use crate::health::{Finding, Probe};

/// A source of settings may miss so many turns.
const TURNS_MISSED_MAX: u32 = 3;
/// A little more time, for the answer itself.
const TURN_GRACE: Duration = Duration::from_secs(5);
/// How long the other processes may not be told of a change.
const OUTBOX_LAG_MAX: Duration = Duration::from_secs(60);
/// The difference between clocks that a lease allows for.
const SKEW_MAX: Duration = LEASE.saturating_sub(BELIEF);
/// Room for a few pages: a folder that only takes a file's name has no room for a transaction.
const ROOM_BYTES: usize = 64 * 1024;
/// Less free space than both of these is little.
const FREE_PART_MIN: u64 = 20;
const FREE_BYTES_MIN: u64 = 1 << 30;
/// How long before a certificate's end somebody should look.
const CERTIFICATE_NOTICE_SECONDS: i64 = 14 * 86_400;

/// The parts of the process that the concerns look at.
pub struct Watched {
    pub live: LiveSettings,
    pub redis: Option<Arc<LayeredCache>>,
    pub database: Arc<Db>,
    pub clock: Arc<dyn Clock>,
    pub data_folder: PathBuf,
}

/// The concerns that can arise in this process.
pub fn concerns(watched: Watched) -> Vec<Arc<dyn Probe>> {
    let Watched { live, redis, database, clock, data_folder } = watched;
    let mut concerns: Vec<Arc<dyn Probe>> = Vec::new();
    for source in [Source::KeyVault, Source::AppConfiguration] {
        if live.age(source).is_some() {
            concerns.push(Arc::new(SourceAge { live: live.clone(), source }));
        }
    }
    if let Some(redis) = &redis {
        concerns.push(Arc::new(OutboxLag(redis.clone())));
    }
    let of_database = database.file().and_then(Path::parent).map(Path::to_owned);
    let mut folders: Vec<_> = of_database.into_iter().chain([data_folder]).collect();
    folders.dedup();
    concerns.push(Arc::new(ClockSkew { database: database.clone(), clock: clock.clone() }));
    concerns.push(Arc::new(Disk(folders)));
    concerns.push(Arc::new(CertificateExpiry { live, redis, clock }));
    concerns.push(Arc::new(DatabaseWrites(database)));
    concerns
}

/// The source of settings answered lately: what it says of secrets is in force.
struct SourceAge {
    live: LiveSettings,
    source: Source,
}

#[async_trait]
impl Probe for SourceAge {
    fn name(&self) -> &'static str {
        match self.source {
            Source::KeyVault => "vault-age",
            Source::AppConfiguration => "app-configuration-age",
        }
    }
    async fn look(&self) -> Result<Finding, String> {
        let reload = self.live.current().reload;
        let interval = match self.source {
            Source::KeyVault => reload.interval,
            Source::AppConfiguration => reload.app_configuration,
        };
        Ok(self.live.age(self.source).map_or(Finding::Well, |age| of_age(age, interval)))
    }
}

fn of_age(age: Duration, interval: Duration) -> Finding {
    if age <= interval * TURNS_MISSED_MAX + TURN_GRACE {
        return Finding::Well;
    }
    let (age, interval) = (age.as_secs(), interval.as_secs());
    Finding::Worrying(format!(
        "no answer for {age} s, it is asked every {interval} s; its last settings count"
    ))
}

/// The other processes hear of changes: the change feed is read by whoever wants to, and what this process sends by itself
/// is the news for the others' caches.
struct OutboxLag(Arc<LayeredCache>);

#[async_trait]
impl Probe for OutboxLag {
    fn name(&self) -> &'static str {
        "outbox-lag"
    }
    async fn look(&self) -> Result<Finding, String> {
        Ok(of_lag(self.0.untold_for()))
    }
}

fn of_lag(oldest: Option<Duration>) -> Finding {
    match oldest {
        Some(lag) if lag > OUTBOX_LAG_MAX => Finding::Worrying(format!(
            "the other processes have not heard of a change for {} s",
            lag.as_secs()
        )),
        _ => Finding::Well,
    }
}

/// The clock of this process is that of the database.
struct ClockSkew {
    database: Arc<Db>,
    clock: Arc<dyn Clock>,
}

#[async_trait]
impl Probe for ClockSkew {
    fn name(&self) -> &'static str {
        "clock-skew"
    }
    async fn look(&self) -> Result<Finding, String> {
        let before = self.clock.now();
        // Whether the database answers at all is another check's.
        let Ok(theirs) = self.database.clock().await else { return Ok(Finding::Well) };
        Ok(of_clocks(theirs, before, self.clock.now()))
    }
}

fn of_clocks(theirs: DatabaseClock, before: Timestamp, after: Timestamp) -> Finding {
    let micros = match theirs {
        DatabaseClock::Now(theirs) if theirs < before => theirs.micros() - before.micros(),
        DatabaseClock::Now(theirs) if theirs > after => theirs.micros() - after.micros(),
        DatabaseClock::NotBefore(newest) if newest > after => newest.micros() - after.micros(),
        _ => return Finding::Well,
    };
    if Duration::from_micros(micros.unsigned_abs()) <= SKEW_MAX {
        return Finding::Well;
    }
    let (seconds, way) = (micros.unsigned_abs() / 1_000_000, if micros > 0 { "behind" } else { "ahead of" });
    Finding::Worrying(format!("the clock of this process is {seconds} s {way} the database's"))
}

/// The folders of the process can be written and have room.
struct Disk(Vec<PathBuf>);

#[async_trait]
impl Probe for Disk {
    fn name(&self) -> &'static str {
        "disk"
    }
    async fn look(&self) -> Result<Finding, String> {
        let folders = self.0.clone();
        let look = move || folders.iter().map(|folder| of_folder(folder)).max_by_key(how_bad);
        let seen = tokio::task::spawn_blocking(look).await.map_err(|error| error.to_string())?;
        Ok(seen.unwrap_or(Finding::Well))
    }
}

fn how_bad(finding: &Finding) -> u8 {
    match finding {
        Finding::Well => 0,
        Finding::Worrying(_) => 1,
        Finding::Bad(_) => 2,
    }
}

fn of_folder(folder: &Path) -> Finding {
    let file = folder.join(".health");
    let written = std::fs::write(&file, [0; ROOM_BYTES]);
    match std::fs::remove_file(&file).and(written) {
        Err(error) => Finding::Bad(format!("{} cannot be written: {error}", folder.display())),
        Ok(()) => disk::space(folder).map_or(Finding::Well, |space| of_space(folder, space)),
    }
}

fn of_space(folder: &Path, Space { free, total }: Space) -> Finding {
    if free >= FREE_BYTES_MIN || free >= total / FREE_PART_MIN {
        return Finding::Well;
    }
    let (free, total) = (free >> 20, total >> 20);
    Finding::Worrying(format!("{free} of {total} MiB are free where {} is", folder.display()))
}

/// The certificates that connections rely on, and those that operators name, have not ended.
struct CertificateExpiry {
    live: LiveSettings,
    redis: Option<Arc<LayeredCache>>,
    clock: Arc<dyn Clock>,
}

#[async_trait]
impl Probe for CertificateExpiry {
    fn name(&self) -> &'static str {
        "certificate-expiry"
    }
    async fn look(&self) -> Result<Finding, String> {
        let settings = self.live.current();
        let files: Vec<_> =
            settings.certificates.iter().cloned().chain(server_certificate(&settings)).collect();
        let read = move || -> Vec<_> {
            files
                .into_iter()
                .map(|file| (file.display().to_string(), certificates::file_ends(&file)))
                .collect()
        };
        let mut ends = tokio::task::spawn_blocking(read).await.map_err(|error| error.to_string())?;
        let shown = self.redis.as_ref().and_then(|redis| redis.certificate_ends());
        ends.extend(shown.map(|end| ("the certificate of Redis".to_owned(), Ok(end))));
        let now = self.clock.now();
        let findings = ends.into_iter().map(|(name, end)| of_certificate(&name, end, now));
        Ok(findings.max_by_key(how_bad).unwrap_or(Finding::Well))
    }
}

fn of_certificate(name: &str, end: Result<Timestamp, String>, now: Timestamp) -> Finding {
    match end {
        Err(reason) => Finding::Worrying(format!("{name}: {reason}")),
        Ok(end) if end <= now => Finding::Bad(format!("{name} ended {end}")),
        Ok(end) if end <= now.plus_seconds(CERTIFICATE_NOTICE_SECONDS) => {
            Finding::Worrying(format!("{name} ends {end}"))
        }
        Ok(_) => Finding::Well,
    }
}

/// The database took the last write.
struct DatabaseWrites(Arc<Db>);

#[async_trait]
impl Probe for DatabaseWrites {
    fn name(&self) -> &'static str {
        "database-writes"
    }
    async fn look(&self) -> Result<Finding, String> {
        Ok(match (self.0.is_damaged(), self.0.refuses_writes()) {
            (true, _) => Finding::Bad("the database file is damaged; restore a backup".to_owned()),
            (false, true) => Finding::Bad("the storage refused the last write".to_owned()),
            (false, false) => Finding::Well,
        })
    }
}

#[cfg(test)]
mod tests;
