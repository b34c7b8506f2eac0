//! Backups of a running server, and what happened to them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use application::error::AppResult;
use application::platform::backups::service::{BackupService, BackupStatistics, Taken};
use application::platform::backups::{BackupKind, Calendar, Entry};
use async_trait::async_trait;
use infrastructure::backups::Backups;
use tracing::{info, warn};

use super::super::offline::sound_books;
use super::Failure;

pub struct Service {
    pub(super) backups: Backups,
    pub(super) calendar: Calendar,
    statistics: Mutex<BackupStatistics>,
}

impl Service {
    pub fn new(backups: Backups, calendar: Calendar) -> Self {
        Self { backups, calendar, statistics: Mutex::default() }
    }

    fn counted(&self) -> MutexGuard<'_, BackupStatistics> {
        self.statistics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads from the store when earlier processes took backups, so that their age is known from the start on.
    pub(super) async fn look_back(&self) {
        for kind in BackupKind::ALL {
            match self.backups.last(*kind).await {
                Ok(Some(last)) => self.note(&last),
                Ok(None) => {}
                Err(error) => {
                    warn!(target: "erp::backup", %error, "The store of backups cannot be read: {{error}}");
                    return;
                }
            }
        }
    }

    fn note(&self, entry: &Entry) {
        let mut statistics = self.counted();
        let kind = statistics.of_mut(entry.kind);
        kind.last = kind.last.max(Some(entry.covers_until));
        kind.bytes = Some(entry.bytes);
    }

    /// Reads a backup back.
    pub(super) async fn verify(&self, entry: &Entry) {
        match self.backups.verify(entry).await {
            Ok(()) => self.counted().verified_at = Some(self.backups.clock.now()),
            Err(error) => {
                self.counted().of_mut(entry.kind).failures += 1;
                warn!(target: "erp::backup", id = %entry.id, %error, "The backup {{id}} cannot be read back: {{error}}");
            }
        }
    }

    /// Restores the newest moment beside the database and checks its books.
    pub(super) async fn drill(&self) {
        let practised = async {
            let (folder, copy, at) = self.backups.practise().await?;
            sound_books(&copy).await?;
            drop(folder);
            Ok::<_, Failure>(at)
        };
        match practised.await {
            Ok(at) => {
                self.counted().drilled_at = Some(self.backups.clock.now());
                info!(target: "erp::backup", at = %at, "A restore to {{at}} was practised, and its books are sound");
            }
            Err(error) => {
                warn!(target: "erp::backup", %error, "A restore was practised and failed: {{error}}")
            }
        }
    }

    pub(super) async fn clean(&self) {
        if let Err(error) = self.backups.clean().await {
            warn!(target: "erp::backup", %error, "Backups could not be cleaned up: {{error}}");
        }
    }
}

#[async_trait]
impl BackupService for Service {
    async fn take(&self, kind: BackupKind, label: Option<String>) -> AppResult<Taken> {
        match self.backups.take(kind, label).await {
            Ok(taken) => {
                self.note(&taken.entry);
                if taken.entry.kind == BackupKind::Full {
                    let why = taken.instead.as_deref().unwrap_or("it was due or asked for");
                    info!(target: "erp::backup", id = %taken.entry.id, bytes = taken.entry.bytes, why, "Full backup {{id}} of {{bytes}} bytes taken, because {{why}}");
                }
                Ok(taken)
            }
            Err(error) => {
                self.counted().of_mut(kind).failures += 1;
                warn!(target: "erp::backup", kind = kind.as_str(), %error, "A backup ({{kind}}) failed: {{error}}");
                Err(error.into())
            }
        }
    }

    async fn list(&self) -> AppResult<Vec<Entry>> {
        Ok(self.backups.repository.catalogue().await?)
    }

    fn statistics(&self) -> BackupStatistics {
        self.counted().clone()
    }
}
