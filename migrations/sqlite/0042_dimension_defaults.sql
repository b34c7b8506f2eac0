-- The values that lines of an account have when they name none.

CREATE TABLE dimension_default (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    account_id BLOB NOT NULL CHECK (length(account_id) = 16),
    journal_id BLOB CHECK (length(journal_id) = 16),
    dimension_id BLOB NOT NULL CHECK (length(dimension_id) = 16),
    value_id BLOB NOT NULL CHECK (length(value_id) = 16),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_dimension_default PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_dimension_default_account_id FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
    CONSTRAINT fk_dimension_default_journal_id FOREIGN KEY (tenant_id, journal_id) REFERENCES journal (tenant_id, id),
    CONSTRAINT fk_dimension_default_dimension_id FOREIGN KEY (tenant_id, dimension_id) REFERENCES dimension (tenant_id, id),
    CONSTRAINT fk_dimension_default_value_id FOREIGN KEY (tenant_id, value_id) REFERENCES dimension_value (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX uq_dimension_default_account ON dimension_default (tenant_id, account_id, dimension_id) WHERE journal_id IS NULL;
CREATE UNIQUE INDEX uq_dimension_default_journal ON dimension_default (tenant_id, account_id, dimension_id, journal_id) WHERE journal_id IS NOT NULL;
CREATE INDEX ix_dimension_default_value ON dimension_default (tenant_id, value_id);
