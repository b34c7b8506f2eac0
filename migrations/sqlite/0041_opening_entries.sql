-- The books may be opened by several entries, each of which is reversed and corrected by itself.
DROP INDEX uq_journal_entry_opening;
