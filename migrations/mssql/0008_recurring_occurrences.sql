-- How far the occurrences of a recurring entry are settled, whose order it is, and which of them were not made.

-- Null before the first occurrence, and in rows of earlier versions: there the schedule tells.
ALTER TABLE recurring_entry ADD settled_through DATE NULL;
-- Null when nobody knows.
ALTER TABLE recurring_entry ADD ordered_by BINARY(16) NULL;
ALTER TABLE recurring_entry ADD failed_count BIGINT NOT NULL CONSTRAINT df_recurring_entry_failed_count DEFAULT 0;
GO
UPDATE recurring_entry SET ordered_by = (
    SELECT TOP (1) a.user_id FROM audit_log AS a
    WHERE a.tenant_id = recurring_entry.tenant_id AND a.entity_id = recurring_entry.id
        AND a.entity = N'recurring_entry' AND a.action IN (N'created', N'updated') AND a.user_id IS NOT NULL
    ORDER BY a.id DESC
);
GO
-- An occurrence that was not made: failed, and tried again from `retry_on` on, or skipped.
CREATE TABLE recurring_occurrence (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    recurring_entry_id BINARY(16) NOT NULL,
    occurrence_date DATE NOT NULL,
    status NVARCHAR(10) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_recurring_occurrence_status CHECK (status IN (N'failed', N'skipped')),
    errors NVARCHAR(MAX) NULL,
    attempted_on DATE NULL,
    retry_on DATE NULL,
    reason NVARCHAR(500) COLLATE Latin1_General_100_BIN2 NULL,
    skipped_by BINARY(16) NULL,
    updated_at DATETIME2(6) NOT NULL,
    CONSTRAINT pk_recurring_occurrence PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_recurring_occurrence_date UNIQUE (tenant_id, recurring_entry_id, occurrence_date),
    CONSTRAINT fk_recurring_occurrence_recurring_entry_id FOREIGN KEY (tenant_id, recurring_entry_id) REFERENCES recurring_entry (tenant_id, id)
);
CREATE INDEX ix_recurring_occurrence_retry ON recurring_occurrence (tenant_id, retry_on) WHERE status = 'failed';
CREATE INDEX ix_journal_entry_recurring ON journal_entry (tenant_id, recurring_entry_id, id) WHERE recurring_entry_id IS NOT NULL;
