-- When what is owed falls due. The lines are a list that is read and written whole.
CREATE TABLE payment_term (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name_ar NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    name_en NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    discount_basis NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
    lines NVARCHAR(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
    search NVARCHAR(600) COLLATE Latin1_General_100_BIN2 NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_payment_term PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_payment_term_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_payment_term_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);

-- Groups that customers and suppliers belong to.
CREATE TABLE party_group (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name_ar NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    name_en NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    search NVARCHAR(600) COLLATE Latin1_General_100_BIN2 NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_party_group PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_party_group_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_party_group_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);

-- Customers and suppliers. Registrations, addresses and contacts are lists that are read and written whole; the numbers that
-- two active parties do not share stand in columns of their own, too. Currencies and tax codes have no foreign keys, since the
-- version before deletes some without knowing of parties; who deletes one now looks here first.
CREATE TABLE party (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name_ar NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    name_en NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    name_ar_key NVARCHAR(400) COLLATE Latin1_General_100_BIN2 NULL,
    name_en_key NVARCHAR(400) COLLATE Latin1_General_100_BIN2 NULL,
    kind NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
    country NVARCHAR(2) COLLATE Latin1_General_100_BIN2 NOT NULL,
    language NVARCHAR(2) COLLATE Latin1_General_100_BIN2 NOT NULL,
    status NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
    anonymous BIT NOT NULL,
    is_customer BIT NOT NULL,
    customer_group_id BINARY(16) NULL,
    customer_payment_term_id BINARY(16) NULL,
    customer_currency NVARCHAR(3) COLLATE Latin1_General_100_BIN2 NULL,
    credit_limit DECIMAL(19, 4) NULL,
    credit_check NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NULL,
    customer_blocked NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NULL,
    customer_blocked_reason NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    tax_treatment_id BINARY(16) NULL,
    is_supplier BIT NOT NULL,
    supplier_group_id BINARY(16) NULL,
    supplier_payment_term_id BINARY(16) NULL,
    supplier_currency NVARCHAR(3) COLLATE Latin1_General_100_BIN2 NULL,
    supplier_blocked NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NULL,
    supplier_blocked_reason NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    residency NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NULL,
    withholding_id BINARY(16) NULL,
    registrations NVARCHAR(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
    vat_number NVARCHAR(30) COLLATE Latin1_General_100_BIN2 NULL,
    vat_group BIT NOT NULL,
    cr_number NVARCHAR(30) COLLATE Latin1_General_100_BIN2 NULL,
    unified_number NVARCHAR(30) COLLATE Latin1_General_100_BIN2 NULL,
    addresses NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NOT NULL,
    contacts NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NOT NULL,
    allow_duplicate_reason NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    search NVARCHAR(600) COLLATE Latin1_General_100_BIN2 NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_party PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_party_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_party_customer_group_id FOREIGN KEY (tenant_id, customer_group_id) REFERENCES party_group (tenant_id, id),
    CONSTRAINT fk_party_customer_payment_term_id FOREIGN KEY (tenant_id, customer_payment_term_id) REFERENCES payment_term (tenant_id, id),
    CONSTRAINT fk_party_supplier_group_id FOREIGN KEY (tenant_id, supplier_group_id) REFERENCES party_group (tenant_id, id),
    CONSTRAINT fk_party_supplier_payment_term_id FOREIGN KEY (tenant_id, supplier_payment_term_id) REFERENCES payment_term (tenant_id, id),
    CONSTRAINT fk_party_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);

-- No two active parties share one of these, unless somebody said why they may.
CREATE UNIQUE INDEX uq_party_vat_number ON party (tenant_id, vat_number) WHERE vat_number IS NOT NULL AND vat_group = 0 AND status = 'active' AND allow_duplicate_reason IS NULL;
CREATE UNIQUE INDEX uq_party_cr_number ON party (tenant_id, cr_number) WHERE cr_number IS NOT NULL AND status = 'active' AND allow_duplicate_reason IS NULL;
CREATE UNIQUE INDEX uq_party_unified_number ON party (tenant_id, unified_number) WHERE unified_number IS NOT NULL AND status = 'active' AND allow_duplicate_reason IS NULL;

-- Who has a number, a name, a group.
CREATE INDEX ix_party_vat_number ON party (tenant_id, vat_number) WHERE vat_number IS NOT NULL;
CREATE INDEX ix_party_cr_number ON party (tenant_id, cr_number) WHERE cr_number IS NOT NULL;
CREATE INDEX ix_party_unified_number ON party (tenant_id, unified_number) WHERE unified_number IS NOT NULL;
CREATE INDEX ix_party_name_ar_key ON party (tenant_id, name_ar_key) WHERE name_ar_key IS NOT NULL;
CREATE INDEX ix_party_name_en_key ON party (tenant_id, name_en_key) WHERE name_en_key IS NOT NULL;
CREATE INDEX ix_party_customer_group_id ON party (tenant_id, customer_group_id) WHERE customer_group_id IS NOT NULL;
CREATE INDEX ix_party_supplier_group_id ON party (tenant_id, supplier_group_id) WHERE supplier_group_id IS NOT NULL;

-- Where parties are paid to, and who made sure of it.
CREATE TABLE party_bank_account (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    party_id BINARY(16) NOT NULL,
    holder NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NOT NULL,
    iban NVARCHAR(34) COLLATE Latin1_General_100_BIN2 NULL,
    account_number NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NULL,
    bank_name NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    country NVARCHAR(2) COLLATE Latin1_General_100_BIN2 NULL,
    currency NVARCHAR(3) COLLATE Latin1_General_100_BIN2 NOT NULL,
    status NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
    changed_by BINARY(16) NULL,
    verified_by BINARY(16) NULL,
    verified_at DATETIME2(6) NULL,
    party_active BIT NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_party_bank_account PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT fk_party_bank_account_party_id FOREIGN KEY (tenant_id, party_id) REFERENCES party (tenant_id, id),
    CONSTRAINT fk_party_bank_account_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);

-- Among active parties an IBAN is one account.
CREATE UNIQUE INDEX uq_party_bank_account_iban ON party_bank_account (tenant_id, iban) WHERE iban IS NOT NULL AND party_active = 1;
CREATE INDEX ix_party_bank_account_party_id ON party_bank_account (tenant_id, party_id);

-- Whether a party is named. Lines without one, which are most, are not in it.
CREATE INDEX ix_ledger_line_party ON ledger_line (tenant_id, party) WHERE party IS NOT NULL;
