-- Which migrations only add to the schema: the version before goes on running on those it does not know.
ALTER TABLE schema_migration ADD expand_only BIT NOT NULL CONSTRAINT df_schema_migration_expand_only DEFAULT 0;
