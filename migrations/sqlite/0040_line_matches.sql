-- Lines of reconcilable accounts: a row for each posted line with what is left of it, and the matches that took the rest. Receivables
-- and payables have open items instead.

CREATE TABLE open_line (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    entry_id BLOB NOT NULL CHECK (length(entry_id) = 16),
    line_no INTEGER NOT NULL,
    account_id BLOB NOT NULL CHECK (length(account_id) = 16),
    posting_date INTEGER NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) <= 3),
    amount INTEGER NOT NULL,
    company_amount INTEGER NOT NULL,
    open_amount INTEGER NOT NULL,
    open_company_amount INTEGER NOT NULL,
    settled_on INTEGER,
    reversed_at INTEGER,
    recorded_at INTEGER NOT NULL,
    CONSTRAINT pk_open_line PRIMARY KEY (tenant_id, entry_id, line_no),
    CONSTRAINT fk_open_line_account_id FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
    CONSTRAINT ck_open_line_open CHECK (
        (amount > 0 AND open_amount BETWEEN 0 AND amount) OR (amount < 0 AND open_amount BETWEEN amount AND 0))
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_open_line_open ON open_line (tenant_id, account_id, posting_date, entry_id, line_no) WHERE settled_on IS NULL;
CREATE INDEX ix_open_line_settled ON open_line (tenant_id, account_id, settled_on) WHERE settled_on IS NOT NULL;
CREATE INDEX ix_open_line_day ON open_line (tenant_id, posting_date, entry_id, line_no);

CREATE TABLE line_match (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    account_id BLOB NOT NULL CHECK (length(account_id) = 16),
    currency TEXT NOT NULL CHECK (length(currency) <= 3),
    match_date INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (length(kind) <= 20),
    status TEXT NOT NULL CHECK (length(status) <= 20),
    total INTEGER NOT NULL,
    difference INTEGER NOT NULL,
    difference_entry_id BLOB CHECK (length(difference_entry_id) = 16),
    exchange_difference INTEGER NOT NULL,
    exchange_entry_id BLOB CHECK (length(exchange_entry_id) = 16),
    line_count INTEGER NOT NULL,
    created_by BLOB CHECK (length(created_by) = 16),
    created_at INTEGER NOT NULL,
    undone_by BLOB CHECK (length(undone_by) = 16),
    undone_at INTEGER,
    undo_reason TEXT CHECK (length(undo_reason) <= 500),
    version INTEGER NOT NULL,
    CONSTRAINT pk_line_match PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_line_match_account_id FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_line_match_account ON line_match (tenant_id, account_id, match_date);

-- What each match took of each line, with the sign of the line. Append-only.
CREATE TABLE line_match_line (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    match_id BLOB NOT NULL CHECK (length(match_id) = 16),
    entry_id BLOB NOT NULL CHECK (length(entry_id) = 16),
    line_no INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    company_amount INTEGER NOT NULL,
    CONSTRAINT pk_line_match_line PRIMARY KEY (tenant_id, match_id, entry_id, line_no),
    CONSTRAINT fk_line_match_line_match_id FOREIGN KEY (tenant_id, match_id) REFERENCES line_match (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_line_match_line_line ON line_match_line (tenant_id, entry_id, line_no);

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
WHERE a.reconcilable = 1 AND a.control NOT IN ('receivable', 'payable');
