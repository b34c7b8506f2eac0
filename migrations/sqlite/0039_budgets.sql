-- Budgets, their lines, and users who may exceed them.

-- Controls are a document: they are read and written with the budget.
CREATE TABLE budget (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    code TEXT NOT NULL CHECK (length(code) <= 50),
    name_ar TEXT CHECK (length(name_ar) <= 200),
    name_en TEXT CHECK (length(name_en) <= 200),
    fiscal_year_id BLOB NOT NULL CHECK (length(fiscal_year_id) = 16),
    status TEXT NOT NULL CHECK (status IN ('draft', 'active', 'locked')),
    controls TEXT NOT NULL,
    search TEXT NOT NULL CHECK (length(search) <= 600),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_budget PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_budget_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_budget_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_budget_fiscal_year_id FOREIGN KEY (tenant_id, fiscal_year_id) REFERENCES fiscal_year (tenant_id, id)
) STRICT, WITHOUT ROWID;

-- Debits are positive.
CREATE TABLE budget_line (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    budget_id BLOB NOT NULL CHECK (length(budget_id) = 16),
    account_id BLOB NOT NULL CHECK (length(account_id) = 16),
    fiscal_period_id BLOB NOT NULL CHECK (length(fiscal_period_id) = 16),
    dimension_set_id BLOB NOT NULL CHECK (length(dimension_set_id) = 16),
    amount INTEGER NOT NULL,
    CONSTRAINT pk_budget_line PRIMARY KEY (tenant_id, budget_id, account_id, fiscal_period_id, dimension_set_id),
    CONSTRAINT fk_budget_line_budget_id FOREIGN KEY (tenant_id, budget_id) REFERENCES budget (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_budget_line_account ON budget_line (tenant_id, account_id);
CREATE INDEX ix_budget_line_period ON budget_line (tenant_id, fiscal_period_id);

CREATE TABLE budget_exception (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    budget_id BLOB NOT NULL CHECK (length(budget_id) = 16),
    user_id BLOB NOT NULL CHECK (length(user_id) = 16),
    expires_at INTEGER NOT NULL,
    reason TEXT NOT NULL CHECK (length(reason) <= 500),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_budget_exception PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_budget_exception_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_budget_exception_budget_id FOREIGN KEY (tenant_id, budget_id) REFERENCES budget (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_budget_exception_budget ON budget_exception (tenant_id, budget_id);

-- A posting adds to the rows of what it is compared with, so that another one waits until it ends.
CREATE TABLE budget_hold (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    budget_id BLOB NOT NULL CHECK (length(budget_id) = 16),
    account_id BLOB NOT NULL CHECK (length(account_id) = 16),
    held INTEGER NOT NULL,
    CONSTRAINT pk_budget_hold PRIMARY KEY (tenant_id, budget_id, account_id),
    CONSTRAINT fk_budget_hold_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;
