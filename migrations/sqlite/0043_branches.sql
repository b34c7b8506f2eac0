-- The dimension for each of whose values every entry balances, and the account that takes the other side.
ALTER TABLE ledger_settings ADD COLUMN inter_branch_account_id BLOB CHECK (length(inter_branch_account_id) = 16);
ALTER TABLE ledger_settings ADD COLUMN balancing_dimension_id BLOB CHECK (length(balancing_dimension_id) = 16);
