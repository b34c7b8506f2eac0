-- A legal number is unique in the tenant, whichever journal gave it.

-- Books in which entries share a number already keep them all: the first has 0, as has every entry posted from now on,
-- and the later ones count up. `/integrity/checks` names them.
ALTER TABLE journal_entry ADD COLUMN number_repeat INTEGER NOT NULL DEFAULT 0;
UPDATE journal_entry SET number_repeat = r.place FROM (
    SELECT tenant_id, id, ROW_NUMBER() OVER (PARTITION BY tenant_id, number ORDER BY recorded_at, id) - 1 AS place
    FROM journal_entry WHERE number IS NOT NULL
) AS r WHERE r.place > 0 AND r.tenant_id = journal_entry.tenant_id AND r.id = journal_entry.id;
DROP INDEX uq_journal_entry_number;
CREATE UNIQUE INDEX uq_journal_entry_number ON journal_entry (tenant_id, number, number_repeat) WHERE number IS NOT NULL;

-- The forms of numbers that a series gave before its pattern or a journal's code changed, a JSON array of texts.
ALTER TABLE number_series ADD COLUMN earlier_patterns TEXT NOT NULL DEFAULT '[]';
