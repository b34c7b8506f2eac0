-- The dimension for each of whose values every entry balances, and the account that takes the other side.
ALTER TABLE ledger_settings ADD inter_branch_account_id BINARY(16) NULL;
ALTER TABLE ledger_settings ADD balancing_dimension_id BINARY(16) NULL;
