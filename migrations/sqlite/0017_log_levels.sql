-- Log levels that count in every process for a while. Of the platform, not of a tenant.

-- One row. Without `levels`, or once `expires_at` has come, the configured levels count.
CREATE TABLE log_levels (
    name TEXT NOT NULL CHECK (length(name) <= 60),
    levels TEXT,
    expires_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_log_levels PRIMARY KEY (name)
) STRICT, WITHOUT ROWID;
