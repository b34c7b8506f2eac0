-- Statements as data: their rows are a document.
CREATE TABLE report_layout (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name_ar NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    name_en NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    kind NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
    layout_rows NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NOT NULL,
    search NVARCHAR(600) COLLATE Latin1_General_100_BIN2 NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_report_layout PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_report_layout_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_report_layout_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
