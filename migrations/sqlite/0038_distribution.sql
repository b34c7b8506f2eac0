-- Keys by which amounts of the ledger are distributed, the figures they may use, and their runs.

-- Targets are a document: they are read and written with the key.
CREATE TABLE distribution_key (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    code TEXT NOT NULL CHECK (length(code) <= 50),
    name_ar TEXT CHECK (length(name_ar) <= 200),
    name_en TEXT CHECK (length(name_en) <= 200),
    basis TEXT NOT NULL CHECK (basis IN ('fixed', 'balance', 'figures')),
    source_code_from TEXT NOT NULL CHECK (length(source_code_from) <= 50),
    source_code_to TEXT NOT NULL CHECK (length(source_code_to) <= 50),
    source_dimension_id BLOB CHECK (length(source_dimension_id) = 16),
    source_value_id BLOB CHECK (length(source_value_id) = 16),
    target_dimension_id BLOB CHECK (length(target_dimension_id) = 16),
    targets TEXT NOT NULL,
    basis_code_from TEXT CHECK (length(basis_code_from) <= 50),
    basis_code_to TEXT CHECK (length(basis_code_to) <= 50),
    measure TEXT CHECK (length(measure) <= 50),
    journal_id BLOB CHECK (length(journal_id) = 16),
    monthly INTEGER NOT NULL CHECK (monthly IN (0, 1)),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    search TEXT NOT NULL CHECK (length(search) <= 600),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_distribution_key PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_distribution_key_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_distribution_key_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE statistical_figure (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    measure TEXT NOT NULL CHECK (length(measure) <= 50),
    dimension_id BLOB NOT NULL CHECK (length(dimension_id) = 16),
    value_id BLOB NOT NULL CHECK (length(value_id) = 16),
    figure_date INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_statistical_figure PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_statistical_figure_date UNIQUE (tenant_id, measure, value_id, figure_date),
    CONSTRAINT fk_statistical_figure_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_statistical_figure_value ON statistical_figure (tenant_id, value_id);

-- The parts are read and written whole.
CREATE TABLE distribution_run (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    key_id BLOB NOT NULL CHECK (length(key_id) = 16),
    key_code TEXT NOT NULL CHECK (length(key_code) <= 50),
    fiscal_period_id BLOB NOT NULL CHECK (length(fiscal_period_id) = 16),
    run_date INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('posted', 'undone')),
    amount INTEGER NOT NULL,
    entry_id BLOB CHECK (length(entry_id) = 16),
    document TEXT NOT NULL,
    created_by BLOB CHECK (length(created_by) = 16),
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_distribution_run PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_distribution_run_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_distribution_run_key_id FOREIGN KEY (tenant_id, key_id) REFERENCES distribution_key (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX uq_distribution_run_period ON distribution_run (tenant_id, key_id, fiscal_period_id) WHERE status = 'posted';
CREATE INDEX ix_distribution_run_date ON distribution_run (tenant_id, run_date, id);
