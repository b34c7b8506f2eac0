-- Keys by which amounts of the ledger are distributed, the figures they may use, and their runs.

-- Targets are a document: they are read and written with the key.
CREATE TABLE distribution_key (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name_ar NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    name_en NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    basis NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_distribution_key_basis CHECK (basis IN (N'fixed', N'balance', N'figures')),
    source_code_from NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    source_code_to NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    source_dimension_id BINARY(16) NULL,
    source_value_id BINARY(16) NULL,
    target_dimension_id BINARY(16) NULL,
    targets NVARCHAR(MAX) NOT NULL,
    basis_code_from NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NULL,
    basis_code_to NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NULL,
    measure NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NULL,
    journal_id BINARY(16) NULL,
    monthly BIT NOT NULL,
    active BIT NOT NULL,
    search NVARCHAR(600) COLLATE Latin1_General_100_BIN2 NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_distribution_key PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_distribution_key_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_distribution_key_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);

CREATE TABLE statistical_figure (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    measure NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    dimension_id BINARY(16) NOT NULL,
    value_id BINARY(16) NOT NULL,
    figure_date DATE NOT NULL,
    quantity DECIMAL(19,6) NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_statistical_figure PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_statistical_figure_date UNIQUE (tenant_id, measure, value_id, figure_date),
    CONSTRAINT fk_statistical_figure_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
CREATE INDEX ix_statistical_figure_value ON statistical_figure (tenant_id, value_id);

-- The parts are read and written whole.
CREATE TABLE distribution_run (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    key_id BINARY(16) NOT NULL,
    key_code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    fiscal_period_id BINARY(16) NOT NULL,
    run_date DATE NOT NULL,
    status NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_distribution_run_status CHECK (status IN (N'posted', N'undone')),
    amount DECIMAL(19,4) NOT NULL,
    entry_id BINARY(16) NULL,
    document NVARCHAR(MAX) NOT NULL,
    created_by BINARY(16) NULL,
    created_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_distribution_run PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT fk_distribution_run_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_distribution_run_key_id FOREIGN KEY (tenant_id, key_id) REFERENCES distribution_key (tenant_id, id)
);
CREATE UNIQUE INDEX uq_distribution_run_period ON distribution_run (tenant_id, key_id, fiscal_period_id) WHERE status = 'posted';
CREATE INDEX ix_distribution_run_date ON distribution_run (tenant_id, run_date, id);
