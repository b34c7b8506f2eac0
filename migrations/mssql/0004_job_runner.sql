-- Which process runs a job, so that another one can tell when nobody does any more.

-- Null in rows of earlier versions.
ALTER TABLE job ADD runner BINARY(16) NULL;
CREATE INDEX ix_job_running ON job (started_at) WHERE status = 'running';

-- Processes that run jobs, each until its `expires_at`. Of the platform, not of a tenant.
CREATE TABLE job_runner (
    id BINARY(16) NOT NULL,
    expires_at DATETIME2(6) NOT NULL,
    CONSTRAINT pk_job_runner PRIMARY KEY CLUSTERED (id)
);
