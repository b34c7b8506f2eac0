//! An attachment as the API shows it; its bytes are read elsewhere.

use domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::records::Attachment;
use crate::ports::blobs::hex;
use crate::views::{optional_timestamp, timestamp};

/// A file that belongs to a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttachmentView {
    pub id: Uuid,
    /// The type of the document, such as `journal_entry` or `sales_invoice`.
    pub document_type: String,
    pub document_id: Uuid,
    /// The name of the file.
    pub name: String,
    pub description: Option<String>,
    /// The media type, such as `application/pdf`.
    pub content_type: String,
    /// The size in bytes.
    pub size: u64,
    /// SHA-256 of the content, 64 hexadecimal digits.
    pub sha256: String,
    /// The status: `pending` until its bytes are there, then `stored`.
    pub status: String,
    pub created_by: Option<Uuid>,
    #[serde(serialize_with = "timestamp")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[serde(serialize_with = "timestamp")]
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// The moment at which a pending attachment is removed; null once it is stored.
    #[serde(serialize_with = "optional_timestamp")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    pub version: i64,
}

impl From<&Attachment> for AttachmentView {
    fn from(attachment: &Attachment) -> Self {
        Self {
            id: attachment.id.uuid(),
            document_type: attachment.document_type.as_str().to_owned(),
            document_id: attachment.document_id,
            name: attachment.name.as_str().to_owned(),
            description: attachment.description.clone(),
            content_type: attachment.content_type.as_str().to_owned(),
            size: attachment.size,
            sha256: hex(&attachment.sha256),
            status: attachment.status.as_str().to_owned(),
            created_by: attachment.created_by.map(|user| user.uuid()),
            created_at: attachment.created_at,
            updated_at: attachment.updated_at,
            expires_at: attachment.expires_at,
            version: attachment.version,
        }
    }
}
