-- VAT of entries by hand, sums of tax entries by day, tax withheld from payments, and price lists of customers.

-- The amount before VAT of a line that is VAT itself, in the line's currency.
ALTER TABLE ledger_line ADD tax_base DECIMAL(19,4) NULL;

-- The first return may say that everything before its period was declared elsewhere.
ALTER TABLE vat_return ADD earlier_declared BIT NOT NULL CONSTRAINT df_vat_return_earlier_declared DEFAULT 0;

-- Tax entries with a box, added up: all of them, and those of filed returns. Without a VAT account the id of the account is zero.
-- What corrects a document is apart, because its column of the return depends on the document's.
CREATE TABLE tax_day (
    tenant_id BINARY(16) NOT NULL,
    tax_date DATE NOT NULL,
    return_box NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    side NVARCHAR(10) COLLATE Latin1_General_100_BIN2 NOT NULL,
    account_id BINARY(16) NOT NULL,
    is_correction BIT NOT NULL,
    shard BIGINT NOT NULL,
    base DECIMAL(19,4) NOT NULL,
    tax DECIMAL(19,4) NOT NULL,
    filed_base DECIMAL(19,4) NOT NULL,
    filed_tax DECIMAL(19,4) NOT NULL,
    entry_count BIGINT NOT NULL,
    filed_count BIGINT NOT NULL,
    CONSTRAINT pk_tax_day PRIMARY KEY CLUSTERED (tenant_id, tax_date, return_box, side, account_id, is_correction, shard),
    CONSTRAINT fk_tax_day_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);

INSERT INTO tax_day (tenant_id, tax_date, return_box, side, account_id, is_correction, shard, base, tax, filed_base, filed_tax,
    entry_count, filed_count)
SELECT e.tenant_id, e.tax_date, e.return_box, e.side, COALESCE(e.account_id, 0x00000000000000000000000000000000) AS account_id,
    CASE WHEN e.corrects_id IS NULL THEN 0 ELSE 1 END AS is_correction, 0 AS shard, SUM(e.base) AS base, SUM(e.tax) AS tax,
    SUM(CASE WHEN f.tax_entry_id IS NULL THEN 0 ELSE e.base END) AS filed_base,
    SUM(CASE WHEN f.tax_entry_id IS NULL THEN 0 ELSE e.tax END) AS filed_tax, COUNT(*) AS entry_count,
    COUNT(f.tax_entry_id) AS filed_count
FROM tax_entry AS e
LEFT JOIN vat_return_entry AS f ON f.tenant_id = e.tenant_id AND f.tax_entry_id = e.id
WHERE e.return_box IS NOT NULL
GROUP BY e.tenant_id, e.tax_date, e.return_box, e.side, COALESCE(e.account_id, 0x00000000000000000000000000000000),
    CASE WHEN e.corrects_id IS NULL THEN 0 ELSE 1 END;

CREATE INDEX ix_tax_entry_correction ON tax_entry (tenant_id, tax_date, id) WHERE corrects_id IS NOT NULL;

-- Tax that was withheld from payments to suppliers abroad. Append-only: a reversed payment adds an entry of its own.
CREATE TABLE withholding_entry (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    payment_id BINARY(16) NOT NULL,
    document_number NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
    entry_id BINARY(16) NOT NULL,
    account_id BINARY(16) NOT NULL,
    party NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
    tax_code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    rate DECIMAL(19,4) NOT NULL,
    currency NVARCHAR(3) COLLATE Latin1_General_100_BIN2 NOT NULL,
    currency_base DECIMAL(19,4) NOT NULL,
    currency_tax DECIMAL(19,4) NOT NULL,
    base DECIMAL(19,4) NOT NULL,
    tax DECIMAL(19,4) NOT NULL,
    payment_date DATE NOT NULL,
    recorded_at DATETIME2(6) NOT NULL,
    CONSTRAINT pk_withholding_entry PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT fk_withholding_entry_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
CREATE INDEX ix_withholding_entry_date ON withholding_entry (tenant_id, payment_date, id);
CREATE INDEX ix_withholding_entry_payment ON withholding_entry (tenant_id, payment_id, id);

-- What is declared of it, a month at a time. The sums by supplier and tax code are read and written whole.
CREATE TABLE withholding_return (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    from_date DATE NOT NULL,
    to_date DATE NOT NULL,
    status NVARCHAR(10) COLLATE Latin1_General_100_BIN2 NOT NULL,
    reference NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NULL,
    base DECIMAL(19,4) NOT NULL,
    tax DECIMAL(19,4) NOT NULL,
    entry_count BIGINT NOT NULL,
    document NVARCHAR(MAX) NOT NULL,
    prepared_at DATETIME2(6) NOT NULL,
    filed_at DATETIME2(6) NULL,
    filed_by BINARY(16) NULL,
    created_by BINARY(16) NULL,
    created_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_withholding_return PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_withholding_return_month UNIQUE (tenant_id, from_date),
    CONSTRAINT fk_withholding_return_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);

-- The entries of filed returns, each in one of them only. Append-only.
CREATE TABLE withholding_return_entry (
    tenant_id BINARY(16) NOT NULL,
    withholding_entry_id BINARY(16) NOT NULL,
    return_id BINARY(16) NOT NULL,
    CONSTRAINT pk_withholding_return_entry PRIMARY KEY CLUSTERED (tenant_id, withholding_entry_id),
    CONSTRAINT fk_withholding_return_entry_withholding_entry_id FOREIGN KEY (tenant_id, withholding_entry_id) REFERENCES withholding_entry (tenant_id, id),
    CONSTRAINT fk_withholding_return_entry_return_id FOREIGN KEY (tenant_id, return_id) REFERENCES withholding_return (tenant_id, id)
);
CREATE INDEX ix_withholding_return_entry_return ON withholding_return_entry (tenant_id, return_id, withholding_entry_id);

-- The price lists of a customer and of a group of parties.
ALTER TABLE party ADD price_list_id BINARY(16) NULL;
ALTER TABLE party_group ADD price_list_id BINARY(16) NULL;
