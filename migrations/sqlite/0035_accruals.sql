-- The day on which an entry is taken back by another one that is posted with it.

ALTER TABLE journal_entry ADD COLUMN reverse_on INTEGER;
