-- The second currency in which reports are shown, the rate of income and expenses, and the account that shows the difference.
ALTER TABLE ledger_settings ADD COLUMN reporting_currency TEXT CHECK (length(reporting_currency) <= 3);
ALTER TABLE ledger_settings ADD COLUMN reporting_income_rate TEXT CHECK (length(reporting_income_rate) <= 20);
ALTER TABLE ledger_settings ADD COLUMN translation_difference_account_id BLOB CHECK (length(translation_difference_account_id) = 16);
