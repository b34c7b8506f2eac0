-- Files of entries that were imported, so that the same entries are not imported twice unawares.

CREATE TABLE import_file (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    -- Also the id of its job, if there was one.
    id BLOB NOT NULL CHECK (length(id) = 16),
    kind TEXT NOT NULL CHECK (length(kind) <= 20),
    -- Of what the file means, not of its bytes.
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    -- 1 for the first import of these entries, more for those that were asked for.
    occurrence INTEGER NOT NULL,
    imported_at INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    -- Null for drafts.
    first_number TEXT CHECK (length(first_number) <= 60),
    last_number TEXT CHECK (length(last_number) <= 60),
    CONSTRAINT pk_import_file PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_import_file_fingerprint UNIQUE (tenant_id, kind, fingerprint, occurrence),
    CONSTRAINT fk_import_file_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;
