-- Files that belong to documents. Their bytes are in the file store; these rows say which of them belong to what.

-- Bytes in the file store, noted before they are written. What has a `delete_after` belongs to nothing: it is on its way,
-- or was given up, and is removed once that moment has passed.
CREATE TABLE stored_blob (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    kind TEXT NOT NULL CHECK (length(kind) <= 20),
    size_bytes INTEGER,
    delete_after INTEGER,
    created_at INTEGER NOT NULL,
    CONSTRAINT pk_stored_blob PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_stored_blob_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_stored_blob_due ON stored_blob (delete_after) WHERE delete_after IS NOT NULL;

-- A file of a document. Documents of every type have files, so the document is no foreign key: the command that adds a
-- file reads the document first, and the one that deletes a draft deletes its files.
CREATE TABLE attachment (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    document_type TEXT NOT NULL CHECK (length(document_type) <= 40),
    document_id BLOB NOT NULL CHECK (length(document_id) = 16),
    name TEXT NOT NULL CHECK (length(name) <= 200),
    search TEXT NOT NULL CHECK (length(search) <= 600),
    description TEXT CHECK (length(description) <= 500),
    content_type TEXT NOT NULL CHECK (length(content_type) <= 100),
    size_bytes INTEGER NOT NULL,
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
    status TEXT NOT NULL CHECK (status IN ('pending', 'stored')),
    blob_id BLOB NOT NULL CHECK (length(blob_id) = 16),
    expires_at INTEGER,
    created_by BLOB CHECK (length(created_by) = 16),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_attachment PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_attachment_blob_id FOREIGN KEY (tenant_id, blob_id) REFERENCES stored_blob (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_attachment_document ON attachment (tenant_id, document_type, document_id, id);
CREATE INDEX ix_attachment_blob ON attachment (tenant_id, blob_id);
CREATE INDEX ix_attachment_expiry ON attachment (expires_at) WHERE expires_at IS NOT NULL;
