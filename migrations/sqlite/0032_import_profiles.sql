-- How the files of one source are read.
CREATE TABLE import_profile (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    code TEXT NOT NULL CHECK (length(code) <= 50),
    name_ar TEXT CHECK (length(name_ar) <= 200),
    name_en TEXT CHECK (length(name_en) <= 200),
    import_type TEXT NOT NULL CHECK (length(import_type) <= 30),
    format TEXT NOT NULL CHECK (length(format) <= 20),
    reading TEXT NOT NULL,
    search TEXT NOT NULL CHECK (length(search) <= 600),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_import_profile PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_import_profile_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_import_profile_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;
