//! Files that belong to documents.
//!
//! The database says which bytes of the file store belong to what. Bytes are noted there before they are written and
//! kept in the transaction of the attachment they belong to; what is noted and never kept is removed by [`sweep`], so
//! a crash at any moment leaves nothing behind for ever.

mod add;
mod begin;
mod complete;
mod content;
mod delete;
mod disposition;
mod document;
pub mod error;
mod expire;
pub mod ports;
mod records;
mod register;
mod service;
mod storing;
mod sweep;
mod update;
mod view;

pub use add::AddAttachment;
pub use begin::BeginAttachmentUpload;
pub use complete::CompleteAttachment;
pub use delete::{DeleteAttachment, delete_with_document};
pub use document::{read_permission, readable_types};
pub use expire::ExpireAttachment;
pub use records::{Attachment, AttachmentPolicy, DocumentState, NewAttachment};
pub(crate) use register::NoteBlob;
pub use service::{Attachments, label};
pub use sweep::{Swept, sweep};
pub use update::UpdateAttachment;
pub use view::AttachmentView;

use crate::paging::{Direction, FieldKind, FieldSpec, ListSpec};

/// The resource, as in permissions, events and messages.
pub const ATTACHMENT: &str = "attachment";

pub static ATTACHMENT_LIST: ListSpec = ListSpec {
    resource: ATTACHMENT,
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("documentType", FieldKind::Word(domain::platform::attachment::DocumentType::WORDS)),
        FieldSpec::new("documentId", FieldKind::Id),
        FieldSpec::new("name", FieldKind::Search),
        FieldSpec::new("contentType", FieldKind::Text),
        FieldSpec::new("size", FieldKind::Integer),
        FieldSpec::new("status", FieldKind::Word(&["pending", "stored"])),
        FieldSpec::new("createdBy", FieldKind::Id).nullable(),
        FieldSpec::new("createdAt", FieldKind::Timestamp).sortable(),
    ],
    default_sort: &[("id", Direction::Descending)],
    expand: &[],
};
