-- Hash chains: of the audit log, and the second version of the ledger's.

-- Which bytes the hash of a posted entry is made of; entries of earlier versions are all of the first.
ALTER TABLE journal_entry ADD hash_version BIGINT NOT NULL CONSTRAINT df_journal_entry_hash_version DEFAULT 1;

-- The place of a row in its tenant's chain, which is that of its event in the feed, and its hash. Null in rows of earlier
-- versions: the chain begins after them.
ALTER TABLE audit_log ADD chain_sequence BIGINT NULL;
ALTER TABLE audit_log ADD hash BINARY(32) NULL;

-- The hash of the last audit row, in the counter of the feed.
ALTER TABLE counter ADD audit_hash BINARY(32) NULL;
