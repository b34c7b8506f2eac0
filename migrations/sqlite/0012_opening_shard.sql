-- Maintained balances keep opening balances and their reversals in shard -1, so that reports over a range tell them from
-- movements without reading a line. What was posted before moves there.

CREATE INDEX ix_journal_entry_opening ON journal_entry (tenant_id, kind, id, reversed_by_id) WHERE kind = 'opening';

INSERT INTO account_balance (tenant_id, fiscal_period_id, account_id, currency, shard, debit, credit, currency_debit, currency_credit)
SELECT l.tenant_id, l.fiscal_period_id, l.account_id, l.currency, -1, SUM(l.debit), SUM(l.credit), SUM(l.currency_debit), SUM(l.currency_credit)
FROM journal_entry e
LEFT JOIN journal_entry o ON o.tenant_id = e.tenant_id AND o.id = e.reverses_id
INNER JOIN ledger_line l ON l.tenant_id = e.tenant_id AND l.entry_id = e.id
WHERE e.kind = 'opening' OR o.kind = 'opening'
GROUP BY l.tenant_id, l.fiscal_period_id, l.account_id, l.currency;
UPDATE account_balance SET
    debit = debit - (SELECT n.debit FROM account_balance n WHERE n.tenant_id = account_balance.tenant_id AND n.fiscal_period_id = account_balance.fiscal_period_id AND n.account_id = account_balance.account_id AND n.currency = account_balance.currency AND n.shard = -1),
    credit = credit - (SELECT n.credit FROM account_balance n WHERE n.tenant_id = account_balance.tenant_id AND n.fiscal_period_id = account_balance.fiscal_period_id AND n.account_id = account_balance.account_id AND n.currency = account_balance.currency AND n.shard = -1),
    currency_debit = currency_debit - (SELECT n.currency_debit FROM account_balance n WHERE n.tenant_id = account_balance.tenant_id AND n.fiscal_period_id = account_balance.fiscal_period_id AND n.account_id = account_balance.account_id AND n.currency = account_balance.currency AND n.shard = -1),
    currency_credit = currency_credit - (SELECT n.currency_credit FROM account_balance n WHERE n.tenant_id = account_balance.tenant_id AND n.fiscal_period_id = account_balance.fiscal_period_id AND n.account_id = account_balance.account_id AND n.currency = account_balance.currency AND n.shard = -1)
WHERE shard = 0 AND EXISTS (SELECT 1 FROM account_balance n WHERE n.tenant_id = account_balance.tenant_id AND n.fiscal_period_id = account_balance.fiscal_period_id AND n.account_id = account_balance.account_id AND n.currency = account_balance.currency AND n.shard = -1);

INSERT INTO daily_balance (tenant_id, fiscal_period_id, posting_date, account_id, currency, shard, debit, credit, currency_debit, currency_credit)
SELECT l.tenant_id, l.fiscal_period_id, l.posting_date, l.account_id, l.currency, -1, SUM(l.debit), SUM(l.credit), SUM(l.currency_debit), SUM(l.currency_credit)
FROM journal_entry e
LEFT JOIN journal_entry o ON o.tenant_id = e.tenant_id AND o.id = e.reverses_id
INNER JOIN ledger_line l ON l.tenant_id = e.tenant_id AND l.entry_id = e.id
WHERE e.kind = 'opening' OR o.kind = 'opening'
GROUP BY l.tenant_id, l.fiscal_period_id, l.posting_date, l.account_id, l.currency;
UPDATE daily_balance SET
    debit = debit - (SELECT n.debit FROM daily_balance n WHERE n.tenant_id = daily_balance.tenant_id AND n.fiscal_period_id = daily_balance.fiscal_period_id AND n.posting_date = daily_balance.posting_date AND n.account_id = daily_balance.account_id AND n.currency = daily_balance.currency AND n.shard = -1),
    credit = credit - (SELECT n.credit FROM daily_balance n WHERE n.tenant_id = daily_balance.tenant_id AND n.fiscal_period_id = daily_balance.fiscal_period_id AND n.posting_date = daily_balance.posting_date AND n.account_id = daily_balance.account_id AND n.currency = daily_balance.currency AND n.shard = -1),
    currency_debit = currency_debit - (SELECT n.currency_debit FROM daily_balance n WHERE n.tenant_id = daily_balance.tenant_id AND n.fiscal_period_id = daily_balance.fiscal_period_id AND n.posting_date = daily_balance.posting_date AND n.account_id = daily_balance.account_id AND n.currency = daily_balance.currency AND n.shard = -1),
    currency_credit = currency_credit - (SELECT n.currency_credit FROM daily_balance n WHERE n.tenant_id = daily_balance.tenant_id AND n.fiscal_period_id = daily_balance.fiscal_period_id AND n.posting_date = daily_balance.posting_date AND n.account_id = daily_balance.account_id AND n.currency = daily_balance.currency AND n.shard = -1)
