-- Accounts that became others. Posted lines keep the account that they were posted to.
ALTER TABLE account ADD COLUMN merged_into_id BLOB CHECK (length(merged_into_id) = 16);
CREATE INDEX ix_account_merged_into ON account (tenant_id, merged_into_id) WHERE merged_into_id IS NOT NULL;
