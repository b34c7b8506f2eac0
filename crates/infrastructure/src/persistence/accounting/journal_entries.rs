//! [`JournalEntryRepository`] in SQL.

use application::accounting::ports::journal_entries::{EntryMeta, JournalEntryRepository, StoredEntry};
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::accounting::journal_entry::{DraftEntry, EntryStatus, PostedEntry};
use domain::ids::{JournalEntryId, JournalId};
use domain::money::Amount;

use super::draft_document;
use super::journal_entry_inserts::line_count;
use super::journal_entry_rows::{HeaderRow, copy_columns, header_columns, line_columns, read_lines};
use crate::persistence::SqlUnitOfWork;
use crate::sql::value::Value;
use crate::statements;

statements! {
    FIND = "accounting.journal_entry.find":
        concat!("SELECT ", header_columns!(), ", ", copy_columns!(), " FROM journal_entry e WHERE e.tenant_id = ?1 AND e.id = ?2");
    DRAFT_LINES = "accounting.journal_entry_draft.find":
        "SELECT document FROM journal_entry_draft WHERE tenant_id = ?1 AND entry_id = ?2";
    LINES = "accounting.ledger_line.of_entry":
        concat!("SELECT ", line_columns!(), " FROM ledger_line l WHERE l.tenant_id = ?1 AND l.entry_id = ?2 ORDER BY l.line_no");
    INSERT_DRAFT = "accounting.journal_entry.insert_draft":
        "INSERT INTO journal_entry (tenant_id, id, journal_id, kind, status, posting_date, document_date, currency, \
         description, reference, notes, control_reason, total, line_count, reverses_id, recurring_entry_id, created_by, \
         created_at, updated_at, version, copied_from_id, reverse_on, source_kind, source_id, source_part) \
         VALUES (?1, ?2, ?3, ?4, 'draft', ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24)";
    INSERT_DRAFT_LINES = "accounting.journal_entry_draft.insert":
        "INSERT INTO journal_entry_draft (tenant_id, entry_id, document) VALUES (?1, ?2, ?3)";
    UPDATE_DRAFT = "accounting.journal_entry.update_draft":
        "UPDATE journal_entry SET journal_id = ?3, posting_date = ?4, document_date = ?5, currency = ?6, description = ?7, \
         reference = ?8, notes = ?9, control_reason = ?10, line_count = ?11, updated_at = ?12, version = ?13, reverse_on = ?14 \
         WHERE tenant_id = ?1 AND id = ?2 AND status = 'draft' AND version = ?13 - 1 \
         AND approval_status IS NULL";
    UPDATE_DRAFT_LINES = "accounting.journal_entry_draft.update":
        "UPDATE journal_entry_draft SET document = ?3 WHERE tenant_id = ?1 AND entry_id = ?2";
    DELETE_DRAFT_LINES = "accounting.journal_entry_draft.delete":
        "DELETE FROM journal_entry_draft WHERE tenant_id = ?1 AND entry_id = ?2";
    DELETE_DRAFT = "accounting.journal_entry.delete_draft":
        "DELETE FROM journal_entry WHERE tenant_id = ?1 AND id = ?2 AND status = 'draft' AND version = ?3 \
         AND approval_status IS NULL";
    FORGET_ORIGINAL = "accounting.journal_entry.forget_original":
        "UPDATE journal_entry SET copied_from_id = NULL WHERE tenant_id = ?1 AND copied_from_id = ?2";
    UPDATE_POSTED = "accounting.journal_entry.update_posted":
        "UPDATE journal_entry SET status = 'posted', number = ?3, fiscal_period_id = ?4, total = ?5, line_count = ?6, \
         posted_by = ?7, updated_at = ?8, recorded_at = ?8, chain_sequence = ?9, hash = ?10, previous_hash = ?11, \
         version = ?12 + 1, reason = ?13, hash_version = ?14 WHERE tenant_id = ?1 AND id = ?2 AND status = 'draft' AND version = ?12";
    MARK_REVERSED = "accounting.journal_entry.mark_reversed":
        "UPDATE journal_entry SET status = 'reversed', reversed_by_id = ?3, updated_at = ?4, version = version + 1 \
         WHERE tenant_id = ?1 AND id = ?2 AND status = 'posted' AND reversed_by_id IS NULL";
    UPDATE_FREE_FIELDS = "accounting.journal_entry.update_free_fields":
        "UPDATE journal_entry SET reference = ?4, notes = ?5, updated_at = ?6, version = version + 1 \
         WHERE tenant_id = ?1 AND id = ?2 AND version = ?3 AND status <> 'draft'";
    OF_JOURNAL = "accounting.journal_entry.of_journal":
        "SELECT {first} 1 FROM journal_entry WHERE tenant_id = ?1 AND journal_id = ?2 {only}";
}

