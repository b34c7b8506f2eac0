//! Rows of entries and lines, read in one place.

use application::accounting::ports::journal_entries::{EntryMeta, StoredEntry};
use application::accounting::views::journal_entry_build::ShownEntry;
use application::ports::storage_error::{StorageError, StorageResult};
use domain::accounting::hash_chain::HashVersion;
use domain::accounting::journal_entry::{
    DraftEntry, EntryApproval, EntryHeader, EntryKind, EntryOrigin, EntrySource, EntrySourceKind,
    EntryStatus, LineDetails, NewEntry, NewLine, PostedEntry, PostedLine,
};
use domain::ids::{JournalEntryId, TenantId, UserId};
use domain::time::Timestamp;

use crate::persistence::table::optional;
use crate::sql::value::{Columns, Row};

/// The columns in which [`read_line`] reads a line.
macro_rules! line_columns {
    () => {
        "l.line_no, l.account_id, l.debit, l.credit, l.currency, l.currency_debit, l.currency_credit, l.rate, \
         l.dimension_set_id, l.description, l.party, l.due_date, l.reference, l.tax_code, l.tax_base, \
         l.rounding"
    };
}
pub(crate) use line_columns;

pub fn read_line(columns: &mut Columns) -> StorageResult<PostedLine> {
    Ok(PostedLine {
        line_no: columns.get("line_no")?,
        account: columns.get("account_id")?,
        debit: columns.get("debit")?,
        credit: columns.get("credit")?,
        currency: columns.get("currency")?,
        currency_debit: columns.get("currency_debit")?,
        currency_credit: columns.get("currency_credit")?,
        rate: columns.get("rate")?,
        dimension_set: columns.get("dimension_set_id")?,
        details: LineDetails {
            description: columns.get("description")?,
            party: columns.get("party")?,
            due_date: columns.get("due_date")?,
            reference: columns.get("reference")?,
            tax_code: columns.get("tax_code")?,
            tax_base: columns.get("tax_base")?,
        },
        rounding: columns.get("rounding")?,
    })
}

/// The columns in which [`HeaderRow::read`] reads an entry's header.
macro_rules! header_columns {
    () => {
        "e.id, e.journal_id, e.kind, e.status, e.number, e.posting_date, e.document_date, e.fiscal_period_id, \
         e.currency, e.description, e.reference, e.notes, e.control_reason, e.reason, e.total, e.line_count, e.reverses_id, \
         e.reversed_by_id, e.recurring_entry_id, e.created_by, e.posted_by, e.created_at, e.recorded_at, \
         e.chain_sequence, e.hash, e.previous_hash, e.hash_version, e.copied_from_id, \
         e.source_kind, e.source_id, e.source_part, e.reverse_on, e.approval_status, e.version"
    };
}
pub(crate) use header_columns;

/// After them, what [`HeaderRow::read_linked`] reads: the latest copy.
macro_rules! copy_columns {
    () => {
        "(SELECT c.id FROM journal_entry c WHERE c.tenant_id = e.tenant_id AND c.copied_from_id = e.id \
         AND NOT EXISTS (SELECT 1 FROM journal_entry n WHERE n.tenant_id = e.tenant_id AND n.copied_from_id = e.id \
         AND n.id > c.id)) AS copied_to_id"
    };
}
pub(crate) use copy_columns;

