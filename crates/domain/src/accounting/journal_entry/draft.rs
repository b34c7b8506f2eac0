//! Drafts: may be incomplete, may change, leave no trace in the ledger (R2).

use chrono::NaiveDate;

use super::{
    ENTRY_TOO_MANY_LINES, ENTRY_VIOLATIONS_MAX, EntryKind, EntrySource, NewLine, PARTY_LENGTH_MAX,
    REFERENCE_LENGTH_MAX, REVERSAL_IS_FIXED, REVERSAL_ONLY_BY_REVERSING, TAX_CODE_LENGTH_MAX,
};
use crate::error::{Violation, Violations};
use crate::ids::{JournalEntryId, JournalId};
use crate::money::{Amount, CurrencyCode};
use crate::text::{DESCRIPTION_LENGTH_MAX, optional_identity, optional_text};

/// The content of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    pub id: JournalEntryId,
    pub journal_id: JournalId,
    pub kind: EntryKind,
    pub posting_date: NaiveDate,
    pub document_date: Option<NaiveDate>,
    /// The currency of lines that name none.
    pub currency: CurrencyCode,
    pub description: Option<String>,
    pub reference: Option<String>,
    /// Why the entry posts to control accounts by hand (R8).
    pub control_reason: Option<String>,
    /// The entry that this one reverses.
    pub reverses: Option<JournalEntryId>,
    pub lines: Vec<NewLine>,
}

impl NewEntry {
    /// A standard entry without anything that it may do without.
    pub const fn new(
        id: JournalEntryId,
        journal_id: JournalId,
        posting_date: NaiveDate,
        currency: CurrencyCode,
        lines: Vec<NewLine>,
    ) -> Self {
        Self {
            id,
            journal_id,
            kind: EntryKind::Standard,
            posting_date,
            document_date: None,
            currency,
            description: None,
            reference: None,
            control_reason: None,
            reverses: None,
            lines,
        }
    }
}

/// Changes to a draft; `None` leaves a field as it is, an inner `None` empties it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryPatch {
    pub journal_id: Option<JournalId>,
    pub posting_date: Option<NaiveDate>,
    pub document_date: Option<Option<NaiveDate>>,
    pub currency: Option<CurrencyCode>,
    pub description: Option<Option<String>>,
    pub reference: Option<Option<String>>,
    pub control_reason: Option<Option<String>>,
    pub lines: Option<Vec<NewLine>>,
}

/// An entry that is not posted yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftEntry {
    pub(super) entry: NewEntry,
    pub(super) version: i64,
    /// It takes back opening balances, so its amounts are opening figures, too.
    pub(super) reverses_opening: bool,
    /// The document that it is made for.
    pub(super) source: Option<EntrySource>,
    /// Its tax has a date of its own.
    pub(super) tax_date: Option<NaiveDate>,
}

impl DraftEntry {
    /// A new draft, version 1: texts are trimmed and limited, nothing else is asked yet.
    ///
    /// `lines_max` is [`super::LINES_MAX`] for documents, [`super::JOURNAL_LINES_MAX`] for imports.
    pub fn new(entry: NewEntry, lines_max: usize) -> Result<Self, Vec<Violation>> {
        let mut violations = Violations::new();
        if entry.kind == EntryKind::Reversal || entry.reverses.is_some() {
            violations.push(Violation::new(&REVERSAL_ONLY_BY_REVERSING).at("/kind"));
        }
        let entry = checked(entry, lines_max, &mut violations);
        violations.into_result(Self {
            entry,
            version: 1,
            reverses_opening: false,
            source: None,
            tax_date: None,
        })
    }

    /// The draft as made for a document, which answers for its posting.
    #[must_use]
    pub fn of(self, source: EntrySource) -> Self {
        Self { source: Some(source), ..self }
    }

    /// The draft of a document whose tax has a date of its own: the tax lock is asked about that one (R34), by the document.
    #[must_use]
    pub fn taxed_on(self, tax_date: Option<NaiveDate>) -> Self {
        Self { tax_date, ..self }
    }

    /// The draft as a reversal of opening balances, which a stored reversal does not say itself.
    #[must_use]
    pub fn of_opening(self) -> Self {
        Self { reverses_opening: true, ..self }
    }

    /// A draft as stored.
    pub fn from_stored(entry: NewEntry, version: i64) -> Self {
        Self { entry, version, reverses_opening: false, source: None, tax_date: None }
    }

