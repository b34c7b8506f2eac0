//! Documents: quotations and orders, invoices, bills and notes, receipts and payments (R70–R87, R105).
//!
//! A draft is the body that made it, kept as it was sent, with what it came to beside it. Posting takes the body once more
//! through the same preparation, so that a draft promises exactly what posting does. [`DocumentType`] is the only place that
//! knows how types differ.
//!
//! [`DocumentType`]: domain::documents::document_type::DocumentType

mod books_entry;
pub mod branch;
pub mod commands;
mod copied;
pub mod dunning_fee;
pub mod early_discount;
pub mod error;
mod exchange;
pub mod money;
pub mod moving;
mod note_settles;
mod notes;
pub mod numbering;
pub mod orders;
mod party;
pub mod ports;
pub mod recurring;
pub mod reversal;
mod sides;
pub(crate) mod steps;
pub mod trade;
pub mod undo;
pub mod views;
pub mod words;

use async_trait::async_trait;
use domain::documents::document_type::DocumentType;
use domain::error::Violation;
use domain::text::DESCRIPTION_LENGTH_MAX;

use self::ports::{DocumentId, StoredDocument};
use self::views::DocumentView;
use crate::accounting::ports::books::Books;
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::request;
use crate::unit_of_work::UnitOfWork;
use crate::wire::{Kept, Patchable, RequiredText};

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
        /// Whether what paid the invoice is free again, so that the note settles the invoice. Otherwise the note settles what is
        /// still open, and the rest of it is owed to the customer.
        undo_allocations: bool => false,
    }
}

/// The body that makes documents of one type: commands and operations are generic over it.
#[async_trait]
pub trait DocumentBody: Patchable + Send + Sync + 'static {
    const TYPE: DocumentType;
    /// Ids of commands, operations and permissions.
    const NAMES: DocumentNames;
    /// A document that may be kept as a draft, with everything that posting needs.
    type Prepared: PreparedDocument;

    /// Whether the document is posted at once.
    fn post(&self) -> bool;

    /// Makes a document of the body, or answers everything that is wrong with it.
    async fn prepare(
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        of: DraftOf<'_>,
        kept: &Kept<Self>,
    ) -> AppResult<Self::Prepared>;

    /// Posts a prepared document in the place of its draft, if there is one, notes it and shows it.
    async fn enter(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        books: Books,
        prepared: Self::Prepared,
        draft: Option<&StoredDocument>,
    ) -> AppResult<DocumentView>;

    /// Puts a prepared order in the place of the confirmed one. Only orders change after they are drafts.
    async fn revise(
        _ctx: &RequestContext,
        _uow: &mut dyn UnitOfWork,
        _prepared: Self::Prepared,
        _stored: &StoredDocument,
    ) -> AppResult<DocumentView> {
        Err(AppError::internal("a document that is no order was revised"))
    }
}

/// A document that has been prepared from a body.
pub trait PreparedDocument: Send {
    /// A draft of version 1.
    fn into_document(self) -> StoredDocument;
    /// The decimals of its amounts.
    fn scale(&self) -> u8;
    /// The warnings about the document.
    fn warnings(&self) -> &[Violation] {
        &[]
    }
}

/// The id of a document, and the draft that it is so far.
pub type DraftOf<'a> = (DocumentId, Option<&'a StoredDocument>);

/// The context in which a document is prepared. `I` is the input of the body, whatever its type.
pub struct Preparing<'a, I> {
    pub ctx: &'a RequestContext,
    pub document_type: DocumentType,
    pub id: DocumentId,
    /// The JSON of the body.
    pub body: &'a str,
    pub input: I,
    /// The draft whose lines these are, which keep the prices that they found.
    pub draft: Option<&'a StoredDocument>,
}

/// The names of a document type in commands, operations, permissions and paths.
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

/// Summaries of the operations on a document type, in a few words.
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

/// Declares the names of a type of document from its module, its words and its path. The step out of the draft is called `post`
/// unless it is named.
#[macro_export]
macro_rules! document_names {
    (
        $module:literal, $entity:literal, $entities:literal, $path:literal, $one:literal, $tag:literal, $about:literal,
        $undo:literal
    ) => {
        $crate::document_names!(
            $module, $entity, $entities, $path, $one, $tag, $about, "post" "Post", $undo
        )
    };
    (
        $module:literal, $entity:literal, $entities:literal, $path:literal, $one:literal, $tag:literal, $about:literal,
        $enter:literal $entering:literal, $undo:literal
    ) => {
        $crate::documents::DocumentNames {
            entity: $entity,
            path: $path,
            path_of_one: concat!($path, "/{id}"),
            path_of_post: concat!($path, "/{id}/", $enter),
            path_of_copy: concat!($path, "/{id}/copy"),
            path_of_undo: concat!($path, "/{id}/", $undo),
            summaries: $crate::documents::DocumentSummaries {
                list: concat!("List ", $tag),
                get: concat!("Get ", $one),
                create: concat!("Create ", $one),
                update: concat!("Change the draft of ", $one),
                delete: concat!("Delete the draft of ", $one),
                post: concat!($entering, " ", $one),
                copy: concat!("Copy ", $one),
            },
            tag: $tag,
            about: $about,
            create: concat!("create_", $entity),
            update: concat!("update_", $entity),
            delete: concat!("delete_", $entity),
            post: concat!($enter, "_", $entity),
            undo: concat!($undo, "_", $entity),
            copy: concat!("copy_", $entity),
            list: concat!("list_", $entities),
            get: concat!("get_", $entity),
            can_read: concat!($module, ".", $entity, ".read"),
            can_create: concat!($module, ".", $entity, ".create"),
            can_update: concat!($module, ".", $entity, ".update"),
            can_delete: concat!($module, ".", $entity, ".delete"),
            can_post: concat!($module, ".", $entity, ".", $enter),
            can_undo: concat!($module, ".", $entity, ".", $undo),
        }
    };
}
