-- The API key with which a recurring entry was ordered; null when a person did it.
ALTER TABLE recurring_entry ADD ordered_by_key BINARY(16) NULL;
