-- Which migrations only add to the schema: the version before goes on running on those it does not know.
ALTER TABLE schema_migration ADD COLUMN expand_only INTEGER NOT NULL DEFAULT 0 CHECK (expand_only IN (0, 1));
