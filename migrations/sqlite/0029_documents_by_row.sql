-- SQLite keeps a row of a table without row ids inside the tree of its key, and reads all of it to compare one key: a check of a
-- foreign key on a document of 10,000 lines copied its two megabytes for each of them. Documents become rows of an ordinary table,
-- whose key is an index of its own.
CREATE TABLE document_by_row (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    document_type TEXT NOT NULL CHECK (length(document_type) <= 30),
    kind TEXT CHECK (length(kind) <= 20),
    status TEXT NOT NULL CHECK (status IN ('draft', 'posted', 'reversed')),
    number TEXT CHECK (length(number) <= 60),
    series_id BLOB CHECK (length(series_id) = 16),
    party_id BLOB NOT NULL CHECK (length(party_id) = 16),
    party_code TEXT NOT NULL CHECK (length(party_code) <= 100),
    document_date INTEGER NOT NULL,
    posting_date INTEGER NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) <= 3),
    total INTEGER NOT NULL,
    reference TEXT CHECK (length(reference) <= 100),
    supplier_key TEXT CHECK (length(supplier_key) <= 100),
    corrects_id BLOB CHECK (length(corrects_id) = 16),
    entry_id BLOB CHECK (length(entry_id) = 16),
    reversal_entry_id BLOB CHECK (length(reversal_entry_id) = 16),
    body TEXT NOT NULL,
    content TEXT NOT NULL,
    content_lines TEXT NOT NULL,
    created_by BLOB CHECK (length(created_by) = 16),
    created_at INTEGER NOT NULL,
    posted_at INTEGER,
    version INTEGER NOT NULL,
    state TEXT CHECK (state IN ('sent', 'accepted', 'declined', 'expired', 'confirmed', 'closed', 'cancelled')),
    valid_until INTEGER,
    order_id BLOB CHECK (length(order_id) = 16),
    CONSTRAINT pk_document PRIMARY KEY (tenant_id, id)
) STRICT;
INSERT INTO document_by_row SELECT
    tenant_id, id, document_type, kind, status, number, series_id, party_id, party_code, document_date, posting_date, currency, total,
    reference, supplier_key, corrects_id, entry_id, reversal_entry_id, body, content, content_lines, created_by, created_at, posted_at,
    version, state, valid_until, order_id
FROM document;

CREATE TABLE document_tax_by_row (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    document_id BLOB NOT NULL CHECK (length(document_id) = 16),
    group_no INTEGER NOT NULL,
    category TEXT NOT NULL CHECK (length(category) <= 1),
    rate INTEGER NOT NULL,
    taxable INTEGER NOT NULL,
    vat INTEGER NOT NULL,
    used_taxable INTEGER NOT NULL,
    used_vat INTEGER NOT NULL,
    CONSTRAINT pk_document_tax PRIMARY KEY (tenant_id, document_id, group_no),
    CONSTRAINT fk_document_tax_document_id FOREIGN KEY (tenant_id, document_id) REFERENCES document_by_row (tenant_id, id),
    CONSTRAINT ck_document_tax_used CHECK (used_taxable BETWEEN 0 AND taxable AND used_vat BETWEEN 0 AND vat)
) STRICT, WITHOUT ROWID;
INSERT INTO document_tax_by_row
SELECT tenant_id, document_id, group_no, category, rate, taxable, vat, used_taxable, used_vat FROM document_tax;

CREATE TABLE document_line_by_row (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    document_id BLOB NOT NULL CHECK (length(document_id) = 16),
    line_no INTEGER NOT NULL,
    item_id BLOB CHECK (length(item_id) = 16),
    quantity INTEGER NOT NULL,
    credited_quantity INTEGER NOT NULL,
    CONSTRAINT pk_document_line PRIMARY KEY (tenant_id, document_id, line_no),
    CONSTRAINT fk_document_line_document_id FOREIGN KEY (tenant_id, document_id) REFERENCES document_by_row (tenant_id, id),
    CONSTRAINT ck_document_line_credited CHECK (credited_quantity BETWEEN 0 AND quantity)
) STRICT, WITHOUT ROWID;
INSERT INTO document_line_by_row
SELECT tenant_id, document_id, line_no, item_id, quantity, credited_quantity FROM document_line;

DROP TABLE document_line;
DROP TABLE document_tax;
DROP TABLE document;
ALTER TABLE document_by_row RENAME TO document;
ALTER TABLE document_tax_by_row RENAME TO document_tax;
ALTER TABLE document_line_by_row RENAME TO document_line;

CREATE UNIQUE INDEX uq_document_number ON document (tenant_id, document_type, number) WHERE number IS NOT NULL;
CREATE UNIQUE INDEX uq_document_supplier_key ON document (tenant_id, document_type, party_id, supplier_key) WHERE supplier_key IS NOT NULL;
CREATE INDEX ix_document_series ON document (tenant_id, series_id, number) WHERE series_id IS NOT NULL;
CREATE INDEX ix_document_draft ON document (tenant_id, posting_date, id) WHERE status = 'draft';
CREATE INDEX ix_document_type ON document (tenant_id, document_type, id);
CREATE INDEX ix_document_reference ON document (tenant_id, document_type, reference) WHERE reference IS NOT NULL;
CREATE INDEX ix_document_date ON document (tenant_id, document_type, document_date, id);
CREATE INDEX ix_document_party ON document (tenant_id, party_id, document_type, id);
CREATE INDEX ix_document_corrects ON document (tenant_id, corrects_id) WHERE corrects_id IS NOT NULL;
CREATE INDEX ix_document_order ON document (tenant_id, order_id) WHERE order_id IS NOT NULL;
CREATE INDEX ix_document_valid_until ON document (tenant_id, valid_until, id) WHERE state = 'sent';
CREATE INDEX ix_document_line_item ON document_line (tenant_id, item_id) WHERE item_id IS NOT NULL;
