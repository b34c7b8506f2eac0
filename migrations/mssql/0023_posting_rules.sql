-- Which account a document posts to. Null in a key fits anything; the text holds all keys, because a unique constraint tells nulls
-- apart on one engine and not on the other. Accounts, groups, categories, tax codes and currencies have no foreign keys, since the
-- version before deletes them without knowing of rules; who deletes one now looks here first.
CREATE TABLE posting_rule (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    slot NVARCHAR(30) COLLATE Latin1_General_100_BIN2 NOT NULL,
    party_group_id BINARY(16) NULL,
    item_category_id BINARY(16) NULL,
    item_kind NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NULL,
    tax_code_id BINARY(16) NULL,
    tax_category NVARCHAR(1) COLLATE Latin1_General_100_BIN2 NULL,
    currency NVARCHAR(3) COLLATE Latin1_General_100_BIN2 NULL,
    keys_text NVARCHAR(150) COLLATE Latin1_General_100_BIN2 NOT NULL,
    account_id BINARY(16) NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_posting_rule PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_posting_rule_keys UNIQUE (tenant_id, slot, keys_text),
    CONSTRAINT fk_posting_rule_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);

-- The company as its documents and returns name it; a tenant without a row has the defaults. Registrations and address are documents
-- that are read and written whole.
CREATE TABLE company_profile (
    tenant_id BINARY(16) NOT NULL,
    legal_name_ar NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    legal_name_en NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    vat_number NVARCHAR(15) COLLATE Latin1_General_100_BIN2 NULL,
    registrations NVARCHAR(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
    address NVARCHAR(4000) COLLATE Latin1_General_100_BIN2 NULL,
    vat_period NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
    prices_include_vat BIT NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_company_profile PRIMARY KEY CLUSTERED (tenant_id),
    CONSTRAINT fk_company_profile_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);

-- Places from which the company sells and buys.
CREATE TABLE branch (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name_ar NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    name_en NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    registrations NVARCHAR(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
    address NVARCHAR(4000) COLLATE Latin1_General_100_BIN2 NULL,
    active BIT NOT NULL,
    search NVARCHAR(600) COLLATE Latin1_General_100_BIN2 NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_branch PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_branch_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_branch_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
