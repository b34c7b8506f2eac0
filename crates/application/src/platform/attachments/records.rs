//! The stored records of attachments, and the rules an installation sets for them.

use std::time::Duration;

use chrono::NaiveDate;
use domain::error::{Violation, Violations};
use domain::ids::{AttachmentId, BlobId, TenantId, UserId};
use domain::platform::attachment::{AttachmentStatus, ContentType, DocumentType, FileName, STANDARD_TYPES};
use domain::time::Timestamp;
use uuid::Uuid;

use super::error::ATTACHMENT_TOO_LARGE;
use crate::ports::blobs::{BlobKey, BlobKind};

/// Largest file unless configured otherwise: 350 MiB.
pub const ATTACHMENT_BYTES_MAX: u64 = 350 << 20;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    pub id: AttachmentId,
    pub document_type: DocumentType,
    pub document_id: Uuid,
    pub name: FileName,
    pub description: Option<String>,
    pub content_type: ContentType,
    /// The size in bytes; the announced one, as long as the attachment is pending.
    pub size: u64,
    /// SHA-256; announced, as long as it is pending.
    pub sha256: [u8; 32],
    pub status: AttachmentStatus,
    pub blob_id: BlobId,
    /// The moment at which a pending attachment is given up.
    pub expires_at: Option<Timestamp>,
    pub created_by: Option<UserId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
}

impl Attachment {
    pub fn blob_key(&self, tenant: TenantId) -> BlobKey {
        let kind = match self.status {
            AttachmentStatus::Pending => BlobKind::Upload,
            AttachmentStatus::Stored => BlobKind::Attachment,
        };
        BlobKey { tenant, kind, id: self.blob_id }
    }
}

/// A caller's description of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAttachment {
    pub document_type: DocumentType,
    pub document_id: Uuid,
    pub name: FileName,
    pub description: Option<String>,
    pub content_type: ContentType,
}

/// The files that this installation accepts.
#[derive(Debug, Clone)]
pub struct AttachmentPolicy {
    pub types: Vec<ContentType>,
    /// The largest size of one file.
    pub bytes_max: u64,
    /// The largest size of all files of a tenant, including those on their way; `None` for no limit.
    pub tenant_bytes_max: Option<u64>,
    pub download_url_life: Duration,
    pub upload_url_life: Duration,
}

impl Default for AttachmentPolicy {
    fn default() -> Self {
        Self {
            types: STANDARD_TYPES.iter().filter_map(|name| ContentType::parse(name).ok()).collect(),
            bytes_max: ATTACHMENT_BYTES_MAX,
            tenant_bytes_max: None,
            download_url_life: Duration::from_secs(5 * 60),
            upload_url_life: Duration::from_secs(60 * 60),
        }
    }
}

impl AttachmentPolicy {
    /// The type of a file: as declared or, when nothing useful is, by the ending of its name; among those taken here.
    pub fn content_type(&self, declared: Option<&str>, name: &FileName) -> Result<ContentType, Violation> {
        const NOTHING: &str = "application/octet-stream";
        let declared = ContentType::parse(declared.unwrap_or(NOTHING))?;
        let known = if declared.as_str() == NOTHING { ContentType::of_name(name) } else { None };
        known.unwrap_or(declared).among(&self.types)
    }

    pub fn check_size(&self, size: u64) -> Result<(), Violation> {
        if size <= self.bytes_max {
            return Ok(());
        }
        Err(Violation::new(&ATTACHMENT_TOO_LARGE).with("size", size).with("limit", self.bytes_max))
    }

    /// Checks the type and size announced in a body, and reports everything that is wrong.
    pub fn check_announced(&self, content_type: &str, size: u64) -> Result<ContentType, Vec<Violation>> {
        let mut errors = Violations::new();
        let parsed = ContentType::parse(content_type).and_then(|parsed| parsed.among(&self.types));
        let parsed = errors.check("/contentType", parsed);
        errors.check("/size", self.check_size(size));
        match parsed {
            Some(parsed) if errors.is_empty() => Ok(parsed),
            _ => Err(errors.into_vec()),
        }
    }
}

/// The facts about their document that attachments need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentState {
    pub date: NaiveDate,
    pub posted: bool,
    /// Whether the fiscal period it is posted in still takes entries.
    pub period_open: bool,
}
