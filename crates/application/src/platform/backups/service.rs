//! Taking backups, as operators ask for it and metrics tell of it.

use async_trait::async_trait;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::entry::{BackupKind, Entry};
use crate::error::AppResult;

/// The result of asking for a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Taken {
    #[serde(flatten)]
    pub entry: Entry,
    /// Files of rows that were copied with it.
    pub files: u64,
    /// Why it is another kind than was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead: Option<String>,
}

/// The history of backups of one kind in this process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KindStatistics {
    /// Until when the last one covers every commit.
    pub last: Option<Timestamp>,
    pub bytes: Option<u64>,
    pub failures: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BackupStatistics {
    pub full: KindStatistics,
    pub differential: KindStatistics,
    pub log: KindStatistics,
    /// The moment at which a backup was last read back and found whole.
    pub verified_at: Option<Timestamp>,
    /// The moment at which a restore was last practised, and its books found sound.
    pub drilled_at: Option<Timestamp>,
}

impl BackupStatistics {
    pub fn of(&self, kind: BackupKind) -> &KindStatistics {
        match kind {
            BackupKind::Full => &self.full,
            BackupKind::Differential => &self.differential,
            BackupKind::Log => &self.log,
        }
    }

    pub fn of_mut(&mut self, kind: BackupKind) -> &mut KindStatistics {
        match kind {
            BackupKind::Full => &mut self.full,
            BackupKind::Differential => &mut self.differential,
            BackupKind::Log => &mut self.log,
        }
    }
}

/// The backups of the database that this process serves.
#[async_trait]
pub trait BackupService: Send + Sync {
    async fn take(&self, kind: BackupKind, label: Option<String>) -> AppResult<Taken>;

    /// Every backup in the store, the oldest first.
    async fn list(&self) -> AppResult<Vec<Entry>>;

    fn statistics(&self) -> BackupStatistics;
}
