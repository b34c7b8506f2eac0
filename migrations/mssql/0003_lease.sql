-- Which process does what only one may do at a time. Of the platform, not of a tenant.

-- Nobody holds a lease whose `expires_at` has come; the row stays.
CREATE TABLE lease (
    name NVARCHAR(60) COLLATE Latin1_General_100_BIN2 NOT NULL,
    holder BINARY(16) NOT NULL,
    expires_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_lease PRIMARY KEY CLUSTERED (name)
);
