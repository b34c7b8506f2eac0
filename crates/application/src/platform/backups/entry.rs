//! One backup, as its manifest in the store tells of it.

use std::fmt;

use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The form of manifests that this version writes.
pub const MANIFEST_VERSION: u32 = 1;

domain::choices! {
    pub enum BackupKind {
        /// A whole copy of the database.
        Full = "full",
        /// The pages that have changed since a full one.
        Differential = "diff",
        /// Every commit since the last of any kind.
        Log = "log",
    }
}

/// A place in the log of a database: pages written since its chain began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Lsn(pub u64);

impl fmt::Display for Lsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The manifest of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    pub version: u32,
    pub id: Uuid,
    #[serde(with = "kind")]
    pub kind: BackupKind,
    /// Backups of one chain fit together; a restored database begins another.
    pub chain: Uuid,
    /// The first place it holds; of a full backup, the place from which logs are applied to it.
    pub from: Lsn,
    /// The place after the last one it holds; of a full backup, from which on it is consistent.
    pub to: Lsn,
    /// The full backup that a differential one is applied to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Uuid>,
    #[serde(with = "moment")]
    pub started_at: Timestamp,
    /// Until when every commit is in it.
    #[serde(with = "moment")]
    pub covers_until: Timestamp,
    /// Bytes in the store; none when nothing was committed.
    pub bytes: u64,
    /// The SHA-256 of the file in the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Which key it is sealed with; none: it is not encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
    /// Number of the last migration.
    pub schema: i64,
    /// Why it was made, where somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

impl Entry {
    /// Whether there is something of it beside the manifest.
    pub fn has_data(&self) -> bool {
        self.bytes > 0
    }
}

mod kind {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use super::BackupKind;

    pub fn serialize<S: Serializer>(kind: &BackupKind, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(kind.as_str())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BackupKind, D::Error> {
        let text = String::deserialize(deserializer)?;
        BackupKind::parse(&text).map_err(|_| D::Error::custom("not a kind of backup"))
    }
}

mod moment {
    use domain::time::Timestamp;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(moment: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(moment)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(deserializer)?;
        Timestamp::parse(&text).map_err(|_| D::Error::custom("not a timestamp of RFC 3339"))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    /// An entry of one chain; its id tells its place.
    pub fn entry(kind: BackupKind, (from, to): (u64, u64), (started, covers): (&str, &str)) -> Entry {
        Entry {
            version: MANIFEST_VERSION,
            id: Uuid::from_u128(u128::from(to) << 8 | kind as u128),
            kind,
            chain: Uuid::from_u128(1),
            from: Lsn(from),
            to: Lsn(to),
            base: None,
            started_at: at(started),
            covers_until: at(covers),
            bytes: 1,
            sha256: Some("00".to_owned()),
            key_id: None,
            schema: 1,
            label: None,
        }
    }

    #[test]
    fn a_manifest_is_read_as_it_was_written() {
        let mut made = entry(BackupKind::Log, (5, 9), ("2024-01-15T14:25:00Z", "2024-01-15T14:30:00Z"));
        made.label = Some("before the import".to_owned());
        let text = serde_json::to_string(&made).unwrap();
        assert!(
            text.contains(r#""kind":"log""#) && text.contains(r#""coversUntil":"2024-01-15T14:30:00"#),
            "{text}"
        );
        assert_eq!(serde_json::from_str::<Entry>(&text).unwrap(), made);
        assert!(serde_json::from_str::<Entry>(&text.replace("\"log\"", "\"copy\"")).is_err());
    }
}
