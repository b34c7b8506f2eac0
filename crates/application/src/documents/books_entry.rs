//! The entry of a document in the ledger, of whatever type it is.

use domain::accounting::journal_entry::{
    DraftEntry, EntryKind, EntrySource, EntrySourceKind, JOURNAL_LINES_MAX, NewEntry, NewLine,
};
use domain::documents::document_type::DocumentType;
use domain::error::{Language, Violation};
use domain::ids::{JournalEntryId, NumberSeriesId};

use super::ports::{DocumentStatus, StoredDocument};
use crate::accounting::error::JOURNAL_UNKNOWN;
use crate::accounting::ledger::{Ledger, Posting};
use crate::accounting::ports::books::Books;
use crate::accounting::ports::journal_entries::EntryMeta;
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

/// The journal entry that a document posts.
pub(in crate::documents) struct BooksEntry<'a> {
    /// The code of the journal that takes it.
    pub journal: &'a str,
    pub number: (NumberSeriesId, String),
    pub reference: String,
    pub lines: Vec<NewLine>,
}

impl BooksEntry<'_> {
    /// Posts the entry, and answers the document with its number as it is to be kept.
    pub(in crate::documents) async fn post(
        self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        mut books: Books,
        document: StoredDocument,
    ) -> AppResult<StoredDocument> {
        let journal = books.journal_by_code(uow, self.journal).await?;
        let journal_id = journal.ok_or_else(|| AppError::new(Violation::new(&JOURNAL_UNKNOWN)))?;
        let name = document.document_type.name();
        let text = |language| name.text(language).to_owned();
        let (series, number) = self.number;
        let lines = match &document.branch {
            Some(branch) => branch.on_lines(uow, self.lines).await?,
            None => self.lines,
        };
        let id = JournalEntryId::new(uow.new_id());
        let entry = NewEntry {
            id,
            journal_id,
            kind: EntryKind::Standard,
            posting_date: document.posting_date,
            document_date: Some(document.document_date),
            currency: document.currency,
            description: Some(format!("{} / {} {number}", text(Language::Arabic), text(Language::English))),
            reference: Some(self.reference),
            control_reason: None,
            reverses: None,
            lines,
        };
        let draft = DraftEntry::new(entry, JOURNAL_LINES_MAX)?;
        let draft = draft.of(EntrySource::new(source_of(document.document_type)?, document.id.uuid()));
        let draft = draft.taxed_on(document.view.tax_date);
        let meta = EntryMeta::new(ctx.actor.user_id(), uow.now());
        Ledger::with(ctx, books)
            .post_one(uow, Posting::new(draft, meta))
            .await
            .map_err(|error| error.of_the_whole("/postingDate"))?;
        Ok(StoredDocument {
            status: DocumentStatus::Posted,
            number: Some(number),
            series: Some(series),
            entry: Some(id),
            posted_at: Some(uow.now()),
            ..document
        })
    }
}

/// The source kind of the entries of a document type.
pub(in crate::documents) fn source_of(document_type: DocumentType) -> AppResult<EntrySourceKind> {
    document_type.source().ok_or_else(|| AppError::internal("a document that posts nothing has an entry"))
}
