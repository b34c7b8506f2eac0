-- Amounts that are spread over several periods. The lines are a document: they are read and written with the deferral.
CREATE TABLE deferral (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name_ar NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    name_en NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    status NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_deferral_status CHECK (status IN (N'active', N'completed', N'cancelled')),
    source_account_id BINARY(16) NOT NULL,
    target_account_id BINARY(16) NOT NULL,
    source_set BINARY(16) NOT NULL,
    target_set BINARY(16) NOT NULL,
    journal_id BINARY(16) NOT NULL,
    amount DECIMAL(19,4) NOT NULL,
    currency NVARCHAR(3) COLLATE Latin1_General_100_BIN2 NOT NULL,
    rate DECIMAL(19,10) NOT NULL,
    method NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_deferral_method CHECK (method IN (N'monthly', N'daily', N'equal')),
    start_date DATE NOT NULL,
    end_date DATE NOT NULL,
    reference NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NULL,
    ordered_by BINARY(16) NULL,
    ordered_by_key BINARY(16) NULL,
    -- The first line that is not posted, and the first day on which one is tried; null when there is none.
    next_date DATE NULL,
    next_attempt DATE NULL,
    failed_count BIGINT NOT NULL,
    lines NVARCHAR(MAX) NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_deferral PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_deferral_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_deferral_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
CREATE INDEX ix_deferral_next_attempt ON deferral (tenant_id, next_attempt, id) WHERE next_attempt IS NOT NULL;
CREATE INDEX ix_deferral_next_date ON deferral (tenant_id, next_date, id) WHERE next_date IS NOT NULL;
CREATE INDEX ix_deferral_source_account ON deferral (tenant_id, source_account_id);
CREATE INDEX ix_deferral_target_account ON deferral (tenant_id, target_account_id);
CREATE INDEX ix_deferral_journal ON deferral (tenant_id, journal_id);
