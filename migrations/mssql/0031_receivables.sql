-- Reminders of what is overdue, discounts in proportion to what is paid, and relief of VAT on bad debts. The levels of a profile are a
-- list that is read and written whole.
CREATE TABLE dunning_profile (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name_ar NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    name_en NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    levels NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NOT NULL,
    search NVARCHAR(600) COLLATE Latin1_General_100_BIN2 NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_dunning_profile PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_dunning_profile_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_dunning_profile_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
ALTER TABLE party ADD dunning_profile_id BINARY(16) NULL;
GO
CREATE INDEX ix_party_dunning_profile ON party (tenant_id, dunning_profile_id) WHERE dunning_profile_id IS NOT NULL;

-- An item with a reason is not reminded of.
ALTER TABLE open_item ADD dunning_hold_reason NVARCHAR(500) COLLATE Latin1_General_100_BIN2 NULL;

CREATE TABLE dunning_run (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    run_date DATE NOT NULL,
    status NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_dunning_run_status CHECK (status IN (N'draft', N'posted', N'undone')),
    notice_count BIGINT NOT NULL,
    has_more BIT NOT NULL,
    created_by BINARY(16) NULL,
    created_at DATETIME2(6) NOT NULL,
    posted_at DATETIME2(6) NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_dunning_run PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT fk_dunning_run_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
CREATE INDEX ix_dunning_run_date ON dunning_run (tenant_id, run_date, id);

-- What one customer is reminded of in one currency. The items are read and written whole.
CREATE TABLE dunning_notice (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    run_id BINARY(16) NOT NULL,
    party_id BINARY(16) NOT NULL,
    party NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
    profile_id BINARY(16) NOT NULL,
    level BIGINT NOT NULL,
    status NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_dunning_notice_status CHECK (status IN (N'draft', N'posted', N'undone')),
    notice_date DATE NOT NULL,
    currency NVARCHAR(3) COLLATE Latin1_General_100_BIN2 NOT NULL,
    amount DECIMAL(19,4) NOT NULL,
    unallocated DECIMAL(19,4) NOT NULL,
    fee DECIMAL(19,4) NULL,
    fee_item_id BINARY(16) NULL,
    fee_tax_id BINARY(16) NULL,
    fee_invoice_id BINARY(16) NULL,
    fee_invoice_number NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NULL,
    text_ar NVARCHAR(2000) COLLATE Latin1_General_100_BIN2 NULL,
    text_en NVARCHAR(2000) COLLATE Latin1_General_100_BIN2 NULL,
    block NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
    block_before NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NULL,
    block_reason_before NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    items NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NOT NULL,
    reason NVARCHAR(500) COLLATE Latin1_General_100_BIN2 NULL,
    created_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_dunning_notice PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT fk_dunning_notice_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_dunning_notice_run_id FOREIGN KEY (tenant_id, run_id) REFERENCES dunning_run (tenant_id, id)
);
CREATE INDEX ix_dunning_notice_run ON dunning_notice (tenant_id, run_id, id);
CREATE INDEX ix_dunning_notice_profile ON dunning_notice (tenant_id, profile_id);
CREATE INDEX ix_dunning_notice_party ON dunning_notice (tenant_id, party_id, id);

-- The levels that items have reached: each level once, whoever runs at the same time.
CREATE TABLE dunning_item (
    tenant_id BINARY(16) NOT NULL,
    open_item_id BINARY(16) NOT NULL,
    level BIGINT NOT NULL,
    notice_id BINARY(16) NOT NULL,
    CONSTRAINT pk_dunning_item PRIMARY KEY CLUSTERED (tenant_id, open_item_id, level),
    CONSTRAINT fk_dunning_item_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_dunning_item_notice_id FOREIGN KEY (tenant_id, notice_id) REFERENCES dunning_notice (tenant_id, id)
);
CREATE INDEX ix_dunning_item_notice ON dunning_item (tenant_id, notice_id);

-- Who pays a part early gets its share of the discount.
ALTER TABLE payment_term ADD partial_discount BIT NOT NULL CONSTRAINT df_payment_term_partial_discount DEFAULT 0;
ALTER TABLE open_item ADD discount_partial BIT NOT NULL CONSTRAINT df_open_item_discount_partial DEFAULT 0;

-- After how many months VAT of a bad debt is taken back, and beyond which amount that needs a proof.
ALTER TABLE company_profile ADD bad_debt_months BIGINT NULL;
ALTER TABLE company_profile ADD bad_debt_proof_above DECIMAL(19,4) NULL;
-- How VAT of a write-off was taken back; read and written whole.
ALTER TABLE write_off ADD vat_relief NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL;
