-- What is owed by and to parties: an item for each posted line of a receivable or payable account, what is left of it, and the
-- allocations that settled the rest. Entries may be made for a document of their own.

ALTER TABLE journal_entry ADD source_kind NVARCHAR(30) COLLATE Latin1_General_100_BIN2 NULL;
ALTER TABLE journal_entry ADD source_id BINARY(16) NULL;
ALTER TABLE journal_entry ADD source_part BIGINT NULL;
GO
CREATE UNIQUE INDEX uq_journal_entry_source ON journal_entry (tenant_id, source_kind, source_id, source_part) WHERE source_id IS NOT NULL;

ALTER TABLE ledger_settings ADD exchange_differences_account_id BINARY(16) NULL;
ALTER TABLE ledger_settings ADD unrealised_exchange_account_id BINARY(16) NULL;
ALTER TABLE ledger_settings ADD receivable_revaluation_account_id BINARY(16) NULL;
ALTER TABLE ledger_settings ADD payable_revaluation_account_id BINARY(16) NULL;

CREATE TABLE open_item (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    control NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
    account_id BINARY(16) NOT NULL,
    party NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
    entry_id BINARY(16) NOT NULL,
    line_no BIGINT NOT NULL,
    posting_date DATE NOT NULL,
    due_date DATE NOT NULL,
    currency NVARCHAR(3) COLLATE Latin1_General_100_BIN2 NOT NULL,
    amount DECIMAL(19,4) NOT NULL,
    company_amount DECIMAL(19,4) NOT NULL,
    open_amount DECIMAL(19,4) NOT NULL,
    open_company_amount DECIMAL(19,4) NOT NULL,
    settled_on DATE NULL,
    recorded_at DATETIME2(6) NOT NULL,
    CONSTRAINT pk_open_item PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_open_item_line UNIQUE (tenant_id, entry_id, line_no),
    CONSTRAINT fk_open_item_account_id FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
    CONSTRAINT ck_open_item_open CHECK (
        (amount > 0 AND open_amount BETWEEN 0 AND amount) OR (amount < 0 AND open_amount BETWEEN amount AND 0))
);
CREATE INDEX ix_open_item_open ON open_item (tenant_id, control, party, due_date, id) WHERE settled_on IS NULL;
CREATE INDEX ix_open_item_settled ON open_item (tenant_id, control, settled_on) WHERE settled_on IS NOT NULL;
CREATE INDEX ix_open_item_due ON open_item (tenant_id, due_date, id);

-- Append-only: undoing an allocation adds another one.
CREATE TABLE allocation (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    batch_id BINARY(16) NOT NULL,
    kind NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
    allocation_date DATE NOT NULL,
    debit_item_id BINARY(16) NOT NULL,
    credit_item_id BINARY(16) NOT NULL,
    amount DECIMAL(19,4) NOT NULL,
    credit_amount DECIMAL(19,4) NOT NULL,
    debit_company_amount DECIMAL(19,4) NOT NULL,
    credit_company_amount DECIMAL(19,4) NOT NULL,
    entry_id BINARY(16) NULL,
    undoes_id BINARY(16) NULL,
    reason NVARCHAR(500) COLLATE Latin1_General_100_BIN2 NULL,
    created_by BINARY(16) NULL,
    recorded_at DATETIME2(6) NOT NULL,
    CONSTRAINT pk_allocation PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT fk_allocation_debit_item_id FOREIGN KEY (tenant_id, debit_item_id) REFERENCES open_item (tenant_id, id),
    CONSTRAINT fk_allocation_credit_item_id FOREIGN KEY (tenant_id, credit_item_id) REFERENCES open_item (tenant_id, id)
);
CREATE UNIQUE INDEX uq_allocation_undoes ON allocation (tenant_id, undoes_id) WHERE undoes_id IS NOT NULL;
CREATE INDEX ix_allocation_batch ON allocation (tenant_id, batch_id, id);
CREATE INDEX ix_allocation_debit_item ON allocation (tenant_id, debit_item_id, id);
CREATE INDEX ix_allocation_credit_item ON allocation (tenant_id, credit_item_id, id);

