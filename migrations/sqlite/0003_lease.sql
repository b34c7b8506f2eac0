-- Which process does what only one may do at a time. Of the platform, not of a tenant.

-- Nobody holds a lease whose `expires_at` has come; the row stays.
CREATE TABLE lease (
    name TEXT NOT NULL CHECK (length(name) <= 60),
    holder BLOB NOT NULL CHECK (length(holder) = 16),
    expires_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_lease PRIMARY KEY (name)
) STRICT, WITHOUT ROWID;
