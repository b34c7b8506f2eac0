-- Quotations and orders. Their states stand beside the states of the ledger, which the version before knows.
ALTER TABLE document ADD COLUMN state TEXT CHECK (state IN ('sent', 'accepted', 'declined', 'expired', 'confirmed', 'closed', 'cancelled'));
ALTER TABLE document ADD COLUMN valid_until INTEGER;
ALTER TABLE document ADD COLUMN order_id BLOB CHECK (length(order_id) = 16);
CREATE INDEX ix_document_order ON document (tenant_id, order_id) WHERE order_id IS NOT NULL;
CREATE INDEX ix_document_valid_until ON document (tenant_id, valid_until, id) WHERE state = 'sent';

-- What has become of the lines of orders, in base units: maintained by whatever delivers, invoices and credits them.
CREATE TABLE line_progress (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    document_id BLOB NOT NULL CHECK (length(document_id) = 16),
    line_no INTEGER NOT NULL,
    party_id BLOB NOT NULL CHECK (length(party_id) = 16),
    item_id BLOB CHECK (length(item_id) = 16),
    ordered INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    delivered INTEGER NOT NULL,
    returned INTEGER NOT NULL,
    invoiced INTEGER NOT NULL,
    credited INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    exposure INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_line_progress PRIMARY KEY (tenant_id, document_id, line_no),
    CONSTRAINT ck_line_progress_wanted CHECK (cancelled BETWEEN 0 AND ordered),
    CONSTRAINT ck_line_progress_delivered CHECK (returned BETWEEN 0 AND delivered AND delivered - returned <= ordered - cancelled),
    CONSTRAINT ck_line_progress_invoiced CHECK (credited BETWEEN 0 AND invoiced AND invoiced - credited <= ordered - cancelled)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_line_progress_party ON line_progress (tenant_id, party_id) WHERE exposure <> 0;
CREATE INDEX ix_line_progress_item ON line_progress (tenant_id, item_id) WHERE item_id IS NOT NULL;

-- Why: which line of a document did what to which line of another one. Rows are only added.
CREATE TABLE document_link (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    from_id BLOB NOT NULL CHECK (length(from_id) = 16),
    from_line INTEGER NOT NULL,
    to_id BLOB NOT NULL CHECK (length(to_id) = 16),
    to_line INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('bills', 'fulfils', 'corrects')),
    quantity INTEGER NOT NULL,
    CONSTRAINT pk_document_link PRIMARY KEY (tenant_id, from_id, from_line, to_id, to_line, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_document_link_to ON document_link (tenant_id, to_id, to_line, kind);

-- How far prices on bills may be from those of the orders.
ALTER TABLE company_profile ADD COLUMN price_tolerance_percent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE company_profile ADD COLUMN price_tolerance_amount INTEGER NOT NULL DEFAULT 0;
