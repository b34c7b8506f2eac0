-- The API key with which a recurring entry was ordered; null when a person did it.
ALTER TABLE recurring_entry ADD COLUMN ordered_by_key BLOB CHECK (length(ordered_by_key) = 16);
