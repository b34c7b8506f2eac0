-- The values that lines of an account have when they name none.

CREATE TABLE dimension_default (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    account_id BINARY(16) NOT NULL,
    journal_id BINARY(16) NULL,
    dimension_id BINARY(16) NOT NULL,
    value_id BINARY(16) NOT NULL,
    active BIT NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_dimension_default PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT fk_dimension_default_account_id FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
    CONSTRAINT fk_dimension_default_journal_id FOREIGN KEY (tenant_id, journal_id) REFERENCES journal (tenant_id, id),
    CONSTRAINT fk_dimension_default_dimension_id FOREIGN KEY (tenant_id, dimension_id) REFERENCES dimension (tenant_id, id),
    CONSTRAINT fk_dimension_default_value_id FOREIGN KEY (tenant_id, value_id) REFERENCES dimension_value (tenant_id, id)
);
CREATE UNIQUE INDEX uq_dimension_default_account ON dimension_default (tenant_id, account_id, dimension_id) WHERE journal_id IS NULL;
CREATE UNIQUE INDEX uq_dimension_default_journal ON dimension_default (tenant_id, account_id, dimension_id, journal_id) WHERE journal_id IS NOT NULL;
CREATE INDEX ix_dimension_default_value ON dimension_default (tenant_id, value_id);
