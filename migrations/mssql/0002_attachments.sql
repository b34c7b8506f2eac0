-- Files that belong to documents. Their bytes are in the file store; these rows say which of them belong to what.

-- Bytes in the file store, noted before they are written. What has a `delete_after` belongs to nothing: it is on its way,
-- or was given up, and is removed once that moment has passed.
CREATE TABLE stored_blob (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    kind NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
    size_bytes BIGINT NULL,
    delete_after DATETIME2(6) NULL,
    created_at DATETIME2(6) NOT NULL,
    CONSTRAINT pk_stored_blob PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT fk_stored_blob_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
CREATE INDEX ix_stored_blob_due ON stored_blob (delete_after) WHERE delete_after IS NOT NULL;

-- A file of a document. Documents of every type have files, so the document is no foreign key: the command that adds a
-- file reads the document first, and the one that deletes a draft deletes its files.
CREATE TABLE attachment (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    document_type NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
    document_id BINARY(16) NOT NULL,
    name NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NOT NULL,
    search NVARCHAR(600) COLLATE Latin1_General_100_BIN2 NOT NULL,
    description NVARCHAR(500) COLLATE Latin1_General_100_BIN2 NULL,
    content_type NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
    size_bytes BIGINT NOT NULL,
    sha256 BINARY(32) NOT NULL,
    status NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_attachment_status CHECK (status IN (N'pending', N'stored')),
    blob_id BINARY(16) NOT NULL,
    expires_at DATETIME2(6) NULL,
    created_by BINARY(16) NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_attachment PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT fk_attachment_blob_id FOREIGN KEY (tenant_id, blob_id) REFERENCES stored_blob (tenant_id, id)
);
CREATE INDEX ix_attachment_document ON attachment (tenant_id, document_type, document_id, id);
CREATE INDEX ix_attachment_blob ON attachment (tenant_id, blob_id);
CREATE INDEX ix_attachment_expiry ON attachment (expires_at) WHERE expires_at IS NOT NULL;
