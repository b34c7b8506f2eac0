//! Documents: invoices, bills and notes, receipts and payments (R70–R87, R105).
//!
//! A draft is the body that made it, kept as it was sent, with what it came to beside it. Posting takes the body once more
//! through the same preparation, so that a draft promises exactly what posting does. [`DocumentType`] is the only place that
//! knows how types differ.
//!
//! [`DocumentType`]: domain::documents::document_type::DocumentType

pub mod commands;
pub mod early_discount;
pub mod error;
pub mod money;
mod notes;
pub mod numbering;
pub mod ports;
pub mod reversal;
mod steps;
pub mod trade;
pub mod undo;
pub mod views;
pub mod words;

use domain::documents::document_type::DocumentType;
use domain::text::DESCRIPTION_LENGTH_MAX;

use crate::request;
use crate::wire::{Patchable, RequiredText};

request! {
    /// Takes back a posted document.
    pub struct UndoDocumentBody {
        /// The reason, which stays on record.
        reason: RequiredText<DESCRIPTION_LENGTH_MAX> = "Entered twice",
        /// Whether allocations of the document are undone first. Otherwise an allocated document is not taken back.
        undo_allocations: bool => false,
    }

    /// Takes back a posted invoice with a credit note.
    pub struct CancelInvoiceBody {
        /// The reason, which the credit note bears.
        reason: RequiredText<DESCRIPTION_LENGTH_MAX> = "Ordered by mistake",
        /// The date of the credit note; today by default.
        date: Option<chrono::NaiveDate>,
    }
}

/// The body that makes documents of one type.
pub trait DocumentBody: Patchable + Send + Sync + 'static {
    const TYPE: DocumentType;
    /// Ids of commands, operations and permissions.
    const NAMES: DocumentNames;

    /// Whether the document is posted at once.
    fn post(&self) -> bool;
}

/// What a type of document is called in commands, operations, permissions and paths.
#[derive(Debug, Clone, Copy)]
pub struct DocumentNames {
    /// `sales_invoice`: of the record.
    pub entity: &'static str,
    pub path: &'static str,
    pub path_of_one: &'static str,
    pub path_of_post: &'static str,
    pub path_of_copy: &'static str,
    pub path_of_undo: &'static str,
    pub summaries: DocumentSummaries,
    /// Its group in the OpenAPI document.
    pub tag: &'static str,
    pub about: &'static str,
    pub create: &'static str,
    pub update: &'static str,
    pub delete: &'static str,
    pub post: &'static str,
    pub undo: &'static str,
    pub copy: &'static str,
    pub list: &'static str,
    pub get: &'static str,
    pub can_read: &'static str,
    pub can_create: &'static str,
    pub can_update: &'static str,
    pub can_delete: &'static str,
    pub can_post: &'static str,
    pub can_undo: &'static str,
}

/// What the operations on a type of document do, in a few words.
#[derive(Debug, Clone, Copy)]
pub struct DocumentSummaries {
    pub list: &'static str,
    pub get: &'static str,
    pub create: &'static str,
    pub update: &'static str,
    pub delete: &'static str,
    pub post: &'static str,
    pub copy: &'static str,
}

/// Declares the names of a type of document from its module, its words and its path.
#[macro_export]
macro_rules! document_names {
    (
        $module:literal, $entity:literal, $entities:literal, $path:literal, $one:literal, $tag:literal, $about:literal,
        $undo:literal
    ) => {
        $crate::documents::DocumentNames {
            entity: $entity,
            path: $path,
            path_of_one: concat!($path, "/{id}"),
            path_of_post: concat!($path, "/{id}/post"),
            path_of_copy: concat!($path, "/{id}/copy"),
            path_of_undo: concat!($path, "/{id}/", $undo),
            summaries: $crate::documents::DocumentSummaries {
                list: concat!("List ", $tag),
                get: concat!("Get ", $one),
                create: concat!("Create ", $one),
                update: concat!("Change the draft of ", $one),
                delete: concat!("Delete the draft of ", $one),
                post: concat!("Post ", $one),
                copy: concat!("Copy ", $one),
            },
            tag: $tag,
            about: $about,
            create: concat!("create_", $entity),
            update: concat!("update_", $entity),
            delete: concat!("delete_", $entity),
            post: concat!("post_", $entity),
            undo: concat!($undo, "_", $entity),
            copy: concat!("copy_", $entity),
            list: concat!("list_", $entities),
            get: concat!("get_", $entity),
            can_read: concat!($module, ".", $entity, ".read"),
            can_create: concat!($module, ".", $entity, ".create"),
            can_update: concat!($module, ".", $entity, ".update"),
            can_delete: concat!($module, ".", $entity, ".delete"),
            can_post: concat!($module, ".", $entity, ".post"),
            can_undo: concat!($module, ".", $entity, ".", $undo),
        }
    };
}
