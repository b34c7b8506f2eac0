-- How far receipts and bills may go beyond an order, and whether bills wait for receipts: for the company and for single items.
ALTER TABLE company_profile ADD COLUMN over_receipt_percent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE company_profile ADD COLUMN match_policy TEXT NOT NULL DEFAULT 'three_way' CHECK (match_policy IN ('three_way', 'two_way'));
ALTER TABLE item ADD COLUMN over_receipt_percent INTEGER;
ALTER TABLE item ADD COLUMN match_policy TEXT CHECK (match_policy IN ('three_way', 'two_way'));

-- The limits of a line become wider by what may be received beyond the order. SQLite changes no check of a table, so the table is made
-- anew.
CREATE TABLE line_progress_wider (
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
    beyond INTEGER NOT NULL DEFAULT 0,
    two_way INTEGER NOT NULL DEFAULT 0 CHECK (two_way IN (0, 1)),
    CONSTRAINT pk_line_progress PRIMARY KEY (tenant_id, document_id, line_no),
    CONSTRAINT ck_line_progress_wanted CHECK (cancelled BETWEEN 0 AND ordered),
    CONSTRAINT ck_line_progress_beyond CHECK (beyond >= 0),
    CONSTRAINT ck_line_progress_delivered CHECK (returned BETWEEN 0 AND delivered AND delivered - returned <= ordered - cancelled + beyond),
    CONSTRAINT ck_line_progress_invoiced CHECK (credited BETWEEN 0 AND invoiced AND invoiced - credited <= ordered - cancelled + beyond)
) STRICT, WITHOUT ROWID;
INSERT INTO line_progress_wider (tenant_id, document_id, line_no, party_id, item_id, ordered, cancelled, delivered, returned, invoiced,
    credited, amount, exposure, version)
SELECT tenant_id, document_id, line_no, party_id, item_id, ordered, cancelled, delivered, returned, invoiced, credited, amount, exposure,
    version FROM line_progress;
DROP TABLE line_progress;
ALTER TABLE line_progress_wider RENAME TO line_progress;
CREATE INDEX ix_line_progress_party ON line_progress (tenant_id, party_id) WHERE exposure <> 0;
CREATE INDEX ix_line_progress_item ON line_progress (tenant_id, item_id) WHERE item_id IS NOT NULL;
