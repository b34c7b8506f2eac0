-- Values that take no postings themselves, and rules that are exceptions to others.

ALTER TABLE dimension_value ADD COLUMN postable INTEGER NOT NULL DEFAULT 1 CHECK (postable IN (0, 1));

-- SQLite changes no constraint of a table that exists, so the rules move into a new one.
ALTER TABLE dimension_rule RENAME TO dimension_rule_before;
CREATE TABLE dimension_rule (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    kind TEXT NOT NULL CHECK (kind IN ('mandatory', 'fixed', 'forbidden', 'optional', 'blocked_combination', 'allowed_combination')),
    account_id BLOB CHECK (length(account_id) = 16),
    account_code_prefix TEXT CHECK (length(account_code_prefix) <= 50),
    dimension_id BLOB CHECK (length(dimension_id) = 16),
    value_id BLOB CHECK (length(value_id) = 16),
    combination TEXT,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_dimension_rule PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_dimension_rule_account_id FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
    CONSTRAINT fk_dimension_rule_dimension_id FOREIGN KEY (tenant_id, dimension_id) REFERENCES dimension (tenant_id, id),
    CONSTRAINT fk_dimension_rule_value_id FOREIGN KEY (tenant_id, value_id) REFERENCES dimension_value (tenant_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO dimension_rule (
    tenant_id, id, kind, account_id, account_code_prefix, dimension_id, value_id, combination, active, created_at, updated_at, version
)
SELECT tenant_id, id, kind, account_id, account_code_prefix, dimension_id, value_id, combination, active, created_at, updated_at, version
FROM dimension_rule_before;
DROP TABLE dimension_rule_before;
