-- A legal number is unique in the tenant, whichever journal gave it.

-- Books in which entries share a number already keep them all: the first has 0, as has every entry posted from now on,
-- and the later ones count up. `/integrity/checks` names them.
ALTER TABLE journal_entry ADD number_repeat BIGINT NOT NULL CONSTRAINT df_journal_entry_number_repeat DEFAULT 0;
GO
UPDATE e SET number_repeat = r.place
FROM journal_entry AS e
INNER JOIN (
    SELECT tenant_id, id, ROW_NUMBER() OVER (PARTITION BY tenant_id, number ORDER BY recorded_at, id) - 1 AS place
    FROM journal_entry WHERE number IS NOT NULL
) AS r ON r.tenant_id = e.tenant_id AND r.id = e.id
WHERE r.place > 0;
GO
DROP INDEX uq_journal_entry_number ON journal_entry;
GO
CREATE UNIQUE INDEX uq_journal_entry_number ON journal_entry (tenant_id, number, number_repeat) WHERE number IS NOT NULL;

-- The forms of numbers that a series gave before its pattern or a journal's code changed, a JSON array of texts.
ALTER TABLE number_series ADD earlier_patterns NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT df_number_series_earlier_patterns DEFAULT N'[]';