/// An entry's row, whatever its state.
pub struct HeaderRow {
    pub id: JournalEntryId,
    pub journal_id: domain::ids::JournalId,
    pub kind: EntryKind,
    pub status: EntryStatus,
    pub number: Option<String>,
    pub posting_date: chrono::NaiveDate,
    pub document_date: Option<chrono::NaiveDate>,
    pub fiscal_period_id: Option<domain::ids::FiscalPeriodId>,
    pub currency: domain::money::CurrencyCode,
    pub description: Option<String>,
    pub reference: Option<String>,
    pub notes: Option<String>,
    pub control_reason: Option<String>,
    pub reason: Option<String>,
    pub total: domain::money::Amount,
    pub line_count: u32,
    pub reverses_id: Option<JournalEntryId>,
    pub reversed_by_id: Option<JournalEntryId>,
    pub recurring_entry_id: Option<domain::ids::RecurringEntryId>,
    pub created_by: Option<domain::ids::UserId>,
    pub posted_by: Option<domain::ids::UserId>,
    pub created_at: Timestamp,
    pub recorded_at: Option<Timestamp>,
    pub chain_sequence: Option<i64>,
    pub hash: Option<[u8; 32]>,
    pub previous_hash: Option<[u8; 32]>,
    pub hash_version: HashVersion,
    pub version: i64,
    pub copied_from_id: Option<JournalEntryId>,
    pub source: Option<EntrySource>,
    pub reverse_on: Option<chrono::NaiveDate>,
    pub approval: Option<EntryApproval>,
    /// The latest copy.
    pub copied_to_id: Option<JournalEntryId>,
}

impl HeaderRow {
    pub fn read(columns: &mut Columns) -> StorageResult<Self> {
        Ok(Self {
            id: columns.get("id")?,
            journal_id: columns.get("journal_id")?,
            kind: columns.parse("kind", |text| EntryKind::parse(text).ok())?,
            status: columns.parse("status", |text| EntryStatus::parse(text).ok())?,
            number: columns.get("number")?,
            posting_date: columns.get("posting_date")?,
            document_date: columns.get("document_date")?,
            fiscal_period_id: columns.get("fiscal_period_id")?,
            currency: columns.get("currency")?,
            description: columns.get("description")?,
            reference: columns.get("reference")?,
            notes: columns.get("notes")?,
            control_reason: columns.get("control_reason")?,
            reason: columns.get("reason")?,
            total: columns.get("total")?,
            line_count: columns.get("line_count")?,
            reverses_id: columns.get("reverses_id")?,
            reversed_by_id: columns.get("reversed_by_id")?,
            recurring_entry_id: columns.get("recurring_entry_id")?,
            created_by: columns.get("created_by")?,
            posted_by: columns.get("posted_by")?,
            created_at: columns.get("created_at")?,
            recorded_at: columns.get("recorded_at")?,
            chain_sequence: columns.get("chain_sequence")?,
            hash: columns.get("hash")?,
            previous_hash: columns.get("previous_hash")?,
            hash_version: read_hash_version(columns, "hash_version")?,
            copied_from_id: columns.get("copied_from_id")?,
            source: read_source(columns, ["source_kind", "source_id", "source_part"])?,
            reverse_on: columns.get("reverse_on")?,
            approval: read_approval(columns)?,
            version: columns.get("version")?,
            copied_to_id: None,
        })
    }

    /// With `copy_columns!`.
    pub fn read_linked(columns: &mut Columns) -> StorageResult<Self> {
        let header = Self::read(columns)?;
        Ok(Self { copied_to_id: columns.get("copied_to_id")?, ..header })
    }

    fn meta(&self) -> EntryMeta {
        EntryMeta {
            notes: self.notes.clone(),
            recurring_entry_id: self.recurring_entry_id,
            copied_from: self.copied_from_id,
            copied_to: self.copied_to_id,
            reverse_on: self.reverse_on,
            approval: self.approval,
            created_by: self.created_by,
            created_at: self.created_at,
            changed_by: Vec::new(),
            whole: None,
        }
    }

    /// The content that a draft and a posted entry have in common.
    fn into_content(self, lines: Vec<NewLine>) -> NewEntry {
        NewEntry {
            id: self.id,
            journal_id: self.journal_id,
            kind: self.kind,
            posting_date: self.posting_date,
            document_date: self.document_date,
            currency: self.currency,
            description: self.description,
            reference: self.reference,
            control_reason: self.control_reason,
            reverses: self.reverses_id,
            lines,
        }
    }

    pub fn into_draft(self, lines: Vec<NewLine>, changed_by: Vec<UserId>) -> StoredEntry {
        let (meta, version, source) = (EntryMeta { changed_by, ..self.meta() }, self.version, self.source);
        let draft = DraftEntry::from_stored(self.into_content(lines), version);
        let draft = match source {
            Some(source) => draft.of(source),
            None => draft,
        };
        StoredEntry::Draft { draft, meta }
    }

