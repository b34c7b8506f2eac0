-- What lines of documents say about their tax. The rates are a list of dates and percentages that is read and written whole.
CREATE TABLE tax_code (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name_ar NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    name_en NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    kind NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
    category NVARCHAR(1) COLLATE Latin1_General_100_BIN2 NULL,
    reason NVARCHAR(30) COLLATE Latin1_General_100_BIN2 NULL,
    recoverable_percent DECIMAL(19, 4) NOT NULL,
    irrecoverable_to NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
    output_box NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NULL,
    input_box NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NULL,
    rates NVARCHAR(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
    active BIT NOT NULL,
    search NVARCHAR(600) COLLATE Latin1_General_100_BIN2 NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_tax_code PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_tax_code_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_tax_code_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);

-- Whether a code is used. Lines without a tax code, which are most, are not in it.
CREATE INDEX ix_ledger_line_tax_code ON ledger_line (tenant_id, tax_code) WHERE tax_code IS NOT NULL;
