-- VAT of entries by hand, sums of tax entries by day, tax withheld from payments, and price lists of customers.

-- The amount before VAT of a line that is VAT itself, in the line's currency.
ALTER TABLE ledger_line ADD COLUMN tax_base INTEGER;

-- The first return may say that everything before its period was declared elsewhere.
ALTER TABLE vat_return ADD COLUMN earlier_declared INTEGER NOT NULL DEFAULT 0 CHECK (earlier_declared IN (0, 1));

-- Tax entries with a box, added up: all of them, and those of filed returns. Without a VAT account the id of the account is zero.
-- What corrects a document is apart, because its column of the return depends on the document's.
CREATE TABLE tax_day (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    tax_date INTEGER NOT NULL,
    return_box TEXT NOT NULL CHECK (length(return_box) <= 50),
    side TEXT NOT NULL CHECK (length(side) <= 10),
    account_id BLOB NOT NULL CHECK (length(account_id) = 16),
    is_correction INTEGER NOT NULL CHECK (is_correction IN (0, 1)),
    shard INTEGER NOT NULL,
    base INTEGER NOT NULL,
    tax INTEGER NOT NULL,
    filed_base INTEGER NOT NULL,
    filed_tax INTEGER NOT NULL,
    entry_count INTEGER NOT NULL,
    filed_count INTEGER NOT NULL,
    CONSTRAINT pk_tax_day PRIMARY KEY (tenant_id, tax_date, return_box, side, account_id, is_correction, shard),
    CONSTRAINT fk_tax_day_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;

INSERT INTO tax_day (tenant_id, tax_date, return_box, side, account_id, is_correction, shard, base, tax, filed_base, filed_tax,
    entry_count, filed_count)
SELECT e.tenant_id, e.tax_date, e.return_box, e.side, COALESCE(e.account_id, zeroblob(16)) AS account_id,
    CASE WHEN e.corrects_id IS NULL THEN 0 ELSE 1 END AS is_correction, 0 AS shard, SUM(e.base) AS base, SUM(e.tax) AS tax,
    SUM(CASE WHEN f.tax_entry_id IS NULL THEN 0 ELSE e.base END) AS filed_base,
    SUM(CASE WHEN f.tax_entry_id IS NULL THEN 0 ELSE e.tax END) AS filed_tax, COUNT(*) AS entry_count,
    COUNT(f.tax_entry_id) AS filed_count
FROM tax_entry AS e
LEFT JOIN vat_return_entry AS f ON f.tenant_id = e.tenant_id AND f.tax_entry_id = e.id
WHERE e.return_box IS NOT NULL
GROUP BY e.tenant_id, e.tax_date, e.return_box, e.side, COALESCE(e.account_id, zeroblob(16)),
    CASE WHEN e.corrects_id IS NULL THEN 0 ELSE 1 END;

CREATE INDEX ix_tax_entry_correction ON tax_entry (tenant_id, tax_date, id) WHERE corrects_id IS NOT NULL;

-- Tax that was withheld from payments to suppliers abroad. Append-only: a reversed payment adds an entry of its own.
CREATE TABLE withholding_entry (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    payment_id BLOB NOT NULL CHECK (length(payment_id) = 16),
    document_number TEXT NOT NULL CHECK (length(document_number) <= 100),
    entry_id BLOB NOT NULL CHECK (length(entry_id) = 16),
    account_id BLOB NOT NULL CHECK (length(account_id) = 16),
    party TEXT NOT NULL CHECK (length(party) <= 100),
    tax_code TEXT NOT NULL CHECK (length(tax_code) <= 50),
    rate INTEGER NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) <= 3),
    currency_base INTEGER NOT NULL,
    currency_tax INTEGER NOT NULL,
    base INTEGER NOT NULL,
    tax INTEGER NOT NULL,
    payment_date INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    CONSTRAINT pk_withholding_entry PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_withholding_entry_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_withholding_entry_date ON withholding_entry (tenant_id, payment_date, id);
CREATE INDEX ix_withholding_entry_payment ON withholding_entry (tenant_id, payment_id, id);

-- What is declared of it, a month at a time. The sums by supplier and tax code are read and written whole.
CREATE TABLE withholding_return (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    from_date INTEGER NOT NULL,
    to_date INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (length(status) <= 10),
    reference TEXT CHECK (length(reference) <= 100),
    base INTEGER NOT NULL,
    tax INTEGER NOT NULL,
    entry_count INTEGER NOT NULL,
    document TEXT NOT NULL,
    prepared_at INTEGER NOT NULL,
    filed_at INTEGER,
    filed_by BLOB CHECK (length(filed_by) = 16),
    created_by BLOB CHECK (length(created_by) = 16),
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_withholding_return PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_withholding_return_month UNIQUE (tenant_id, from_date),
    CONSTRAINT fk_withholding_return_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;

-- The entries of filed returns, each in one of them only. Append-only.
CREATE TABLE withholding_return_entry (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    withholding_entry_id BLOB NOT NULL CHECK (length(withholding_entry_id) = 16),
    return_id BLOB NOT NULL CHECK (length(return_id) = 16),
    CONSTRAINT pk_withholding_return_entry PRIMARY KEY (tenant_id, withholding_entry_id),
    CONSTRAINT fk_withholding_return_entry_withholding_entry_id FOREIGN KEY (tenant_id, withholding_entry_id) REFERENCES withholding_entry (tenant_id, id),
    CONSTRAINT fk_withholding_return_entry_return_id FOREIGN KEY (tenant_id, return_id) REFERENCES withholding_return (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_withholding_return_entry_return ON withholding_return_entry (tenant_id, return_id, withholding_entry_id);

-- The price lists of a customer and of a group of parties.
ALTER TABLE party ADD COLUMN price_list_id BLOB CHECK (length(price_list_id) = 16);
ALTER TABLE party_group ADD COLUMN price_list_id BLOB CHECK (length(price_list_id) = 16);
