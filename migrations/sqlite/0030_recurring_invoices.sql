-- Templates of which an invoice or a bill is made when it falls due.
CREATE TABLE recurring_invoice (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    code TEXT NOT NULL CHECK (length(code) <= 50),
    name_ar TEXT CHECK (length(name_ar) <= 200),
    name_en TEXT CHECK (length(name_en) <= 200),
    document_type TEXT NOT NULL CHECK (document_type IN ('sales_invoice', 'purchase_invoice')),
    party_id BLOB NOT NULL CHECK (length(party_id) = 16),
    schedule TEXT NOT NULL,
    template TEXT NOT NULL,
    start_date INTEGER NOT NULL,
    end_date INTEGER,
    next_date INTEGER,
    settled_through INTEGER,
    auto_post INTEGER NOT NULL CHECK (auto_post IN (0, 1)),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    ordered_by BLOB CHECK (length(ordered_by) = 16),
    ordered_by_key BLOB CHECK (length(ordered_by_key) = 16),
    last_error TEXT,
    failed_count INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_recurring_invoice PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_recurring_invoice_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_recurring_invoice_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_recurring_invoice_due ON recurring_invoice (tenant_id, active, next_date);
CREATE INDEX ix_recurring_invoice_party ON recurring_invoice (tenant_id, party_id);

-- What became of each occurrence: it exists once, however often it is tried.
CREATE TABLE recurring_run (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    recurring_invoice_id BLOB NOT NULL CHECK (length(recurring_invoice_id) = 16),
    occurrence_date INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('made', 'failed', 'skipped')),
    document_id BLOB CHECK (length(document_id) = 16),
    errors TEXT,
    attempted_on INTEGER,
    retry_on INTEGER,
    reason TEXT CHECK (length(reason) <= 500),
    skipped_by BLOB CHECK (length(skipped_by) = 16),
    updated_at INTEGER NOT NULL,
    CONSTRAINT pk_recurring_run PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_recurring_run_date UNIQUE (tenant_id, recurring_invoice_id, occurrence_date),
    CONSTRAINT fk_recurring_run_recurring_invoice_id FOREIGN KEY (tenant_id, recurring_invoice_id) REFERENCES recurring_invoice (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_recurring_run_retry ON recurring_run (tenant_id, retry_on) WHERE status = 'failed';
