-- Accounts that became others. Posted lines keep the account that they were posted to.
ALTER TABLE account ADD merged_into_id BINARY(16) NULL;
GO
CREATE INDEX ix_account_merged_into ON account (tenant_id, merged_into_id) WHERE merged_into_id IS NOT NULL;