    /// The draft after the change, one version later; all violations at once.
    pub fn update(self, patch: EntryPatch, lines_max: usize) -> Result<Self, Vec<Violation>> {
        let mut violations = Violations::new();
        if self.is_reversal() && (patch.lines.is_some() || patch.currency.is_some()) {
            let field = if patch.lines.is_some() { "/lines" } else { "/currency" };
            violations.push(Violation::new(&REVERSAL_IS_FIXED).at(field));
        }
        let (old, reverses_opening, source) = (self.entry, self.reverses_opening, self.source);
        let reversal = old.reverses.is_some();
        let entry = NewEntry {
            id: old.id,
            journal_id: patch.journal_id.unwrap_or(old.journal_id),
            kind: old.kind,
            posting_date: patch.posting_date.unwrap_or(old.posting_date),
            document_date: patch.document_date.unwrap_or(old.document_date),
            currency: patch.currency.unwrap_or(old.currency),
            description: patch.description.unwrap_or(old.description),
            reference: patch.reference.unwrap_or(old.reference),
            control_reason: patch.control_reason.unwrap_or(old.control_reason),
            reverses: old.reverses,
            lines: patch.lines.unwrap_or(old.lines),
        };
        // A reversal has as many lines as its original, whatever the limit of documents.
        let lines_max = if reversal { usize::MAX } else { lines_max };
        let entry = checked(entry, lines_max, &mut violations);
        violations.into_result(Self {
            entry,
            version: self.version + 1,
            reverses_opening,
            source,
            tax_date: None,
        })
    }

    pub fn content(&self) -> &NewEntry {
        &self.entry
    }
    pub fn into_content(self) -> NewEntry {
        self.entry
    }
    pub fn id(&self) -> JournalEntryId {
        self.entry.id
    }
    pub fn journal_id(&self) -> JournalId {
        self.entry.journal_id
    }
    pub fn kind(&self) -> EntryKind {
        self.entry.kind
    }
    pub fn posting_date(&self) -> NaiveDate {
        self.entry.posting_date
    }
    pub fn lines(&self) -> &[NewLine] {
        &self.entry.lines
    }
    pub fn version(&self) -> i64 {
        self.version
    }
    /// With the lines as the ledger completes them; there are as many as before.
    #[must_use]
    pub fn with_lines(mut self, lines: Vec<NewLine>) -> Self {
        self.entry.lines = lines;
        self
    }
    /// With the bases of tax that other lines tell, by the index of their line.
    #[must_use]
    pub fn with_tax_bases(mut self, bases: &[(usize, Amount)]) -> Self {
        for (index, base) in bases {
            if let Some(line) = self.entry.lines.get_mut(*index) {
                line.details.tax_base = Some(*base);
            }
        }
        self
    }
    /// The document that the entry is made for.
    pub fn source(&self) -> Option<EntrySource> {
        self.source
    }
    pub fn is_reversal(&self) -> bool {
        self.entry.reverses.is_some()
    }
}

fn checked(mut entry: NewEntry, lines_max: usize, violations: &mut Violations) -> NewEntry {
    type Read = fn(Option<&str>, usize) -> Result<Option<String>, Violation>;
    let mut clean = |field: &mut Option<String>, (read, max): (Read, usize), pointer: &dyn Fn() -> String| {
        // A field that is absent costs nothing: an import has hundreds of thousands of them.
        let Some(value) = field.as_deref() else { return };
        match read(Some(value), max) {
            Ok(text) => *field = text,
            Err(violation) if violations.len() < ENTRY_VIOLATIONS_MAX => {
                violations.push(violation.at(pointer()))
            }
            Err(_) => {}
        }
    };
    clean(&mut entry.description, (optional_text, DESCRIPTION_LENGTH_MAX), &|| "/description".to_owned());
    clean(&mut entry.reference, (optional_text, REFERENCE_LENGTH_MAX), &|| "/reference".to_owned());
    clean(&mut entry.control_reason, (optional_text, DESCRIPTION_LENGTH_MAX), &|| {
        "/controlReason".to_owned()
    });
    let count = entry.lines.len();
    if count <= lines_max {
        for (i, line) in entry.lines.iter_mut().enumerate() {
            clean(&mut line.details.description, (optional_text, DESCRIPTION_LENGTH_MAX), &|| {
                format!("/lines/{i}/description")
            });
            clean(&mut line.details.party, (optional_identity, PARTY_LENGTH_MAX), &|| {
                format!("/lines/{i}/party")
            });
            clean(&mut line.details.reference, (optional_text, REFERENCE_LENGTH_MAX), &|| {
                format!("/lines/{i}/reference")
            });
            clean(&mut line.details.tax_code, (optional_identity, TAX_CODE_LENGTH_MAX), &|| {
                format!("/lines/{i}/taxCode")
            });
        }
    } else {
        violations.push(
            Violation::new(&ENTRY_TOO_MANY_LINES).at("/lines").with("max", lines_max).with("count", count),
        );
    }
    entry
}