WHERE shard = 0 AND EXISTS (SELECT 1 FROM daily_balance n WHERE n.tenant_id = daily_balance.tenant_id AND n.fiscal_period_id = daily_balance.fiscal_period_id AND n.posting_date = daily_balance.posting_date AND n.account_id = daily_balance.account_id AND n.currency = daily_balance.currency AND n.shard = -1);

INSERT INTO dimension_balance (tenant_id, fiscal_period_id, account_id, dimension_set_id, currency, shard, debit, credit, currency_debit, currency_credit)
SELECT l.tenant_id, l.fiscal_period_id, l.account_id, l.dimension_set_id, l.currency, -1, SUM(l.debit), SUM(l.credit), SUM(l.currency_debit), SUM(l.currency_credit)
FROM journal_entry e
LEFT JOIN journal_entry o ON o.tenant_id = e.tenant_id AND o.id = e.reverses_id
INNER JOIN ledger_line l ON l.tenant_id = e.tenant_id AND l.entry_id = e.id
WHERE (e.kind = 'opening' OR o.kind = 'opening') AND l.dimension_set_id <> x'00000000000000000000000000000000'
GROUP BY l.tenant_id, l.fiscal_period_id, l.account_id, l.dimension_set_id, l.currency;
UPDATE dimension_balance SET
    debit = debit - (SELECT n.debit FROM dimension_balance n WHERE n.tenant_id = dimension_balance.tenant_id AND n.fiscal_period_id = dimension_balance.fiscal_period_id AND n.account_id = dimension_balance.account_id AND n.dimension_set_id = dimension_balance.dimension_set_id AND n.currency = dimension_balance.currency AND n.shard = -1),
    credit = credit - (SELECT n.credit FROM dimension_balance n WHERE n.tenant_id = dimension_balance.tenant_id AND n.fiscal_period_id = dimension_balance.fiscal_period_id AND n.account_id = dimension_balance.account_id AND n.dimension_set_id = dimension_balance.dimension_set_id AND n.currency = dimension_balance.currency AND n.shard = -1),
    currency_debit = currency_debit - (SELECT n.currency_debit FROM dimension_balance n WHERE n.tenant_id = dimension_balance.tenant_id AND n.fiscal_period_id = dimension_balance.fiscal_period_id AND n.account_id = dimension_balance.account_id AND n.dimension_set_id = dimension_balance.dimension_set_id AND n.currency = dimension_balance.currency AND n.shard = -1),
    currency_credit = currency_credit - (SELECT n.currency_credit FROM dimension_balance n WHERE n.tenant_id = dimension_balance.tenant_id AND n.fiscal_period_id = dimension_balance.fiscal_period_id AND n.account_id = dimension_balance.account_id AND n.dimension_set_id = dimension_balance.dimension_set_id AND n.currency = dimension_balance.currency AND n.shard = -1)
WHERE shard = 0 AND EXISTS (SELECT 1 FROM dimension_balance n WHERE n.tenant_id = dimension_balance.tenant_id AND n.fiscal_period_id = dimension_balance.fiscal_period_id AND n.account_id = dimension_balance.account_id AND n.dimension_set_id = dimension_balance.dimension_set_id AND n.currency = dimension_balance.currency AND n.shard = -1);