    pub fn into_shown(mut self) -> ShownEntry {
        ShownEntry {
            meta: self.meta(),
            line_count: self.line_count as usize,
            version: self.version,
            status: self.status,
            number: self.number.take(),
            fiscal_period_id: self.fiscal_period_id,
            total: self.total,
            reversed_by: self.reversed_by_id,
            posted_by: self.posted_by,
            recorded_at: self.recorded_at,
            chain_sequence: self.chain_sequence,
            hash: self.hash,
            source: self.source,
            content: self.into_content(Vec::new()),
        }
    }

    /// The hashed content of a posted entry, without its lines.
    pub fn posted_header(&self, tenant: TenantId) -> StorageResult<EntryHeader> {
        let missing = |column| StorageError::Corrupt {
            table: "journal_entry",
            column,
            detail: format!("null in {}", self.id),
        };
        Ok(EntryHeader {
            tenant_id: tenant,
            id: self.id,
            journal_id: self.journal_id,
            kind: self.kind,
            number: self.number.clone().ok_or_else(|| missing("number"))?,
            posting_date: self.posting_date,
            document_date: self.document_date,
            currency: self.currency,
            description: self.description.clone(),
            reference: self.reference.clone(),
            control_reason: self.control_reason.clone(),
            reverses: self.reverses_id,
            fiscal_period_id: self.fiscal_period_id.ok_or_else(|| missing("fiscal_period_id"))?,
            recorded_at: self.recorded_at.ok_or_else(|| missing("recorded_at"))?,
            chain_sequence: self.chain_sequence.ok_or_else(|| missing("chain_sequence"))?,
            hash_version: self.hash_version,
            source: self.source,
            origin: EntryOrigin {
                created_at: self.created_at,
                created_by: self.created_by,
                posted_by: self.posted_by,
                recurring_entry_id: self.recurring_entry_id,
                copied_from: self.copied_from_id,
                reason: self.reason.clone(),
            },
        })
    }

    pub fn into_posted(self, tenant: TenantId, lines: Vec<PostedLine>) -> StorageResult<StoredEntry> {
        let header = self.posted_header(tenant)?;
        let hashes = (self.previous_hash.unwrap_or_default(), self.hash.unwrap_or_default());
        let entry =
            PostedEntry::from_stored(header, hashes, self.reversed_by_id, lines).map_err(|violation| {
                StorageError::Corrupt {
                    table: "ledger_line",
                    column: "debit",
                    detail: violation.text(Default::default()),
                }
            })?;
        Ok(StoredEntry::Posted { entry, meta: self.meta(), version: self.version })
    }
}

/// The document that an entry was made for, from its three columns.
pub fn read_source(
    columns: &mut Columns,
    [kind, id, part]: [&'static str; 3],
) -> StorageResult<Option<EntrySource>> {
    let kind = match columns.get::<Option<String>>(kind)? {
        Some(text) => Some(EntrySourceKind::parse(&text).map_err(|_| columns.corrupt(kind, &text))?),
        None => None,
    };
    let (id, part): (_, Option<u32>) = (columns.get(id)?, columns.get(part)?);
    Ok(kind.zip(id).map(|(kind, id)| EntrySource { kind, id, part: part.unwrap_or_default() }))
}

/// How far an entry is approved.
fn read_approval(columns: &mut Columns) -> StorageResult<Option<EntryApproval>> {
    optional(columns, "approval_status", |text| EntryApproval::parse(text).ok())
}

/// A column of hash versions.
pub fn read_hash_version(columns: &mut Columns, column: &'static str) -> StorageResult<HashVersion> {
    let number: i64 = columns.get(column)?;
    HashVersion::from_number(number)
        .ok_or_else(|| columns.corrupt(column, &format!("version {number} is not known")))
}

/// The lines of an entry, in order.
pub fn read_lines(rows: Vec<Row>) -> StorageResult<Vec<PostedLine>> {
    rows.into_iter().map(|row| read_line(&mut row.columns("ledger_line"))).collect()
}
