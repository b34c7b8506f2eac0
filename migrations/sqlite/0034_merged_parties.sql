-- Parties that became others. What was posted keeps the code of the merged party, which stands for the survivor from then on.
ALTER TABLE party ADD COLUMN merged_into_id BLOB CHECK (length(merged_into_id) = 16);

CREATE TABLE party_alias (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    code TEXT NOT NULL CHECK (length(code) <= 100),
    party_id BLOB NOT NULL CHECK (length(party_id) = 16),
    survivor TEXT NOT NULL CHECK (length(survivor) <= 100),
    survivor_id BLOB NOT NULL CHECK (length(survivor_id) = 16),
    created_at INTEGER NOT NULL,
    CONSTRAINT pk_party_alias PRIMARY KEY (tenant_id, code),
    CONSTRAINT uq_party_alias_party UNIQUE (tenant_id, party_id),
    CONSTRAINT fk_party_alias_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_party_alias_survivor ON party_alias (tenant_id, survivor, code);
CREATE INDEX ix_party_alias_survivor_id ON party_alias (tenant_id, survivor_id, party_id);