#[async_trait]
impl JournalEntryRepository for SqlUnitOfWork {
    async fn find(&mut self, id: JournalEntryId) -> StorageResult<Option<StoredEntry>> {
        let key: [Value; 2] = [self.tenant.into(), id.into()];
        let [header, draft, lines] =
            self.tx.query_all([(&FIND, &key), (&DRAFT_LINES, &key), (&LINES, &key)]).await?;
        let Some(row) = header.into_iter().next() else { return Ok(None) };
        let header = HeaderRow::read_linked(&mut row.columns("journal_entry"))?;
        if header.status == EntryStatus::Draft {
            let (lines, changed_by) = match draft.into_iter().next() {
                Some(row) => {
                    draft_document::read_draft(&row.single::<String>("journal_entry_draft", "document")?)?
                }
                None => Default::default(),
            };
            return Ok(Some(header.into_draft(lines, changed_by)));
        }
        header.into_posted(self.tenant, read_lines(lines)?).map(Some)
    }

    async fn insert_draft(&mut self, draft: &DraftEntry, meta: &EntryMeta) -> StorageResult<()> {
        let entry = draft.content();
        let source = draft.source();
        let params: [Value; 24] = [
            self.tenant.into(),
            entry.id.into(),
            entry.journal_id.into(),
            entry.kind.as_str().into(),
            entry.posting_date.into(),
            entry.document_date.into(),
            entry.currency.into(),
            entry.description.as_deref().into(),
            entry.reference.as_deref().into(),
            meta.notes.as_deref().into(),
            entry.control_reason.as_deref().into(),
            Amount::ZERO.into(),
            line_count(entry.lines.len()),
            entry.reverses.into(),
            meta.recurring_entry_id.into(),
            meta.created_by.into(),
            meta.created_at.into(),
            self.now.into(),
            draft.version().into(),
            meta.copied_from.into(),
            meta.reverse_on.into(),
            source.map(|source| source.kind.as_str()).into(),
            source.map(|source| source.id).into(),
            source.map(|source| source.part).into(),
        ];
        self.tx.execute_one(&INSERT_DRAFT, &params).await?;
        let document = draft_document::write_draft(&entry.lines, &meta.changed_by)?;
        let params = [self.tenant.into(), entry.id.into(), document.into()];
        self.tx.execute_one(&INSERT_DRAFT_LINES, &params).await
    }

    async fn update_draft(&mut self, draft: &DraftEntry, meta: &EntryMeta) -> StorageResult<bool> {
        let entry = draft.content();
        let params: [Value; 14] = [
            self.tenant.into(),
            entry.id.into(),
            entry.journal_id.into(),
            entry.posting_date.into(),
            entry.document_date.into(),
            entry.currency.into(),
            entry.description.as_deref().into(),
            entry.reference.as_deref().into(),
            meta.notes.as_deref().into(),
            entry.control_reason.as_deref().into(),
            line_count(entry.lines.len()),
            self.now.into(),
            draft.version().into(),
            meta.reverse_on.into(),
        ];
        if self.tx.execute(&UPDATE_DRAFT, &params).await? == 0 {
            return Ok(false);
        }
        let document = draft_document::write_draft(&entry.lines, &meta.changed_by)?;
        let params = [self.tenant.into(), entry.id.into(), document.into()];
        self.tx.execute_one(&UPDATE_DRAFT_LINES, &params).await?;
        Ok(true)
    }

    async fn delete_draft(&mut self, id: JournalEntryId, version: i64) -> StorageResult<bool> {
        let params = [self.tenant.into(), id.into(), version.into()];
        self.tx.apply(&DELETE_DRAFT_LINES, &params[..2]).await?;
        self.tx.apply(&FORGET_ORIGINAL, &params[..2]).await?;
        Ok(self.tx.execute(&DELETE_DRAFT, &params).await? == 1)
    }

    async fn mark_reversed(&mut self, id: JournalEntryId, by: JournalEntryId) -> StorageResult<bool> {
        let params = [self.tenant.into(), id.into(), by.into(), self.now.into()];
        Ok(self.tx.execute(&MARK_REVERSED, &params).await? == 1)
    }

    async fn update_posted(
        &mut self,
        id: JournalEntryId,
        version: i64,
        reference: Option<&str>,
        notes: Option<&str>,
    ) -> StorageResult<bool> {
        let params =
            [self.tenant.into(), id.into(), version.into(), reference.into(), notes.into(), self.now.into()];
        Ok(self.tx.execute(&UPDATE_FREE_FIELDS, &params).await? == 1)
    }

    async fn journal_has_entries(&mut self, id: JournalId) -> StorageResult<bool> {
        Ok(self.tx.find(&OF_JOURNAL, &[self.tenant.into(), id.into()]).await?.is_some())
    }
}

impl SqlUnitOfWork {
    /// The stored draft becomes the posted entry.
    pub(super) async fn post_draft(&mut self, entry: &PostedEntry, version: i64) -> StorageResult<()> {
        let header = entry.header();
        let params: [Value; 14] = [
            self.tenant.into(),
            header.id.into(),
            header.number.as_str().into(),
            header.fiscal_period_id.into(),
            entry.total().into(),
            line_count(entry.lines().len()),
            header.origin.posted_by.into(),
            header.recorded_at.into(),
            header.chain_sequence.into(),
            (*entry.hash()).into(),
            (*entry.previous_hash()).into(),
            version.into(),
            header.origin.reason.as_deref().into(),
            header.hash_version.number().into(),
        ];
        // Its version was read in this transaction.
        self.tx.execute_one(&UPDATE_POSTED, &params).await?;
        self.tx.apply(&DELETE_DRAFT_LINES, &params[..2]).await
    }
}
