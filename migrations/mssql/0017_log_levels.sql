-- Log levels that count in every process for a while. Of the platform, not of a tenant.

-- One row. Without `levels`, or once `expires_at` has come, the configured levels count.
CREATE TABLE log_levels (
    name NVARCHAR(60) COLLATE Latin1_General_100_BIN2 NOT NULL,
    levels NVARCHAR(MAX) NULL,
    expires_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_log_levels PRIMARY KEY CLUSTERED (name)
);
