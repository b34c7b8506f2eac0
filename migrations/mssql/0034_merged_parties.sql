-- Parties that became others. What was posted keeps the code of the merged party, which stands for the survivor from then on.
ALTER TABLE party ADD merged_into_id BINARY(16) NULL;

CREATE TABLE party_alias (
    tenant_id BINARY(16) NOT NULL,
    code NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
    party_id BINARY(16) NOT NULL,
    survivor NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
    survivor_id BINARY(16) NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    CONSTRAINT pk_party_alias PRIMARY KEY CLUSTERED (tenant_id, code),
    CONSTRAINT uq_party_alias_party UNIQUE (tenant_id, party_id),
    CONSTRAINT fk_party_alias_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
CREATE INDEX ix_party_alias_survivor ON party_alias (tenant_id, survivor, code);
CREATE INDEX ix_party_alias_survivor_id ON party_alias (tenant_id, survivor_id, party_id);
