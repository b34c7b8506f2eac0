-- What the documents say about VAT, and the returns that declare it. Append-only: notes and reversals add entries of their own.
-- The lines of the journal entry hold its accounts, so there is no foreign key that an earlier version would not expect.
CREATE TABLE tax_entry (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    source_kind TEXT NOT NULL CHECK (length(source_kind) <= 30),
    source_id BLOB NOT NULL CHECK (length(source_id) = 16),
    document_number TEXT NOT NULL CHECK (length(document_number) <= 100),
    entry_id BLOB NOT NULL CHECK (length(entry_id) = 16),
    party TEXT CHECK (length(party) <= 100),
    tax_code TEXT NOT NULL CHECK (length(tax_code) <= 50),
    category TEXT NOT NULL CHECK (length(category) <= 1),
    rate INTEGER NOT NULL,
    account_id BLOB CHECK (length(account_id) = 16),
    side TEXT NOT NULL CHECK (length(side) <= 10),
    return_box TEXT CHECK (length(return_box) <= 50),
    currency TEXT NOT NULL CHECK (length(currency) <= 3),
    currency_base INTEGER NOT NULL,
    currency_tax INTEGER NOT NULL,
    base INTEGER NOT NULL,
    tax INTEGER NOT NULL,
    tax_date INTEGER NOT NULL,
    posting_date INTEGER NOT NULL,
    corrects_id BLOB CHECK (length(corrects_id) = 16),
    recorded_at INTEGER NOT NULL,
    CONSTRAINT pk_tax_entry PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_tax_entry_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_tax_entry_tax_date ON tax_entry (tenant_id, tax_date, id);
CREATE INDEX ix_tax_entry_source ON tax_entry (tenant_id, source_id, id);
CREATE INDEX ix_tax_entry_tax_code ON tax_entry (tenant_id, tax_code);
CREATE INDEX ix_tax_entry_entry ON tax_entry (tenant_id, entry_id, account_id);

-- The boxes and the late entries are read and written whole. An amendment names the return that it amends.
CREATE TABLE vat_return (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    from_date INTEGER NOT NULL,
    to_date INTEGER NOT NULL,
    amends_id BLOB CHECK (length(amends_id) = 16),
    reason TEXT CHECK (length(reason) <= 500),
    status TEXT NOT NULL CHECK (length(status) <= 10),
    reference TEXT CHECK (length(reference) <= 100),
    opening_credit INTEGER NOT NULL,
    due INTEGER NOT NULL,
    credit INTEGER NOT NULL,
    net INTEGER NOT NULL,
    late_vat INTEGER NOT NULL,
    entry_count INTEGER NOT NULL,
    entry_id BLOB CHECK (length(entry_id) = 16),
    document TEXT NOT NULL,
    prepared_at INTEGER NOT NULL,
    filed_at INTEGER,
    filed_by BLOB CHECK (length(filed_by) = 16),
    created_by BLOB CHECK (length(created_by) = 16),
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_vat_return PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_vat_return_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX uq_vat_return_period ON vat_return (tenant_id, from_date) WHERE amends_id IS NULL;
CREATE UNIQUE INDEX uq_vat_return_amendment ON vat_return (tenant_id, amends_id) WHERE amends_id IS NOT NULL AND status = 'draft';
CREATE INDEX ix_vat_return_from_date ON vat_return (tenant_id, from_date, id);

-- The entries of filed returns, each in one of them only. Append-only.
CREATE TABLE vat_return_entry (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    tax_entry_id BLOB NOT NULL CHECK (length(tax_entry_id) = 16),
    return_id BLOB NOT NULL CHECK (length(return_id) = 16),
    return_box TEXT NOT NULL CHECK (length(return_box) <= 50),
    is_adjustment INTEGER NOT NULL CHECK (is_adjustment IN (0, 1)),
    is_late INTEGER NOT NULL CHECK (is_late IN (0, 1)),
    CONSTRAINT pk_vat_return_entry PRIMARY KEY (tenant_id, tax_entry_id),
    CONSTRAINT fk_vat_return_entry_tax_entry_id FOREIGN KEY (tenant_id, tax_entry_id) REFERENCES tax_entry (tenant_id, id),
    CONSTRAINT fk_vat_return_entry_return_id FOREIGN KEY (tenant_id, return_id) REFERENCES vat_return (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_vat_return_entry_box ON vat_return_entry (tenant_id, return_id, return_box, tax_entry_id);
