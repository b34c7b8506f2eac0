-- How far the occurrences of a recurring entry are settled, whose order it is, and which of them were not made.

-- Null before the first occurrence, and in rows of earlier versions: there the schedule tells.
ALTER TABLE recurring_entry ADD COLUMN settled_through INTEGER;
-- Null when nobody knows.
ALTER TABLE recurring_entry ADD COLUMN ordered_by BLOB CHECK (length(ordered_by) = 16);
ALTER TABLE recurring_entry ADD COLUMN failed_count INTEGER NOT NULL DEFAULT 0;
UPDATE recurring_entry SET ordered_by = (
    SELECT a.user_id FROM audit_log AS a
    WHERE a.tenant_id = recurring_entry.tenant_id AND a.id = (
        SELECT max(b.id) FROM audit_log AS b
        WHERE b.tenant_id = recurring_entry.tenant_id AND b.entity_id = recurring_entry.id
            AND b.entity = 'recurring_entry' AND b.action IN ('created', 'updated') AND b.user_id IS NOT NULL
    )
);

-- An occurrence that was not made: failed, and tried again from `retry_on` on, or skipped.
CREATE TABLE recurring_occurrence (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    recurring_entry_id BLOB NOT NULL CHECK (length(recurring_entry_id) = 16),
    occurrence_date INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('failed', 'skipped')),
    errors TEXT,
    attempted_on INTEGER,
    retry_on INTEGER,
    reason TEXT CHECK (length(reason) <= 500),
    skipped_by BLOB CHECK (length(skipped_by) = 16),
    updated_at INTEGER NOT NULL,
    CONSTRAINT pk_recurring_occurrence PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_recurring_occurrence_date UNIQUE (tenant_id, recurring_entry_id, occurrence_date),
    CONSTRAINT fk_recurring_occurrence_recurring_entry_id FOREIGN KEY (tenant_id, recurring_entry_id) REFERENCES recurring_entry (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_recurring_occurrence_retry ON recurring_occurrence (tenant_id, retry_on) WHERE status = 'failed';
CREATE INDEX ix_journal_entry_recurring ON journal_entry (tenant_id, recurring_entry_id, id) WHERE recurring_entry_id IS NOT NULL;
