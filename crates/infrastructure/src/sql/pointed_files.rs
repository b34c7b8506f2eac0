//! The files that rows of an embedded database point to, read from its file.

use std::path::Path;

use application::ports::blobs::{BlobKey, BlobKind};
use application::ports::storage_error::StorageResult;
use domain::ids::{BlobId, TenantId};
use rusqlite::{Connection, OpenFlags};
use uuid::Uuid;

use super::sqlite::values::storage_error;

/// A file that a row points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointed {
    pub key: BlobKey,
    pub bytes: Option<u64>,
}

/// Every file that belongs to something.
pub fn pointed_files(database: &Path) -> StorageResult<Vec<Pointed>> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags).map_err(storage_error)?;
    let text = "SELECT tenant_id, id, kind, size_bytes FROM stored_blob WHERE delete_after IS NULL ORDER BY tenant_id, id";
    let mut statement = connection.prepare(text).map_err(storage_error)?;
    let rows = statement
        .query_map([], |row| {
            let id = |column: &str| row.get::<_, [u8; 16]>(column).map(Uuid::from_bytes);
            Ok((
                id("tenant_id")?,
                id("id")?,
                row.get::<_, String>("kind")?,
                row.get::<_, Option<i64>>("size_bytes")?,
            ))
        })
        .map_err(storage_error)?;
    let mut files = Vec::new();
    for row in rows {
        let (tenant, id, kind, bytes) = row.map_err(storage_error)?;
        let Ok(kind) = BlobKind::parse(&kind) else { continue };
        let key = BlobKey { tenant: TenantId::new(tenant), kind, id: BlobId::new(id) };
        files.push(Pointed { key, bytes: bytes.and_then(|bytes| u64::try_from(bytes).ok()) });
    }
    Ok(files)
}
