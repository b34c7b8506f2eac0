//! The bodies and parameters of files.

use application::platform::attachments::NewAttachment;
use application::ports::blobs::from_hex;
use domain::error::{Violation, Violations};
use domain::platform::attachment::{CONTENT_TYPE_LENGTH_MAX, ContentType, DocumentType, FileName};
use domain::text::DESCRIPTION_LENGTH_MAX;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::wire::{Int, Optional, Patch, Pointer, RequiredText, Schemas, Text, WireType, check, string};
use crate::{query, request};

/// Largest size that can be announced, in bytes: 5 TiB.
const ANNOUNCED_BYTES_MAX: i64 = 5 << 40;
domain::errors! {
    INVALID_CHECKSUM = "invalid_checksum", Rule, Developer,
        "A SHA-256 has 64 hexadecimal digits.", "تتكون بصمة SHA-256 من 64 رقمًا ست عشريًا.";
}

/// A SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checksum(pub [u8; 32]);

impl WireType for Checksum {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "pattern": "^[0-9A-Fa-f]{64}$",
            "examples": ["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"] })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let digest = from_hex(string(value, at, errors)?).ok_or_else(|| Violation::new(&INVALID_CHECKSUM));
        check(digest, at, errors).map(Self)
    }
}

query! {
    /// Which document a file belongs to, and what it is called.
    pub struct CreateAttachmentQuery {
        /// The type of the document.
        document_type: DocumentType = "journal_entry",
        /// The id of the document, which must exist.
        document_id: Uuid,
        /// The file's name, without a path.
        name: FileName = "receipt.pdf",
        /// A description of the file.
        description: Option<Text<DESCRIPTION_LENGTH_MAX>>,
    }
}

request! {
    /// A file that will be sent to a URL.
    pub struct BeginAttachmentUploadBody {
        document_type: DocumentType = "journal_entry",
        /// The id of the document, which must exist.
        document_id: Uuid,
        /// The file's name, without a path.
        name: FileName = "receipt.pdf",
        /// A description of the file.
        description: Option<Text<DESCRIPTION_LENGTH_MAX>>,
        /// The media type, one of those that this installation accepts.
        content_type: RequiredText<CONTENT_TYPE_LENGTH_MAX> = "application/pdf",
        /// The size in bytes.
        size: Int<1, ANNOUNCED_BYTES_MAX> = 20_480,
        /// SHA-256 of the file.
        sha256: Checksum = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    }
    /// Changes to an attachment. Members left out stay as they are.
    pub struct UpdateAttachmentBody {
        name: Optional<FileName> = "receipt.pdf",
        /// The description; null removes it.
        description: Patch<Text<DESCRIPTION_LENGTH_MAX>>,
    }
}

/// An empty description is none.
pub fn description(text: Option<Text<DESCRIPTION_LENGTH_MAX>>) -> Option<String> {
    text.map(Text::into_string).filter(|text| !text.is_empty())
}

impl BeginAttachmentUploadBody {
    pub fn into_new(self, content_type: ContentType) -> NewAttachment {
        NewAttachment {
            document_type: self.document_type,
            document_id: self.document_id,
            name: self.name,
            description: description(self.description),
            content_type,
        }
    }
}
