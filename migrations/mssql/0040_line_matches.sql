-- Lines of reconcilable accounts: a row for each posted line with what is left of it, and the matches that took the rest. Receivables
-- and payables have open items instead.

CREATE TABLE open_line (
    tenant_id BINARY(16) NOT NULL,
    entry_id BINARY(16) NOT NULL,
    line_no BIGINT NOT NULL,
    account_id BINARY(16) NOT NULL,
    posting_date DATE NOT NULL,
    currency NVARCHAR(3) COLLATE Latin1_General_100_BIN2 NOT NULL,
    amount DECIMAL(19,4) NOT NULL,
    company_amount DECIMAL(19,4) NOT NULL,
    open_amount DECIMAL(19,4) NOT NULL,
    open_company_amount DECIMAL(19,4) NOT NULL,
    settled_on DATE NULL,
    reversed_at DATETIME2(6) NULL,
    recorded_at DATETIME2(6) NOT NULL,
    CONSTRAINT pk_open_line PRIMARY KEY CLUSTERED (tenant_id, entry_id, line_no),
    CONSTRAINT fk_open_line_account_id FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
    CONSTRAINT ck_open_line_open CHECK (
        (amount > 0 AND open_amount BETWEEN 0 AND amount) OR (amount < 0 AND open_amount BETWEEN amount AND 0))
);
CREATE INDEX ix_open_line_open ON open_line (tenant_id, account_id, posting_date, entry_id, line_no) WHERE settled_on IS NULL;
CREATE INDEX ix_open_line_settled ON open_line (tenant_id, account_id, settled_on) WHERE settled_on IS NOT NULL;
CREATE INDEX ix_open_line_day ON open_line (tenant_id, posting_date, entry_id, line_no);

CREATE TABLE line_match (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    account_id BINARY(16) NOT NULL,
    currency NVARCHAR(3) COLLATE Latin1_General_100_BIN2 NOT NULL,
    match_date DATE NOT NULL,
    kind NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
    status NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
    total DECIMAL(19,4) NOT NULL,
    difference DECIMAL(19,4) NOT NULL,
    difference_entry_id BINARY(16) NULL,
    exchange_difference DECIMAL(19,4) NOT NULL,
    exchange_entry_id BINARY(16) NULL,
    line_count BIGINT NOT NULL,
    created_by BINARY(16) NULL,
    created_at DATETIME2(6) NOT NULL,
    undone_by BINARY(16) NULL,
    undone_at DATETIME2(6) NULL,
    undo_reason NVARCHAR(500) COLLATE Latin1_General_100_BIN2 NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_line_match PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT fk_line_match_account_id FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id)
);
CREATE INDEX ix_line_match_account ON line_match (tenant_id, account_id, match_date);

-- What each match took of each line, with the sign of the line. Append-only.
CREATE TABLE line_match_line (
    tenant_id BINARY(16) NOT NULL,
    match_id BINARY(16) NOT NULL,
    entry_id BINARY(16) NOT NULL,
    line_no BIGINT NOT NULL,
    amount DECIMAL(19,4) NOT NULL,
    company_amount DECIMAL(19,4) NOT NULL,
    CONSTRAINT pk_line_match_line PRIMARY KEY CLUSTERED (tenant_id, match_id, entry_id, line_no),
    CONSTRAINT fk_line_match_line_match_id FOREIGN KEY (tenant_id, match_id) REFERENCES line_match (tenant_id, id)
);
CREATE INDEX ix_line_match_line_line ON line_match_line (tenant_id, entry_id, line_no);

GO
-- The lines that are there already. Those of reversed entries and of their reversals are closed.
INSERT INTO open_line (tenant_id, entry_id, line_no, account_id, posting_date, currency, amount, company_amount, open_amount,
    open_company_amount, settled_on, reversed_at, recorded_at)
SELECT l.tenant_id, l.entry_id, l.line_no, l.account_id, l.posting_date, l.currency, l.currency_debit - l.currency_credit AS amount,
    l.debit - l.credit AS company_amount,
    CASE WHEN e.reversed_by_id IS NULL AND e.reverses_id IS NULL THEN l.currency_debit - l.currency_credit ELSE 0 END AS open_amount,
    CASE WHEN e.reversed_by_id IS NULL AND e.reverses_id IS NULL THEN l.debit - l.credit ELSE 0 END AS open_company_amount,
    CASE WHEN e.reverses_id IS NOT NULL THEN e.posting_date ELSE r.posting_date END AS settled_on,
    CASE WHEN e.reverses_id IS NOT NULL THEN e.recorded_at ELSE r.recorded_at END AS reversed_at,
    l.recorded_at
FROM account AS a
INNER JOIN ledger_line AS l ON l.tenant_id = a.tenant_id AND l.account_id = a.id
INNER JOIN journal_entry AS e ON e.tenant_id = l.tenant_id AND e.id = l.entry_id
LEFT JOIN journal_entry AS r ON r.tenant_id = e.tenant_id AND r.id = e.reversed_by_id
WHERE a.reconcilable = 1 AND a.control NOT IN (N'receivable', N'payable');
