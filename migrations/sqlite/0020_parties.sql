-- When what is owed falls due. The lines are a list that is read and written whole.
CREATE TABLE payment_term (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    code TEXT NOT NULL CHECK (length(code) <= 50),
    name_ar TEXT CHECK (length(name_ar) <= 200),
    name_en TEXT CHECK (length(name_en) <= 200),
    discount_basis TEXT NOT NULL CHECK (length(discount_basis) <= 20),
    lines TEXT NOT NULL CHECK (length(lines) <= 4000),
    search TEXT NOT NULL CHECK (length(search) <= 600),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_payment_term PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_payment_term_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_payment_term_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;

-- Groups that customers and suppliers belong to.
CREATE TABLE party_group (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    code TEXT NOT NULL CHECK (length(code) <= 50),
    name_ar TEXT CHECK (length(name_ar) <= 200),
    name_en TEXT CHECK (length(name_en) <= 200),
    search TEXT NOT NULL CHECK (length(search) <= 600),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_party_group PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_party_group_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_party_group_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;

-- Customers and suppliers. Registrations, addresses and contacts are lists that are read and written whole; the numbers that
-- two active parties do not share stand in columns of their own, too. Currencies and tax codes have no foreign keys, since the
-- version before deletes some without knowing of parties; who deletes one now looks here first.
CREATE TABLE party (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    code TEXT NOT NULL CHECK (length(code) <= 50),
    name_ar TEXT CHECK (length(name_ar) <= 200),
    name_en TEXT CHECK (length(name_en) <= 200),
    name_ar_key TEXT CHECK (length(name_ar_key) <= 400),
    name_en_key TEXT CHECK (length(name_en_key) <= 400),
    kind TEXT NOT NULL CHECK (length(kind) <= 20),
    country TEXT NOT NULL CHECK (length(country) <= 2),
    language TEXT NOT NULL CHECK (length(language) <= 2),
    status TEXT NOT NULL CHECK (length(status) <= 20),
    anonymous INTEGER NOT NULL CHECK (anonymous IN (0, 1)),
    is_customer INTEGER NOT NULL CHECK (is_customer IN (0, 1)),
    customer_group_id BLOB CHECK (length(customer_group_id) = 16),
    customer_payment_term_id BLOB CHECK (length(customer_payment_term_id) = 16),
    customer_currency TEXT CHECK (length(customer_currency) <= 3),
    credit_limit INTEGER,
    credit_check TEXT CHECK (length(credit_check) <= 20),
    customer_blocked TEXT CHECK (length(customer_blocked) <= 20),
    customer_blocked_reason TEXT CHECK (length(customer_blocked_reason) <= 200),
    tax_treatment_id BLOB CHECK (length(tax_treatment_id) = 16),
    is_supplier INTEGER NOT NULL CHECK (is_supplier IN (0, 1)),
    supplier_group_id BLOB CHECK (length(supplier_group_id) = 16),
    supplier_payment_term_id BLOB CHECK (length(supplier_payment_term_id) = 16),
    supplier_currency TEXT CHECK (length(supplier_currency) <= 3),
    supplier_blocked TEXT CHECK (length(supplier_blocked) <= 20),
    supplier_blocked_reason TEXT CHECK (length(supplier_blocked_reason) <= 200),
    residency TEXT CHECK (length(residency) <= 20),
    withholding_id BLOB CHECK (length(withholding_id) = 16),
    registrations TEXT NOT NULL CHECK (length(registrations) <= 4000),
    vat_number TEXT CHECK (length(vat_number) <= 30),
    vat_group INTEGER NOT NULL CHECK (vat_group IN (0, 1)),
    cr_number TEXT CHECK (length(cr_number) <= 30),
    unified_number TEXT CHECK (length(unified_number) <= 30),
    addresses TEXT NOT NULL CHECK (length(addresses) <= 200000),
    contacts TEXT NOT NULL CHECK (length(contacts) <= 40000),
    allow_duplicate_reason TEXT CHECK (length(allow_duplicate_reason) <= 200),
    search TEXT NOT NULL CHECK (length(search) <= 600),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_party PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_party_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_party_customer_group_id FOREIGN KEY (tenant_id, customer_group_id) REFERENCES party_group (tenant_id, id),
    CONSTRAINT fk_party_customer_payment_term_id FOREIGN KEY (tenant_id, customer_payment_term_id) REFERENCES payment_term (tenant_id, id),
    CONSTRAINT fk_party_supplier_group_id FOREIGN KEY (tenant_id, supplier_group_id) REFERENCES party_group (tenant_id, id),
    CONSTRAINT fk_party_supplier_payment_term_id FOREIGN KEY (tenant_id, supplier_payment_term_id) REFERENCES payment_term (tenant_id, id),
    CONSTRAINT fk_party_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;

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
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    party_id BLOB NOT NULL CHECK (length(party_id) = 16),
    holder TEXT NOT NULL CHECK (length(holder) <= 200),
    iban TEXT CHECK (length(iban) <= 34),
    account_number TEXT CHECK (length(account_number) <= 40),
    bank_name TEXT CHECK (length(bank_name) <= 200),
    country TEXT CHECK (length(country) <= 2),
    currency TEXT NOT NULL CHECK (length(currency) <= 3),
    status TEXT NOT NULL CHECK (length(status) <= 20),
    changed_by BLOB CHECK (length(changed_by) = 16),
    verified_by BLOB CHECK (length(verified_by) = 16),
    verified_at INTEGER,
    party_active INTEGER NOT NULL CHECK (party_active IN (0, 1)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_party_bank_account PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_party_bank_account_party_id FOREIGN KEY (tenant_id, party_id) REFERENCES party (tenant_id, id),
    CONSTRAINT fk_party_bank_account_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;

-- Among active parties an IBAN is one account.
CREATE UNIQUE INDEX uq_party_bank_account_iban ON party_bank_account (tenant_id, iban) WHERE iban IS NOT NULL AND party_active = 1;
CREATE INDEX ix_party_bank_account_party_id ON party_bank_account (tenant_id, party_id);

-- Whether a party is named. Lines without one, which are most, are not in it.
CREATE INDEX ix_ledger_line_party ON ledger_line (tenant_id, party) WHERE party IS NOT NULL;
