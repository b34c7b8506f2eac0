-- Statements as data: their rows are a document.
CREATE TABLE report_layout (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    code TEXT NOT NULL CHECK (length(code) <= 50),
    name_ar TEXT CHECK (length(name_ar) <= 200),
    name_en TEXT CHECK (length(name_en) <= 200),
    kind TEXT NOT NULL CHECK (length(kind) <= 20),
    layout_rows TEXT NOT NULL,
    search TEXT NOT NULL CHECK (length(search) <= 600),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_report_layout PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_report_layout_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_report_layout_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;
