-- Budgets, their lines, and users who may exceed them.

-- Controls are a document: they are read and written with the budget.
CREATE TABLE budget (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name_ar NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    name_en NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    fiscal_year_id BINARY(16) NOT NULL,
    status NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_budget_status CHECK (status IN (N'draft', N'active', N'locked')),
    controls NVARCHAR(MAX) NOT NULL,
    search NVARCHAR(600) COLLATE Latin1_General_100_BIN2 NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_budget PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_budget_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_budget_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_budget_fiscal_year_id FOREIGN KEY (tenant_id, fiscal_year_id) REFERENCES fiscal_year (tenant_id, id)
);

-- Debits are positive.
CREATE TABLE budget_line (
    tenant_id BINARY(16) NOT NULL,
    budget_id BINARY(16) NOT NULL,
    account_id BINARY(16) NOT NULL,
    fiscal_period_id BINARY(16) NOT NULL,
    dimension_set_id BINARY(16) NOT NULL,
    amount DECIMAL(19,4) NOT NULL,
    CONSTRAINT pk_budget_line PRIMARY KEY CLUSTERED (tenant_id, budget_id, account_id, fiscal_period_id, dimension_set_id),
    CONSTRAINT fk_budget_line_budget_id FOREIGN KEY (tenant_id, budget_id) REFERENCES budget (tenant_id, id)
);
CREATE INDEX ix_budget_line_account ON budget_line (tenant_id, account_id);
CREATE INDEX ix_budget_line_period ON budget_line (tenant_id, fiscal_period_id);

CREATE TABLE budget_exception (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    budget_id BINARY(16) NOT NULL,
    user_id BINARY(16) NOT NULL,
    expires_at DATETIME2(6) NOT NULL,
    reason NVARCHAR(500) COLLATE Latin1_General_100_BIN2 NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_budget_exception PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT fk_budget_exception_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_budget_exception_budget_id FOREIGN KEY (tenant_id, budget_id) REFERENCES budget (tenant_id, id)
);
CREATE INDEX ix_budget_exception_budget ON budget_exception (tenant_id, budget_id);

-- A posting adds to the rows of what it is compared with, so that another one waits until it ends.
CREATE TABLE budget_hold (
    tenant_id BINARY(16) NOT NULL,
    budget_id BINARY(16) NOT NULL,
    account_id BINARY(16) NOT NULL,
    held BIGINT NOT NULL,
    CONSTRAINT pk_budget_hold PRIMARY KEY CLUSTERED (tenant_id, budget_id, account_id),
    CONSTRAINT fk_budget_hold_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
