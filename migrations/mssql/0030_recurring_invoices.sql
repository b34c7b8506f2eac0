-- Templates of which an invoice or a bill is made when it falls due.
CREATE TABLE recurring_invoice (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name_ar NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    name_en NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    document_type NVARCHAR(30) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_recurring_invoice_document_type CHECK (document_type IN (N'sales_invoice', N'purchase_invoice')),
    party_id BINARY(16) NOT NULL,
    schedule NVARCHAR(MAX) NOT NULL,
    template NVARCHAR(MAX) NOT NULL,
    start_date DATE NOT NULL,
    end_date DATE NULL,
    next_date DATE NULL,
    settled_through DATE NULL,
    auto_post BIT NOT NULL,
    active BIT NOT NULL,
    ordered_by BINARY(16) NULL,
    ordered_by_key BINARY(16) NULL,
    last_error NVARCHAR(MAX) NULL,
    failed_count BIGINT NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_recurring_invoice PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_recurring_invoice_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_recurring_invoice_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
CREATE INDEX ix_recurring_invoice_due ON recurring_invoice (tenant_id, active, next_date);
CREATE INDEX ix_recurring_invoice_party ON recurring_invoice (tenant_id, party_id);

-- What became of each occurrence: it exists once, however often it is tried.
CREATE TABLE recurring_run (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    recurring_invoice_id BINARY(16) NOT NULL,
    occurrence_date DATE NOT NULL,
    status NVARCHAR(10) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_recurring_run_status CHECK (status IN (N'made', N'failed', N'skipped')),
    document_id BINARY(16) NULL,
    errors NVARCHAR(MAX) NULL,
    attempted_on DATE NULL,
    retry_on DATE NULL,
    reason NVARCHAR(500) COLLATE Latin1_General_100_BIN2 NULL,
    skipped_by BINARY(16) NULL,
    updated_at DATETIME2(6) NOT NULL,
    CONSTRAINT pk_recurring_run PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_recurring_run_date UNIQUE (tenant_id, recurring_invoice_id, occurrence_date),
    CONSTRAINT fk_recurring_run_recurring_invoice_id FOREIGN KEY (tenant_id, recurring_invoice_id) REFERENCES recurring_invoice (tenant_id, id)
);
CREATE INDEX ix_recurring_run_retry ON recurring_run (tenant_id, retry_on) WHERE status = 'failed';
