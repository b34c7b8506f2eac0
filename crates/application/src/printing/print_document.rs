//! `GET /sales-invoices/{id}/pdf` and the same of notes and vouchers: from a document of trade to one on paper.

use chrono::NaiveDate;
use domain::company::branch::{Branch, BranchFacts};
use domain::company::profile::CompanyProfile;
use domain::documents::document_type::DocumentType;
use domain::error::Phrase;
use domain::money::{Amount, CurrencyCode};
use domain::parties::party::Party;

use super::captions::{self, DRAFT, PAGE, PRINTED_ON, REVERSED};
use super::document::{Block, Field, Lines, PrintedDocument, PrintedText};
use super::wording::PrintLanguage;
use super::{trade, voucher};
use crate::documents::ports::DocumentStatus;
use crate::documents::views::{DocumentNameView, DocumentSideView, DocumentView};

/// The data of a printed document.
#[derive(Debug, Clone, Copy)]
pub struct Print<'a> {
    pub document: &'a DocumentView,
    pub document_type: DocumentType,
    pub company: &'a CompanyProfile,
    /// The branch of the document, whose address and registrations stand in for those of the company.
    pub branch: Option<&'a Branch>,
    /// `None` when it was deleted meanwhile; its name stands in the document.
    pub party: Option<&'a Party>,
    /// The currency of the company, in which VAT is stated, too.
    pub company_currency: CurrencyCode,
    pub language: PrintLanguage,
    pub today: NaiveDate,
}

impl Print<'_> {
    /// The document on paper. A draft and one that was taken back say so across every page.
    pub fn compose(&self) -> PrintedDocument {
        let (title, blocks) = match self.document_type {
            DocumentType::Receipt | DocumentType::Payment => voucher::compose(self),
            _ => trade::compose(self),
        };
        let mark = match DocumentStatus::parse(&self.document.status) {
            Ok(DocumentStatus::Draft) => Some(DRAFT),
            Ok(DocumentStatus::Reversed) => Some(REVERSED),
            _ => None,
        };
        let titled = |language: &domain::error::Language| {
            let marked = mark.as_ref().map(|mark| format!(" ({})", mark.text(*language)));
            format!("{}{}", title.text(*language), marked.unwrap_or_default())
        };
        let main = self.language.main();
        let number = self.document.number.clone().unwrap_or_else(|| DRAFT.text(main).to_owned());
        PrintedDocument {
            name: format!("{} {number}", title.text(main)),
            title: self.language.languages().iter().map(titled).collect(),
            mark: mark.as_ref().map(|mark| self.language.phrase(mark)).unwrap_or_default(),
            issuer: self.company_name(),
            blocks,
            ..empty(self.language, self.today)
        }
    }

    /// The company as it was when the document was posted; that of today for a draft and for documents of earlier versions.
    pub(super) fn company_side(&self) -> DocumentSideView {
        let today = || {
            let branch = self.branch.map(BranchFacts::from);
            DocumentSideView::of_company(self.company, branch.as_ref())
        };
        self.kept(self.document.company.as_ref()).unwrap_or_else(today)
    }

    /// The party, likewise; with nothing but its name where it was deleted meanwhile.
    pub(super) fn party_side(&self) -> DocumentSideView {
        let today = || self.party.map(DocumentSideView::of_party).unwrap_or_default();
        let side = self.kept(self.document.party.as_ref()).unwrap_or_else(today);
        DocumentSideView { name: self.document.party_name.clone(), ..side }
    }

    fn kept(&self, side: Option<&DocumentSideView>) -> Option<DocumentSideView> {
        let draft = DocumentStatus::parse(&self.document.status) == Ok(DocumentStatus::Draft);
        side.filter(|_| !draft).cloned()
    }

    /// A text that may be missing in one of the languages.
    pub(super) fn named(&self, name: &DocumentNameView) -> Lines {
        self.language.name(name.ar.as_deref(), name.en.as_deref())
    }

    pub(super) fn company_name(&self) -> Lines {
        self.named(&self.company_side().name)
    }

    pub(super) fn party_name(&self) -> Lines {
        self.named(&self.document.party_name)
    }

    /// A field of a value that is the same in every language.
    pub(super) fn field(&self, label: &Phrase, value: impl Into<String>) -> Field {
        Field { label: self.language.phrase(label), value: vec![value.into()] }
    }

    /// A field, if there is a value.
    pub(super) fn some(&self, label: &Phrase, value: Option<impl Into<String>>) -> Option<Field> {
        value.map(|value| self.field(label, value))
    }

    /// A text below a heading, where there is one.
    pub(super) fn text(&self, heading: &Phrase, text: Option<&String>) -> Option<Block> {
        let text = vec![text?.clone()];
        Some(Block::Text(PrintedText { heading: self.language.phrase(heading), text }))
    }

    /// The amount in the words of each language, where the product knows the currency.
    pub(super) fn in_words(&self, amount: &str) -> Option<Block> {
        let currency = CurrencyCode::parse(&self.document.currency).ok()?;
        let amount = Amount::parse(amount).ok()?;
        let words = self.language.languages().iter();
        let text: Lines = words.filter_map(|language| amount.in_closed_words(currency, *language)).collect();
        let heading = self.language.phrase(&captions::IN_WORDS);
        (!text.is_empty()).then_some(Block::Text(PrintedText { heading, text }))
    }
}

/// A document without content in a language: its direction, its foot and the words for its pages.
pub fn empty(language: PrintLanguage, today: NaiveDate) -> PrintedDocument {
    PrintedDocument {
        language: language.main().as_str(),
        right_to_left: language.is_right_to_left(),
        foot: format!("{}: {today}", language.phrase(&PRINTED_ON).join(" / ")),
        page_words: language.phrase(&PAGE).join(" / "),
        ..PrintedDocument::default()
    }
}
