-- Maintained balances keep opening balances and their reversals in shard -1, so that reports over a range tell them from
-- movements without reading a line. What was posted before moves there.

CREATE INDEX ix_journal_entry_opening ON journal_entry (tenant_id, kind, id, reversed_by_id) WHERE kind = 'opening';

INSERT INTO account_balance (tenant_id, fiscal_period_id, account_id, currency, shard, debit, credit, currency_debit, currency_credit)
SELECT l.tenant_id, l.fiscal_period_id, l.account_id, l.currency, -1 AS shard, SUM(l.debit) AS debit,
    SUM(l.credit) AS credit, SUM(l.currency_debit) AS currency_debit, SUM(l.currency_credit) AS currency_credit
FROM journal_entry AS e
LEFT JOIN journal_entry AS o ON o.tenant_id = e.tenant_id AND o.id = e.reverses_id
INNER JOIN ledger_line AS l ON l.tenant_id = e.tenant_id AND l.entry_id = e.id
WHERE e.kind = N'opening' OR o.kind = N'opening'
GROUP BY l.tenant_id, l.fiscal_period_id, l.account_id, l.currency;
UPDATE b SET
    debit = b.debit - n.debit,
    credit = b.credit - n.credit,
    currency_debit = b.currency_debit - n.currency_debit,
    currency_credit = b.currency_credit - n.currency_credit
FROM account_balance AS b
INNER JOIN account_balance AS n ON n.tenant_id = b.tenant_id AND n.fiscal_period_id = b.fiscal_period_id AND n.account_id = b.account_id AND n.currency = b.currency AND n.shard = -1
WHERE b.shard = 0;

INSERT INTO daily_balance (tenant_id, fiscal_period_id, posting_date, account_id, currency, shard, debit, credit, currency_debit, currency_credit)
SELECT l.tenant_id, l.fiscal_period_id, l.posting_date, l.account_id, l.currency, -1 AS shard, SUM(l.debit) AS debit,
    SUM(l.credit) AS credit, SUM(l.currency_debit) AS currency_debit, SUM(l.currency_credit) AS currency_credit
FROM journal_entry AS e
LEFT JOIN journal_entry AS o ON o.tenant_id = e.tenant_id AND o.id = e.reverses_id
INNER JOIN ledger_line AS l ON l.tenant_id = e.tenant_id AND l.entry_id = e.id
WHERE e.kind = N'opening' OR o.kind = N'opening'
GROUP BY l.tenant_id, l.fiscal_period_id, l.posting_date, l.account_id, l.currency;
UPDATE b SET
    debit = b.debit - n.debit,
    credit = b.credit - n.credit,
    currency_debit = b.currency_debit - n.currency_debit,
    currency_credit = b.currency_credit - n.currency_credit
FROM daily_balance AS b
INNER JOIN daily_balance AS n ON n.tenant_id = b.tenant_id AND n.fiscal_period_id = b.fiscal_period_id AND n.posting_date = b.posting_date AND n.account_id = b.account_id AND n.currency = b.currency AND n.shard = -1
WHERE b.shard = 0;

INSERT INTO dimension_balance (tenant_id, fiscal_period_id, account_id, dimension_set_id, currency, shard, debit, credit, currency_debit, currency_credit)
SELECT l.tenant_id, l.fiscal_period_id, l.account_id, l.dimension_set_id, l.currency, -1 AS shard, SUM(l.debit) AS debit,
    SUM(l.credit) AS credit, SUM(l.currency_debit) AS currency_debit, SUM(l.currency_credit) AS currency_credit
FROM journal_entry AS e
LEFT JOIN journal_entry AS o ON o.tenant_id = e.tenant_id AND o.id = e.reverses_id
INNER JOIN ledger_line AS l ON l.tenant_id = e.tenant_id AND l.entry_id = e.id
WHERE (e.kind = N'opening' OR o.kind = N'opening') AND l.dimension_set_id <> 0x00000000000000000000000000000000
GROUP BY l.tenant_id, l.fiscal_period_id, l.account_id, l.dimension_set_id, l.currency;
UPDATE b SET
    debit = b.debit - n.debit,
    credit = b.credit - n.credit,
    currency_debit = b.currency_debit - n.currency_debit,
    currency_credit = b.currency_credit - n.currency_credit
FROM dimension_balance AS b
INNER JOIN dimension_balance AS n ON n.tenant_id = b.tenant_id AND n.fiscal_period_id = b.fiscal_period_id AND n.account_id = b.account_id AND n.dimension_set_id = b.dimension_set_id AND n.currency = b.currency AND n.shard = -1
WHERE b.shard = 0;
