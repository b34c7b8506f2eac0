-- Files of entries that were imported, so that the same entries are not imported twice unawares.

CREATE TABLE import_file (
    tenant_id BINARY(16) NOT NULL,
    -- Also the id of its job, if there was one.
    id BINARY(16) NOT NULL,
    kind NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
    -- Of what the file means, not of its bytes.
    fingerprint BINARY(32) NOT NULL,
    -- 1 for the first import of these entries, more for those that were asked for.
    occurrence BIGINT NOT NULL,
    imported_at DATETIME2(6) NOT NULL,
    entries BIGINT NOT NULL,
    -- Null for drafts.
    first_number NVARCHAR(60) COLLATE Latin1_General_100_BIN2 NULL,
    last_number NVARCHAR(60) COLLATE Latin1_General_100_BIN2 NULL,
    CONSTRAINT pk_import_file PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_import_file_fingerprint UNIQUE (tenant_id, kind, fingerprint, occurrence),
    CONSTRAINT fk_import_file_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
