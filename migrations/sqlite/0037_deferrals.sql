-- Amounts that are spread over several periods. The lines are a document: they are read and written with the deferral.
CREATE TABLE deferral (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    code TEXT NOT NULL CHECK (length(code) <= 50),
    name_ar TEXT CHECK (length(name_ar) <= 200),
    name_en TEXT CHECK (length(name_en) <= 200),
    status TEXT NOT NULL CHECK (status IN ('active', 'completed', 'cancelled')),
    source_account_id BLOB NOT NULL CHECK (length(source_account_id) = 16),
    target_account_id BLOB NOT NULL CHECK (length(target_account_id) = 16),
    source_set BLOB NOT NULL CHECK (length(source_set) = 16),
    target_set BLOB NOT NULL CHECK (length(target_set) = 16),
    journal_id BLOB NOT NULL CHECK (length(journal_id) = 16),
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    rate INTEGER NOT NULL,
    method TEXT NOT NULL CHECK (method IN ('monthly', 'daily', 'equal')),
    start_date INTEGER NOT NULL,
    end_date INTEGER NOT NULL,
    reference TEXT CHECK (length(reference) <= 100),
    ordered_by BLOB CHECK (length(ordered_by) = 16),
    ordered_by_key BLOB CHECK (length(ordered_by_key) = 16),
    -- The first line that is not posted, and the first day on which one is tried; null when there is none.
    next_date INTEGER,
    next_attempt INTEGER,
    failed_count INTEGER NOT NULL,
    lines TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_deferral PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_deferral_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_deferral_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_deferral_next_attempt ON deferral (tenant_id, next_attempt, id) WHERE next_attempt IS NOT NULL;
CREATE INDEX ix_deferral_next_date ON deferral (tenant_id, next_date, id) WHERE next_date IS NOT NULL;
CREATE INDEX ix_deferral_source_account ON deferral (tenant_id, source_account_id);
CREATE INDEX ix_deferral_target_account ON deferral (tenant_id, target_account_id);
CREATE INDEX ix_deferral_journal ON deferral (tenant_id, journal_id);
