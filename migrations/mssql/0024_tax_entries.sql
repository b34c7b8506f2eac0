-- What the documents say about VAT, and the returns that declare it. Append-only: notes and reversals add entries of their own.
-- The lines of the journal entry hold its accounts, so there is no foreign key that an earlier version would not expect.
CREATE TABLE tax_entry (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    source_kind NVARCHAR(30) COLLATE Latin1_General_100_BIN2 NOT NULL,
    source_id BINARY(16) NOT NULL,
    document_number NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
    entry_id BINARY(16) NOT NULL,
    party NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NULL,
    tax_code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    category NVARCHAR(1) COLLATE Latin1_General_100_BIN2 NOT NULL,
    rate DECIMAL(19,4) NOT NULL,
    account_id BINARY(16) NULL,
    side NVARCHAR(10) COLLATE Latin1_General_100_BIN2 NOT NULL,
    return_box NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NULL,
    currency NVARCHAR(3) COLLATE Latin1_General_100_BIN2 NOT NULL,
    currency_base DECIMAL(19,4) NOT NULL,
    currency_tax DECIMAL(19,4) NOT NULL,
    base DECIMAL(19,4) NOT NULL,
    tax DECIMAL(19,4) NOT NULL,
    tax_date DATE NOT NULL,
    posting_date DATE NOT NULL,
    corrects_id BINARY(16) NULL,
    recorded_at DATETIME2(6) NOT NULL,
    CONSTRAINT pk_tax_entry PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT fk_tax_entry_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
CREATE INDEX ix_tax_entry_tax_date ON tax_entry (tenant_id, tax_date, id);
CREATE INDEX ix_tax_entry_source ON tax_entry (tenant_id, source_id, id);
CREATE INDEX ix_tax_entry_tax_code ON tax_entry (tenant_id, tax_code);
CREATE INDEX ix_tax_entry_entry ON tax_entry (tenant_id, entry_id, account_id);

-- The boxes and the late entries are read and written whole. An amendment names the return that it amends.
CREATE TABLE vat_return (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    from_date DATE NOT NULL,
    to_date DATE NOT NULL,
    amends_id BINARY(16) NULL,
    reason NVARCHAR(500) COLLATE Latin1_General_100_BIN2 NULL,
    status NVARCHAR(10) COLLATE Latin1_General_100_BIN2 NOT NULL,
    reference NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NULL,
    opening_credit DECIMAL(19,4) NOT NULL,
    due DECIMAL(19,4) NOT NULL,
    credit DECIMAL(19,4) NOT NULL,
    net DECIMAL(19,4) NOT NULL,
    late_vat DECIMAL(19,4) NOT NULL,
    entry_count BIGINT NOT NULL,
    entry_id BINARY(16) NULL,
    document NVARCHAR(MAX) NOT NULL,
    prepared_at DATETIME2(6) NOT NULL,
    filed_at DATETIME2(6) NULL,
    filed_by BINARY(16) NULL,
    created_by BINARY(16) NULL,
    created_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_vat_return PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT fk_vat_return_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
CREATE UNIQUE INDEX uq_vat_return_period ON vat_return (tenant_id, from_date) WHERE amends_id IS NULL;
CREATE UNIQUE INDEX uq_vat_return_amendment ON vat_return (tenant_id, amends_id) WHERE amends_id IS NOT NULL AND status = 'draft';
CREATE INDEX ix_vat_return_from_date ON vat_return (tenant_id, from_date, id);

-- The entries of filed returns, each in one of them only. Append-only.
CREATE TABLE vat_return_entry (
    tenant_id BINARY(16) NOT NULL,
    tax_entry_id BINARY(16) NOT NULL,
    return_id BINARY(16) NOT NULL,
    return_box NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    is_adjustment BIT NOT NULL,
    is_late BIT NOT NULL,
    CONSTRAINT pk_vat_return_entry PRIMARY KEY CLUSTERED (tenant_id, tax_entry_id),
    CONSTRAINT fk_vat_return_entry_tax_entry_id FOREIGN KEY (tenant_id, tax_entry_id) REFERENCES tax_entry (tenant_id, id),
    CONSTRAINT fk_vat_return_entry_return_id FOREIGN KEY (tenant_id, return_id) REFERENCES vat_return (tenant_id, id)
);
CREATE INDEX ix_vat_return_entry_box ON vat_return_entry (tenant_id, return_id, return_box, tax_entry_id);
