-- Reminders of what is overdue, discounts in proportion to what is paid, and relief of VAT on bad debts. The levels of a profile are a
-- list that is read and written whole.
CREATE TABLE dunning_profile (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    code TEXT NOT NULL CHECK (length(code) <= 50),
    name_ar TEXT CHECK (length(name_ar) <= 200),
    name_en TEXT CHECK (length(name_en) <= 200),
    levels TEXT NOT NULL,
    search TEXT NOT NULL CHECK (length(search) <= 600),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_dunning_profile PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_dunning_profile_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_dunning_profile_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;
ALTER TABLE party ADD COLUMN dunning_profile_id BLOB CHECK (length(dunning_profile_id) = 16);
CREATE INDEX ix_party_dunning_profile ON party (tenant_id, dunning_profile_id) WHERE dunning_profile_id IS NOT NULL;

-- An item with a reason is not reminded of.
ALTER TABLE open_item ADD COLUMN dunning_hold_reason TEXT CHECK (length(dunning_hold_reason) <= 500);

CREATE TABLE dunning_run (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    run_date INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('draft', 'posted', 'undone')),
    notice_count INTEGER NOT NULL,
    has_more INTEGER NOT NULL CHECK (has_more IN (0, 1)),
    created_by BLOB CHECK (length(created_by) = 16),
    created_at INTEGER NOT NULL,
    posted_at INTEGER,
    version INTEGER NOT NULL,
    CONSTRAINT pk_dunning_run PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_dunning_run_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_dunning_run_date ON dunning_run (tenant_id, run_date, id);

-- What one customer is reminded of in one currency. The items are read and written whole.
CREATE TABLE dunning_notice (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    run_id BLOB NOT NULL CHECK (length(run_id) = 16),
    party_id BLOB NOT NULL CHECK (length(party_id) = 16),
    party TEXT NOT NULL CHECK (length(party) <= 100),
    profile_id BLOB NOT NULL CHECK (length(profile_id) = 16),
    level INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('draft', 'posted', 'undone')),
    notice_date INTEGER NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) <= 3),
    amount INTEGER NOT NULL,
    unallocated INTEGER NOT NULL,
    fee INTEGER,
    fee_item_id BLOB CHECK (length(fee_item_id) = 16),
    fee_tax_id BLOB CHECK (length(fee_tax_id) = 16),
    fee_invoice_id BLOB CHECK (length(fee_invoice_id) = 16),
    fee_invoice_number TEXT CHECK (length(fee_invoice_number) <= 100),
    text_ar TEXT CHECK (length(text_ar) <= 2000),
    text_en TEXT CHECK (length(text_en) <= 2000),
    block TEXT NOT NULL CHECK (length(block) <= 20),
    block_before TEXT CHECK (length(block_before) <= 20),
    block_reason_before TEXT CHECK (length(block_reason_before) <= 200),
    items TEXT NOT NULL,
    reason TEXT CHECK (length(reason) <= 500),
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_dunning_notice PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_dunning_notice_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_dunning_notice_run_id FOREIGN KEY (tenant_id, run_id) REFERENCES dunning_run (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_dunning_notice_run ON dunning_notice (tenant_id, run_id, id);
CREATE INDEX ix_dunning_notice_profile ON dunning_notice (tenant_id, profile_id);
CREATE INDEX ix_dunning_notice_party ON dunning_notice (tenant_id, party_id, id);

-- The levels that items have reached: each level once, whoever runs at the same time.
CREATE TABLE dunning_item (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    open_item_id BLOB NOT NULL CHECK (length(open_item_id) = 16),
    level INTEGER NOT NULL,
    notice_id BLOB NOT NULL CHECK (length(notice_id) = 16),
    CONSTRAINT pk_dunning_item PRIMARY KEY (tenant_id, open_item_id, level),
    CONSTRAINT fk_dunning_item_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_dunning_item_notice_id FOREIGN KEY (tenant_id, notice_id) REFERENCES dunning_notice (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_dunning_item_notice ON dunning_item (tenant_id, notice_id);

-- Who pays a part early gets its share of the discount.
ALTER TABLE payment_term ADD COLUMN partial_discount INTEGER NOT NULL DEFAULT 0;
ALTER TABLE open_item ADD COLUMN discount_partial INTEGER NOT NULL DEFAULT 0;

-- After how many months VAT of a bad debt is taken back, and beyond which amount that needs a proof.
ALTER TABLE company_profile ADD COLUMN bad_debt_months INTEGER;
ALTER TABLE company_profile ADD COLUMN bad_debt_proof_above INTEGER;
-- How VAT of a write-off was taken back; read and written whole.
ALTER TABLE write_off ADD COLUMN vat_relief TEXT;
