-- Discounts for early payment, and write-offs. An item knows until when it grants a discount; an allocation knows the payment's one
-- that it belongs to, and the note or the write-off that was made for it.
ALTER TABLE open_item ADD COLUMN discount_date INTEGER;
ALTER TABLE open_item ADD COLUMN discount_amount INTEGER;
ALTER TABLE allocation ADD COLUMN belongs_to_id BLOB CHECK (length(belongs_to_id) = 16);
ALTER TABLE allocation ADD COLUMN document_id BLOB CHECK (length(document_id) = 16);
CREATE INDEX ix_allocation_belongs_to ON allocation (tenant_id, belongs_to_id) WHERE belongs_to_id IS NOT NULL;
CREATE INDEX ix_allocation_document ON allocation (tenant_id, document_id) WHERE document_id IS NOT NULL;

ALTER TABLE company_profile ADD COLUMN discount_without_vat INTEGER NOT NULL DEFAULT 0;
ALTER TABLE company_profile ADD COLUMN payment_tolerances TEXT;

-- What was taken off open items without any money. The items are read and written whole.
CREATE TABLE write_off (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    kind TEXT NOT NULL CHECK (length(kind) <= 20),
    status TEXT NOT NULL CHECK (status IN ('posted', 'reversed')),
    number TEXT NOT NULL CHECK (length(number) <= 100),
    control TEXT NOT NULL CHECK (length(control) <= 20),
    party TEXT NOT NULL CHECK (length(party) <= 100),
    account_id BLOB NOT NULL CHECK (length(account_id) = 16),
    write_off_date INTEGER NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) <= 3),
    amount INTEGER NOT NULL,
    company_amount INTEGER NOT NULL,
    entry_id BLOB NOT NULL CHECK (length(entry_id) = 16),
    reversal_entry_id BLOB CHECK (length(reversal_entry_id) = 16),
    reason TEXT NOT NULL CHECK (length(reason) <= 500),
    items TEXT NOT NULL,
    created_by BLOB CHECK (length(created_by) = 16),
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_write_off PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_write_off_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_write_off_date ON write_off (tenant_id, write_off_date, id);
CREATE INDEX ix_write_off_party ON write_off (tenant_id, party, id);
CREATE INDEX ix_write_off_entry ON write_off (tenant_id, entry_id);
