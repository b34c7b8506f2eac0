-- Hash chains: of the audit log, and the second version of the ledger's.

-- Which bytes the hash of a posted entry is made of; entries of earlier versions are all of the first.
ALTER TABLE journal_entry ADD COLUMN hash_version INTEGER NOT NULL DEFAULT 1;

-- The place of a row in its tenant's chain, which is that of its event in the feed, and its hash. Null in rows of earlier
-- versions: the chain begins after them.
ALTER TABLE audit_log ADD COLUMN chain_sequence INTEGER;
ALTER TABLE audit_log ADD COLUMN hash BLOB CHECK (length(hash) = 32);

-- The hash of the last audit row, in the counter of the feed.
ALTER TABLE counter ADD COLUMN audit_hash BLOB CHECK (length(audit_hash) = 32);
