-- Which account a document posts to. Null in a key fits anything; the text holds all keys, because a unique constraint tells nulls
-- apart on one engine and not on the other. Accounts, groups, categories, tax codes and currencies have no foreign keys, since the
-- version before deletes them without knowing of rules; who deletes one now looks here first.
CREATE TABLE posting_rule (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    slot TEXT NOT NULL CHECK (length(slot) <= 30),
    party_group_id BLOB CHECK (length(party_group_id) = 16),
    item_category_id BLOB CHECK (length(item_category_id) = 16),
    item_kind TEXT CHECK (length(item_kind) <= 20),
    tax_code_id BLOB CHECK (length(tax_code_id) = 16),
    tax_category TEXT CHECK (length(tax_category) <= 1),
    currency TEXT CHECK (length(currency) <= 3),
    keys_text TEXT NOT NULL CHECK (length(keys_text) <= 150),
    account_id BLOB NOT NULL CHECK (length(account_id) = 16),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_posting_rule PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_posting_rule_keys UNIQUE (tenant_id, slot, keys_text),
    CONSTRAINT fk_posting_rule_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;

-- The company as its documents and returns name it; a tenant without a row has the defaults. Registrations and address are documents
-- that are read and written whole.
CREATE TABLE company_profile (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    legal_name_ar TEXT CHECK (length(legal_name_ar) <= 200),
    legal_name_en TEXT CHECK (length(legal_name_en) <= 200),
    vat_number TEXT CHECK (length(vat_number) <= 15),
    registrations TEXT NOT NULL CHECK (length(registrations) <= 4000),
    address TEXT CHECK (length(address) <= 4000),
    vat_period TEXT NOT NULL CHECK (length(vat_period) <= 20),
    prices_include_vat INTEGER NOT NULL CHECK (prices_include_vat IN (0, 1)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_company_profile PRIMARY KEY (tenant_id),
    CONSTRAINT fk_company_profile_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;

-- Places from which the company sells and buys.
CREATE TABLE branch (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    code TEXT NOT NULL CHECK (length(code) <= 50),
    name_ar TEXT CHECK (length(name_ar) <= 200),
    name_en TEXT CHECK (length(name_en) <= 200),
    registrations TEXT NOT NULL CHECK (length(registrations) <= 4000),
    address TEXT CHECK (length(address) <= 4000),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    search TEXT NOT NULL CHECK (length(search) <= 600),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_branch PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_branch_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_branch_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;
