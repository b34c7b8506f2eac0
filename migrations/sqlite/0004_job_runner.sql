-- Which process runs a job, so that another one can tell when nobody does any more.

-- Null in rows of earlier versions.
ALTER TABLE job ADD COLUMN runner BLOB CHECK (length(runner) = 16);
CREATE INDEX ix_job_running ON job (started_at) WHERE status = 'running';

-- Processes that run jobs, each until its `expires_at`. Of the platform, not of a tenant.
CREATE TABLE job_runner (
    id BLOB NOT NULL CHECK (length(id) = 16),
    expires_at INTEGER NOT NULL,
    CONSTRAINT pk_job_runner PRIMARY KEY (id)
) STRICT, WITHOUT ROWID;
