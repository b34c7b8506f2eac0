-- How the files of one source are read.
CREATE TABLE import_profile (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name_ar NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    name_en NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    import_type NVARCHAR(30) COLLATE Latin1_General_100_BIN2 NOT NULL,
    format NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
    reading NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NOT NULL,
    search NVARCHAR(600) COLLATE Latin1_General_100_BIN2 NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_import_profile PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_import_profile_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_import_profile_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
