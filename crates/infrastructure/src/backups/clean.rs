//! Removing what need not be kept any longer.

use std::collections::HashSet;

use application::platform::backups::{BackupKind, Entry, Fate, fates};
use application::ports::blobs::BlobKind;
use domain::time::Timestamp;
use tracing::info;
use uuid::Uuid;

use super::restore::blocking;
use super::{BackupError, Backups};
use crate::sql::pointed_files::pointed_files;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// The result of a clean-up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cleaned {
    pub removed: u64,
    pub cooled: u64,
    pub files_removed: u64,
}

impl Backups {
    /// Removes backups that need not be kept any longer, and moves long-kept ones to cold storage.
    pub async fn clean(&self) -> Result<Cleaned, BackupError> {
        let _turn = self.known.whole.lock().await;
        let catalogue = self.repository.catalogue().await?;
        let (mut done, mut removed) = (Cleaned::default(), HashSet::new());
        for (entry, fate) in catalogue.iter().zip(fates(&catalogue, self.retention, self.clock.now())) {
            match fate {
                Fate::Hot => {}
                Fate::Cold => done.cooled += u64::from(self.cool(entry.id).await?),
                Fate::Removed => {
                    self.repository.remove(entry.id).await?;
                    removed.insert(entry.id);
                }
            }
        }
        done.removed = removed.len() as u64;
        let kept = catalogue.into_iter().filter(|entry| !removed.contains(&entry.id)).collect::<Vec<_>>();
        if let Some(known) = &mut *self.known.catalogue.lock().await {
            // Logs have been added meanwhile.
            known.retain(|entry| !removed.contains(&entry.id));
        }
        done.files_removed = self.clean_files(&kept).await?;
        info!(target: "erp::backup", removed = done.removed, cooled = done.cooled, "Backups cleaned up: {{removed}} removed, {{cooled}} moved to cold storage");
        Ok(done)
    }

    /// Once for each backup and process; answers whether it was done now.
    async fn cool(&self, id: Uuid) -> Result<bool, BackupError> {
        if self.known.cold.lock().await.contains(&id) {
            return Ok(false);
        }
        let cooled = self.repository.cool(id).await?;
        self.known.cold.lock().await.insert(id);
        Ok(cooled)
    }

    /// Removes copies of files that no row points to, neither now nor in a full backup that is kept, nor could in between.
    async fn clean_files(&self, kept: &[Entry]) -> Result<u64, BackupError> {
        let copies = self.repository.ids(BlobKind::BackupFile).await?;
        let database = self.source.database().to_owned();
        let pointed = blocking(move || Ok(pointed_files(&database)?)).await?;
        let mut wanted: HashSet<Uuid> = pointed.iter().map(|file| file.key.id.uuid()).collect();
        for full in kept.iter().filter(|entry| entry.kind == BackupKind::Full) {
            wanted.extend(self.repository.list_of(full.id).await?);
        }
        let young = self.clock.now().plus_seconds(-i64::from(self.retention.days + 1) * DAY_SECONDS);
        let mut removed = 0;
        for id in copies.into_iter().filter(|id| !wanted.contains(id) && made_at(*id) < Some(young)) {
            self.repository.remove_file(id).await?;
            if let Some(files) = &mut *self.known.files.lock().await {
                files.remove(&id);
            }
            removed += 1;
        }
        Ok(removed)
    }
}

/// The moment in an id that has one.
fn made_at(id: Uuid) -> Option<Timestamp> {
    let (seconds, _) = id.get_timestamp()?.to_unix();
    Some(Timestamp::from_micros(0).plus_seconds(i64::try_from(seconds).ok()?))
}
