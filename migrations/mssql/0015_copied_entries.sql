-- Which entry another one was copied from.

ALTER TABLE journal_entry ADD copied_from_id BINARY(16) NULL;
GO
CREATE INDEX ix_journal_entry_copied_from ON journal_entry (tenant_id, copied_from_id, id) WHERE copied_from_id IS NOT NULL;
