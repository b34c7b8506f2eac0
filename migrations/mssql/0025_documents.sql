-- Documents: invoices, bills, notes, receipts and payments. The body that made one, what it came to and its lines are read and
-- written whole; columns are what lists filter by.
CREATE TABLE document (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    document_type NVARCHAR(30) COLLATE Latin1_General_100_BIN2 NOT NULL,
    kind NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NULL,
    status NVARCHAR(10) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_document_status CHECK (status IN (N'draft', N'posted', N'reversed')),
    number NVARCHAR(60) COLLATE Latin1_General_100_BIN2 NULL,
    series_id BINARY(16) NULL,
    party_id BINARY(16) NOT NULL,
    party_code NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
    document_date DATE NOT NULL,
    posting_date DATE NOT NULL,
    currency NVARCHAR(3) COLLATE Latin1_General_100_BIN2 NOT NULL,
    total DECIMAL(19,4) NOT NULL,
    reference NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NULL,
    supplier_key NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NULL,
    corrects_id BINARY(16) NULL,
    entry_id BINARY(16) NULL,
    reversal_entry_id BINARY(16) NULL,
    body NVARCHAR(MAX) NOT NULL,
    content NVARCHAR(MAX) NOT NULL,
    content_lines NVARCHAR(MAX) NOT NULL,
    created_by BINARY(16) NULL,
    created_at DATETIME2(6) NOT NULL,
    posted_at DATETIME2(6) NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_document PRIMARY KEY CLUSTERED (tenant_id, id)
);
CREATE UNIQUE INDEX uq_document_number ON document (tenant_id, document_type, number) WHERE number IS NOT NULL;
CREATE UNIQUE INDEX uq_document_supplier_key ON document (tenant_id, document_type, party_id, supplier_key) WHERE supplier_key IS NOT NULL;
CREATE INDEX ix_document_series ON document (tenant_id, series_id, number) WHERE series_id IS NOT NULL;
CREATE INDEX ix_document_draft ON document (tenant_id, posting_date, id) WHERE status = 'draft';
CREATE INDEX ix_document_type ON document (tenant_id, document_type, id);
CREATE INDEX ix_document_reference ON document (tenant_id, document_type, reference) WHERE reference IS NOT NULL;
CREATE INDEX ix_document_date ON document (tenant_id, document_type, document_date, id);
CREATE INDEX ix_document_party ON document (tenant_id, party_id, document_type, id);
CREATE INDEX ix_document_corrects ON document (tenant_id, corrects_id) WHERE corrects_id IS NOT NULL;

-- VAT of a posted document by category and rate, and how much of it notes and deductions have taken.
CREATE TABLE document_tax (
    tenant_id BINARY(16) NOT NULL,
    document_id BINARY(16) NOT NULL,
    group_no BIGINT NOT NULL,
    category NVARCHAR(1) COLLATE Latin1_General_100_BIN2 NOT NULL,
    rate DECIMAL(19,4) NOT NULL,
    taxable DECIMAL(19,4) NOT NULL,
    vat DECIMAL(19,4) NOT NULL,
    used_taxable DECIMAL(19,4) NOT NULL,
    used_vat DECIMAL(19,4) NOT NULL,
    CONSTRAINT pk_document_tax PRIMARY KEY CLUSTERED (tenant_id, document_id, group_no),
    CONSTRAINT fk_document_tax_document_id FOREIGN KEY (tenant_id, document_id) REFERENCES document (tenant_id, id),
    CONSTRAINT ck_document_tax_used CHECK (used_taxable BETWEEN 0 AND taxable AND used_vat BETWEEN 0 AND vat)
);

-- Quantities of a posted document by line, and how much came back.
CREATE TABLE document_line (
    tenant_id BINARY(16) NOT NULL,
    document_id BINARY(16) NOT NULL,
    line_no BIGINT NOT NULL,
    item_id BINARY(16) NULL,
    quantity DECIMAL(19,6) NOT NULL,
    credited_quantity DECIMAL(19,6) NOT NULL,
    CONSTRAINT pk_document_line PRIMARY KEY CLUSTERED (tenant_id, document_id, line_no),
    CONSTRAINT fk_document_line_document_id FOREIGN KEY (tenant_id, document_id) REFERENCES document (tenant_id, id),
    CONSTRAINT ck_document_line_credited CHECK (credited_quantity BETWEEN 0 AND quantity)
);
CREATE INDEX ix_document_line_item ON document_line (tenant_id, item_id) WHERE item_id IS NOT NULL;
