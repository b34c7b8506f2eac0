-- The day on which the VAT of an entry was due, where its tax date is later. Entries of the time before have none.
ALTER TABLE tax_entry ADD COLUMN due_date INTEGER;
CREATE INDEX ix_tax_entry_due_date ON tax_entry (tenant_id, due_date, id) WHERE due_date IS NOT NULL;
