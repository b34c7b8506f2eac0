-- Which entry another one was copied from.

ALTER TABLE journal_entry ADD COLUMN copied_from_id BLOB CHECK (length(copied_from_id) = 16);
CREATE INDEX ix_journal_entry_copied_from ON journal_entry (tenant_id, copied_from_id, id) WHERE copied_from_id IS NOT NULL;