-- What each allocation took off each of its two items, with the sign of the item; an undo gives back. Append-only.
CREATE TABLE allocation_item (
    tenant_id BINARY(16) NOT NULL,
    item_id BINARY(16) NOT NULL,
    allocation_id BINARY(16) NOT NULL,
    allocation_date DATE NOT NULL,
    amount DECIMAL(19,4) NOT NULL,
    company_amount DECIMAL(19,4) NOT NULL,
    recorded_at DATETIME2(6) NOT NULL,
    CONSTRAINT pk_allocation_item PRIMARY KEY CLUSTERED (tenant_id, item_id, allocation_id)
);
CREATE INDEX ix_allocation_item_date ON allocation_item (tenant_id, allocation_date);
CREATE INDEX ix_allocation_item_recorded ON allocation_item (tenant_id, recorded_at);

-- Foreign balances at the rate of a day. The lines are read and written whole.
CREATE TABLE revaluation_run (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    run_date DATE NOT NULL,
    status NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
    difference DECIMAL(19,4) NOT NULL,
    entry_id BINARY(16) NULL,
    mirror_entry_id BINARY(16) NULL,
    line_count BIGINT NOT NULL,
    document NVARCHAR(MAX) NOT NULL,
    created_by BINARY(16) NULL,
    created_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_revaluation_run PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT fk_revaluation_run_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
CREATE UNIQUE INDEX uq_revaluation_run_date ON revaluation_run (tenant_id, run_date) WHERE status = 'posted';
CREATE INDEX ix_revaluation_run_date ON revaluation_run (tenant_id, run_date, id);

GO
-- The lines that are there already. Entries and the reversals that took them back settle each other.
INSERT INTO open_item (tenant_id, id, control, account_id, party, entry_id, line_no, posting_date, due_date, currency, amount,
    company_amount, open_amount, open_company_amount, settled_on, recorded_at)
SELECT l.tenant_id, CAST(NEWID() AS BINARY(16)) AS id, a.control, l.account_id, l.party, l.entry_id, l.line_no, l.posting_date,
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
WHERE a.control IN (N'receivable', N'payable') AND l.party IS NOT NULL;

INSERT INTO allocation (tenant_id, id, batch_id, kind, allocation_date, debit_item_id, credit_item_id, amount, credit_amount,
    debit_company_amount, credit_company_amount, created_by, recorded_at)
SELECT o.tenant_id, CAST(NEWID() AS BINARY(16)) AS id, r.id AS batch_id, N'reversal' AS kind, r.posting_date,
    CASE WHEN o.amount > 0 THEN o.id ELSE i.id END AS debit_item_id,
    CASE WHEN o.amount > 0 THEN i.id ELSE o.id END AS credit_item_id,
    ABS(o.amount) AS amount, ABS(o.amount) AS credit_amount, ABS(o.company_amount) AS debit_company_amount,
    ABS(o.company_amount) AS credit_company_amount, r.posted_by, r.recorded_at
FROM open_item AS o
INNER JOIN journal_entry AS e ON e.tenant_id = o.tenant_id AND e.id = o.entry_id
INNER JOIN journal_entry AS r ON r.tenant_id = e.tenant_id AND r.id = e.reversed_by_id
INNER JOIN open_item AS i ON i.tenant_id = o.tenant_id AND i.entry_id = r.id AND i.line_no = o.line_no;

INSERT INTO allocation_item (tenant_id, item_id, allocation_id, allocation_date, amount, company_amount, recorded_at)
SELECT a.tenant_id, i.id AS item_id, a.id AS allocation_id, a.allocation_date, i.amount, i.company_amount, a.recorded_at
FROM allocation AS a
INNER JOIN open_item AS i ON i.tenant_id = a.tenant_id AND (i.id = a.debit_item_id OR i.id = a.credit_item_id);
