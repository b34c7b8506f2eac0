-- What lines of documents say about their tax. The rates are a list of dates and percentages that is read and written whole.
CREATE TABLE tax_code (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    code TEXT NOT NULL CHECK (length(code) <= 50),
    name_ar TEXT CHECK (length(name_ar) <= 200),
    name_en TEXT CHECK (length(name_en) <= 200),
    kind TEXT NOT NULL CHECK (length(kind) <= 20),
    category TEXT CHECK (length(category) <= 1),
    reason TEXT CHECK (length(reason) <= 30),
    recoverable_percent INTEGER NOT NULL,
    irrecoverable_to TEXT NOT NULL CHECK (length(irrecoverable_to) <= 20),
    output_box TEXT CHECK (length(output_box) <= 50),
    input_box TEXT CHECK (length(input_box) <= 50),
    rates TEXT NOT NULL CHECK (length(rates) <= 4000),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    search TEXT NOT NULL CHECK (length(search) <= 600),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_tax_code PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_tax_code_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_tax_code_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;

-- Whether a code is used. Lines without a tax code, which are most, are not in it.
CREATE INDEX ix_ledger_line_tax_code ON ledger_line (tenant_id, tax_code) WHERE tax_code IS NOT NULL;
