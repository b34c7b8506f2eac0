-- The second currency in which reports are shown, the rate of income and expenses, and the account that shows the difference.
ALTER TABLE ledger_settings ADD reporting_currency NVARCHAR(3) COLLATE Latin1_General_100_BIN2 NULL;
ALTER TABLE ledger_settings ADD reporting_income_rate NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NULL;
ALTER TABLE ledger_settings ADD translation_difference_account_id BINARY(16) NULL;
