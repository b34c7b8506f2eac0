-- What an account was before each change, so that reports of an earlier knowledge print the chart as it was then. The first
-- row of an account is of the first change after this migration.
CREATE TABLE account_history (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    account_id BLOB NOT NULL CHECK (length(account_id) = 16),
    version INTEGER NOT NULL,
    code TEXT NOT NULL CHECK (length(code) <= 50),
    name_ar TEXT CHECK (length(name_ar) <= 200),
    name_en TEXT CHECK (length(name_en) <= 200),
    type TEXT NOT NULL CHECK (type IN ('asset', 'liability', 'equity', 'income', 'expense')),
    parent_id BLOB CHECK (length(parent_id) = 16),
    is_posting INTEGER NOT NULL CHECK (is_posting IN (0, 1)),
    control TEXT NOT NULL CHECK (control IN ('none', 'receivable', 'payable', 'inventory', 'vat')),
    cash_flow TEXT NOT NULL CHECK (cash_flow IN ('none', 'operating', 'investing', 'financing', 'cash')),
    created_at INTEGER NOT NULL,
    -- The moment of the change: from then on it was something else, or nothing.
    valid_until INTEGER NOT NULL,
    CONSTRAINT pk_account_history PRIMARY KEY (tenant_id, account_id, version),
    CONSTRAINT fk_account_history_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;
