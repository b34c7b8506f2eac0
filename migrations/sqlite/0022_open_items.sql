-- What is owed by and to parties: an item for each posted line of a receivable or payable account, what is left of it, and the
-- allocations that settled the rest. Entries may be made for a document of their own.

ALTER TABLE journal_entry ADD COLUMN source_kind TEXT CHECK (length(source_kind) <= 30);
ALTER TABLE journal_entry ADD COLUMN source_id BLOB CHECK (length(source_id) = 16);
ALTER TABLE journal_entry ADD COLUMN source_part INTEGER;
CREATE UNIQUE INDEX uq_journal_entry_source ON journal_entry (tenant_id, source_kind, source_id, source_part) WHERE source_id IS NOT NULL;

ALTER TABLE ledger_settings ADD COLUMN exchange_differences_account_id BLOB CHECK (length(exchange_differences_account_id) = 16);
ALTER TABLE ledger_settings ADD COLUMN unrealised_exchange_account_id BLOB CHECK (length(unrealised_exchange_account_id) = 16);
ALTER TABLE ledger_settings ADD COLUMN receivable_revaluation_account_id BLOB CHECK (length(receivable_revaluation_account_id) = 16);
ALTER TABLE ledger_settings ADD COLUMN payable_revaluation_account_id BLOB CHECK (length(payable_revaluation_account_id) = 16);

CREATE TABLE open_item (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    control TEXT NOT NULL CHECK (length(control) <= 20),
    account_id BLOB NOT NULL CHECK (length(account_id) = 16),
    party TEXT NOT NULL CHECK (length(party) <= 100),
    entry_id BLOB NOT NULL CHECK (length(entry_id) = 16),
    line_no INTEGER NOT NULL,
    posting_date INTEGER NOT NULL,
    due_date INTEGER NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) <= 3),
    amount INTEGER NOT NULL,
    company_amount INTEGER NOT NULL,
    open_amount INTEGER NOT NULL,
    open_company_amount INTEGER NOT NULL,
    settled_on INTEGER,
    recorded_at INTEGER NOT NULL,
    CONSTRAINT pk_open_item PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_open_item_line UNIQUE (tenant_id, entry_id, line_no),
    CONSTRAINT fk_open_item_account_id FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
    CONSTRAINT ck_open_item_open CHECK (
        (amount > 0 AND open_amount BETWEEN 0 AND amount) OR (amount < 0 AND open_amount BETWEEN amount AND 0))
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_open_item_open ON open_item (tenant_id, control, party, due_date, id) WHERE settled_on IS NULL;
CREATE INDEX ix_open_item_settled ON open_item (tenant_id, control, settled_on) WHERE settled_on IS NOT NULL;
CREATE INDEX ix_open_item_due ON open_item (tenant_id, due_date, id);

