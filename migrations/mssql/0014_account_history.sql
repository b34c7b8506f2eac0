-- What an account was before each change, so that reports of an earlier knowledge print the chart as it was then. The first
-- row of an account is of the first change after this migration.
CREATE TABLE account_history (
    tenant_id BINARY(16) NOT NULL,
    account_id BINARY(16) NOT NULL,
    version BIGINT NOT NULL,
    code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name_ar NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    name_en NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    type NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_account_history_type CHECK (type IN (N'asset', N'liability', N'equity', N'income', N'expense')),
    parent_id BINARY(16) NULL,
    is_posting BIT NOT NULL,
    control NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_account_history_control CHECK (control IN (N'none', N'receivable', N'payable', N'inventory', N'vat')),
    cash_flow NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_account_history_cash_flow CHECK (cash_flow IN (N'none', N'operating', N'investing', N'financing', N'cash')),
    created_at DATETIME2(6) NOT NULL,
    -- The moment of the change: from then on it was something else, or nothing.
    valid_until DATETIME2(6) NOT NULL,
    CONSTRAINT pk_account_history PRIMARY KEY CLUSTERED (tenant_id, account_id, version),
    CONSTRAINT fk_account_history_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