-- Append-only: undoing an allocation adds another one.
CREATE TABLE allocation (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    batch_id BLOB NOT NULL CHECK (length(batch_id) = 16),
    kind TEXT NOT NULL CHECK (length(kind) <= 20),
    allocation_date INTEGER NOT NULL,
    debit_item_id BLOB NOT NULL CHECK (length(debit_item_id) = 16),
    credit_item_id BLOB NOT NULL CHECK (length(credit_item_id) = 16),
    amount INTEGER NOT NULL,
    credit_amount INTEGER NOT NULL,
    debit_company_amount INTEGER NOT NULL,
    credit_company_amount INTEGER NOT NULL,
    entry_id BLOB CHECK (length(entry_id) = 16),
    undoes_id BLOB CHECK (length(undoes_id) = 16),
    reason TEXT CHECK (length(reason) <= 500),
    created_by BLOB CHECK (length(created_by) = 16),
    recorded_at INTEGER NOT NULL,
    CONSTRAINT pk_allocation PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_allocation_debit_item_id FOREIGN KEY (tenant_id, debit_item_id) REFERENCES open_item (tenant_id, id),
    CONSTRAINT fk_allocation_credit_item_id FOREIGN KEY (tenant_id, credit_item_id) REFERENCES open_item (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX uq_allocation_undoes ON allocation (tenant_id, undoes_id) WHERE undoes_id IS NOT NULL;
CREATE INDEX ix_allocation_batch ON allocation (tenant_id, batch_id, id);
CREATE INDEX ix_allocation_debit_item ON allocation (tenant_id, debit_item_id, id);
CREATE INDEX ix_allocation_credit_item ON allocation (tenant_id, credit_item_id, id);

-- What each allocation took off each of its two items, with the sign of the item; an undo gives back. Append-only.
CREATE TABLE allocation_item (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    item_id BLOB NOT NULL CHECK (length(item_id) = 16),
    allocation_id BLOB NOT NULL CHECK (length(allocation_id) = 16),
    allocation_date INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    company_amount INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    CONSTRAINT pk_allocation_item PRIMARY KEY (tenant_id, item_id, allocation_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_allocation_item_date ON allocation_item (tenant_id, allocation_date);
CREATE INDEX ix_allocation_item_recorded ON allocation_item (tenant_id, recorded_at);

-- Foreign balances at the rate of a day. The lines are read and written whole.
CREATE TABLE revaluation_run (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    run_date INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (length(status) <= 20),
    difference INTEGER NOT NULL,
    entry_id BLOB CHECK (length(entry_id) = 16),
    mirror_entry_id BLOB CHECK (length(mirror_entry_id) = 16),
    line_count INTEGER NOT NULL,
    document TEXT NOT NULL,
    created_by BLOB CHECK (length(created_by) = 16),
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_revaluation_run PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_revaluation_run_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX uq_revaluation_run_date ON revaluation_run (tenant_id, run_date) WHERE status = 'posted';
CREATE INDEX ix_revaluation_run_date ON revaluation_run (tenant_id, run_date, id);

-- The lines that are there already. Entries and the reversals that took them back settle each other.
INSERT INTO open_item (tenant_id, id, control, account_id, party, entry_id, line_no, posting_date, due_date, currency, amount,
    company_amount, open_amount, open_company_amount, settled_on, recorded_at)
SELECT l.tenant_id, randomblob(16) AS id, a.control, l.account_id, l.party, l.entry_id, l.line_no, l.posting_date,
    COALESCE(l.due_date, l.posting_date) AS due_date, l.currency, l.currency_debit - l.currency_credit AS amount,
    l.debit - l.credit AS company_amount,
    CASE WHEN e.reversed_by_id IS NULL AND e.reverses_id IS NULL THEN l.currency_debit - l.currency_credit ELSE 0 END AS open_amount,
    CASE WHEN e.reversed_by_id IS NULL AND e.reverses_id IS NULL THEN l.debit - l.credit ELSE 0 END AS open_company_amount,
    CASE WHEN e.reverses_id IS NOT NULL THEN e.posting_date ELSE r.posting_date END AS settled_on,
    l.recorded_at
FROM ledger_line AS l
INNER JOIN account AS a ON a.tenant_id = l.tenant_id AND a.id = l.account_id
INNER JOIN journal_entry AS e ON e.tenant_id = l.tenant_id AND e.id = l.entry_id
LEFT JOIN journal_entry AS r ON r.tenant_id = e.tenant_id AND r.id = e.reversed_by_id
WHERE a.control IN ('receivable', 'payable') AND l.party IS NOT NULL;

INSERT INTO allocation (tenant_id, id, batch_id, kind, allocation_date, debit_item_id, credit_item_id, amount, credit_amount,
    debit_company_amount, credit_company_amount, created_by, recorded_at)
SELECT o.tenant_id, randomblob(16) AS id, r.id AS batch_id, 'reversal' AS kind, r.posting_date,
    CASE WHEN o.amount > 0 THEN o.id ELSE i.id END AS debit_item_id,
    CASE WHEN o.amount > 0 THEN i.id ELSE o.id END AS credit_item_id,
    abs(o.amount) AS amount, abs(o.amount) AS credit_amount, abs(o.company_amount) AS debit_company_amount,
    abs(o.company_amount) AS credit_company_amount, r.posted_by, r.recorded_at
FROM open_item AS o
INNER JOIN journal_entry AS e ON e.tenant_id = o.tenant_id AND e.id = o.entry_id
INNER JOIN journal_entry AS r ON r.tenant_id = e.tenant_id AND r.id = e.reversed_by_id
INNER JOIN open_item AS i ON i.tenant_id = o.tenant_id AND i.entry_id = r.id AND i.line_no = o.line_no;

INSERT INTO allocation_item (tenant_id, item_id, allocation_id, allocation_date, amount, company_amount, recorded_at)
SELECT a.tenant_id, i.id AS item_id, a.id AS allocation_id, a.allocation_date, i.amount, i.company_amount, a.recorded_at
FROM allocation AS a
INNER JOIN open_item AS i ON i.tenant_id = a.tenant_id AND (i.id = a.debit_item_id OR i.id = a.credit_item_id);
