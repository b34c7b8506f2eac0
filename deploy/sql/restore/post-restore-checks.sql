-- What has to be true of a restored database before anybody works in it (rows L6, N3): its pages, and the books in it. The same truths
-- as `GET /api/v1/integrity/checks`, for all tenants at once and without a running server. Run it in the restored database as its
-- owner; `sqlcmd -b` ends with an error when anything was found, after a list of it. The hash chains need the program:
-- `POST /api/v1/admin/integrity-runs` afterwards.
SET NOCOUNT ON;
SET XACT_ABORT ON;
DBCC CHECKDB WITH NO_INFOMSGS, ALL_ERRORMSGS, DATA_PURITY;

-- Row-level security shows nothing without a tenant, and nothing is in order everywhere then.
EXEC sp_set_session_context N'all_tenants', 1;
IF NOT EXISTS (SELECT 1 FROM tenant)
    THROW 50040, N'No tenant is in this database: it is empty, or another one.', 1;

DECLARE @found TABLE (rule_name NVARCHAR(40) NOT NULL, tenant NVARCHAR(50) NOT NULL, detail NVARCHAR(400) NOT NULL);

-- Debits are credits, for each tenant in its own currency: of the lines, and of the balances that reports read.
INSERT INTO @found (rule_name, tenant, detail)
SELECT
    N'trial_balance_zero' AS rule_name,
    t.code AS tenant,
    CONCAT(t.currency, N': lines are off by ', SUM(l.debit) - SUM(l.credit)) AS detail
FROM ledger_line AS l
INNER JOIN tenant AS t ON t.id = l.tenant_id
GROUP BY t.code, t.currency
HAVING SUM(l.debit) <> SUM(l.credit);
INSERT INTO @found (rule_name, tenant, detail)
SELECT
    N'trial_balance_zero' AS rule_name,
    t.code AS tenant,
    CONCAT(t.currency, N': balances are off by ', SUM(b.debit) - SUM(b.credit)) AS detail
FROM account_balance AS b
INNER JOIN tenant AS t ON t.id = b.tenant_id
GROUP BY t.code, t.currency
HAVING SUM(b.debit) <> SUM(b.credit);

-- Maintained balances are the sums of their lines.
INSERT INTO @found (rule_name, tenant, detail)
SELECT
    N'account_balances' AS rule_name,
    t.code AS tenant,
    CONCAT(COUNT(*), N' balances by period differ from their lines') AS detail
FROM (
    SELECT x.tenant_id
    FROM (
        SELECT b.tenant_id, b.fiscal_period_id, b.account_id, b.currency, b.debit, b.credit, b.currency_debit, b.currency_credit
        FROM account_balance AS b
        UNION ALL
        SELECT
            l.tenant_id, l.fiscal_period_id, l.account_id, l.currency,
            -l.debit AS debit, -l.credit AS credit, -l.currency_debit AS currency_debit, -l.currency_credit AS currency_credit
        FROM ledger_line AS l
    ) AS x
    GROUP BY x.tenant_id, x.fiscal_period_id, x.account_id, x.currency
    HAVING SUM(x.debit) <> 0 OR SUM(x.credit) <> 0 OR SUM(x.currency_debit) <> 0 OR SUM(x.currency_credit) <> 0
) AS y
INNER JOIN tenant AS t ON t.id = y.tenant_id
GROUP BY t.code;

-- Every posted entry balances and has all its lines.
INSERT INTO @found (rule_name, tenant, detail)
SELECT
    N'entries_balanced' AS rule_name,
    t.code AS tenant,
    CONCAT(
        COALESCE(e.number, N'?'), N': debits ', COALESCE(SUM(l.debit), 0), N', credits ', COALESCE(SUM(l.credit), 0),
        N', total ', e.total, N', lines ', COUNT(l.line_no), N' of ', e.line_count
    ) AS detail
FROM journal_entry AS e
INNER JOIN tenant AS t ON t.id = e.tenant_id
LEFT JOIN ledger_line AS l ON l.tenant_id = e.tenant_id AND l.entry_id = e.id
WHERE e.status <> N'draft'
GROUP BY t.code, e.id, e.number, e.total, e.line_count
HAVING
    COALESCE(SUM(l.debit), 0) <> e.total OR COALESCE(SUM(l.credit), 0) <> e.total OR COUNT(l.line_no) <> e.line_count;

-- Places in a journal's chain have no gap, and the chain ends where the journal says.
INSERT INTO @found (rule_name, tenant, detail)
SELECT
    N'chain_heads' AS rule_name,
    t.code AS tenant,
    CONCAT(j.code, N': ', COUNT(e.id), N' entries, last ', MAX(e.chain_sequence), N', recorded ', c.sequence) AS detail
FROM journal AS j
INNER JOIN tenant AS t ON t.id = j.tenant_id
LEFT JOIN journal_chain AS c ON c.tenant_id = j.tenant_id AND c.journal_id = j.id
LEFT JOIN journal_entry AS e ON e.tenant_id = j.tenant_id AND e.journal_id = j.id AND e.chain_sequence IS NOT NULL
GROUP BY t.code, j.id, j.code, c.sequence
HAVING
    COALESCE(MAX(e.chain_sequence), 0) <> COALESCE(c.sequence, 0) OR COUNT(e.id) <> COALESCE(c.sequence, 0);

-- As many numbers were given as entries have one. Counted for the tenant as a whole: a journal may have changed its series.
INSERT INTO @found (rule_name, tenant, detail)
SELECT
    N'numbers_gapless' AS rule_name,
    g.code AS tenant,
    CONCAT(g.given, N' numbers given, ', g.numbered, N' entries numbered') AS detail
FROM (
    SELECT
        t.code,
        (
            SELECT COALESCE(SUM(c.last_number), 0)
            FROM number_series AS s
            INNER JOIN number_series_counter AS c ON c.tenant_id = s.tenant_id AND c.series_id = s.id
            WHERE
                s.tenant_id = t.id
                AND (
                    s.document_type = N'journal_entry'
                    OR EXISTS (SELECT 1 FROM journal AS j WHERE j.tenant_id = s.tenant_id AND j.number_series_id = s.id)
                )
        ) AS given,
        (SELECT COUNT(*) FROM journal_entry AS e WHERE e.tenant_id = t.id AND e.number IS NOT NULL) AS numbered
    FROM tenant AS t
) AS g
WHERE g.given <> g.numbered;

-- Entry and reversal name each other.
INSERT INTO @found (rule_name, tenant, detail)
SELECT
    N'reversals_mutual' AS rule_name,
    t.code AS tenant,
    CONCAT(COALESCE(r.number, N'?'), N' reverses an entry that does not name it') AS detail
FROM journal_entry AS r
INNER JOIN tenant AS t ON t.id = r.tenant_id
WHERE
    r.status <> N'draft' AND r.reverses_id IS NOT NULL
    AND NOT EXISTS (
        SELECT 1 FROM journal_entry AS o
        WHERE o.tenant_id = r.tenant_id AND o.id = r.reverses_id AND o.reversed_by_id = r.id AND o.status = N'reversed'
    );

-- The outbox has no gap and ends where its counter says.
INSERT INTO @found (rule_name, tenant, detail)
SELECT
    N'events_gapless' AS rule_name,
    o.code AS tenant,
    CONCAT(o.events, N' events from ', o.first_event, N' to ', o.last_event, N', counter ', o.counted) AS detail
FROM (
    SELECT
        t.code,
        COALESCE((SELECT c.value FROM counter AS c WHERE c.tenant_id = t.id AND c.name = N'event'), 0) AS counted,
        (SELECT COUNT(*) FROM outbox_event AS x WHERE x.tenant_id = t.id) AS events,
        (SELECT MIN(x.sequence) FROM outbox_event AS x WHERE x.tenant_id = t.id) AS first_event,
        (SELECT MAX(x.sequence) FROM outbox_event AS x WHERE x.tenant_id = t.id) AS last_event
    FROM tenant AS t
) AS o
WHERE
    COALESCE(o.last_event, o.counted) <> o.counted
    OR (o.events > 0 AND o.events <> o.last_event - o.first_event + 1);

-- Every posting of the outbox is in the ledger, and every entry was posted in the audit log.
INSERT INTO @found (rule_name, tenant, detail)
SELECT
    N'feed_matches_ledger' AS rule_name,
    t.code AS tenant,
    CONCAT(N'event ', o.sequence, N' posted an entry that is not there') AS detail
FROM outbox_event AS o
INNER JOIN tenant AS t ON t.id = o.tenant_id
WHERE
    o.type = N'journal_entry.posted'
    AND NOT EXISTS (
        SELECT 1 FROM journal_entry AS e WHERE e.tenant_id = o.tenant_id AND e.id = o.entity_id AND e.status <> N'draft'
    );
INSERT INTO @found (rule_name, tenant, detail)
SELECT
    N'feed_matches_ledger' AS rule_name,
    t.code AS tenant,
    CONCAT(COALESCE(e.number, N'?'), N' was posted without an audit row') AS detail
FROM journal_entry AS e
INNER JOIN tenant AS t ON t.id = e.tenant_id
WHERE
    e.status <> N'draft'
    AND NOT EXISTS (
        SELECT 1 FROM audit_log AS a
        WHERE a.tenant_id = e.tenant_id AND a.entity_id = e.id AND a.entity = N'journal_entry' AND a.action = N'posted'
    );

-- Open items of each party, those of merged parties with their survivor's, are what the ledger has on the receivable and payable accounts.
INSERT INTO @found (rule_name, tenant, detail)
SELECT
    N'open_items_equal_control' AS rule_name,
    t.code AS tenant,
    CONCAT(N'open items of ', COALESCE(s.survivor, x.party), N' differ from the ledger by ', SUM(x.amount)) AS detail
FROM (
    SELECT
        i.tenant_id,
        i.account_id,
        i.party,
        i.open_company_amount AS amount
    FROM open_item AS i
    UNION ALL
    SELECT
        l.tenant_id,
        l.account_id,
        l.party,
        l.credit - l.debit AS amount
    FROM ledger_line AS l
    INNER JOIN account AS a ON a.tenant_id = l.tenant_id AND a.id = l.account_id
    WHERE a.control IN (N'receivable', N'payable')
) AS x
INNER JOIN tenant AS t ON t.id = x.tenant_id
LEFT JOIN party_alias AS s ON s.tenant_id = x.tenant_id AND s.code = x.party
GROUP BY t.code, x.account_id, COALESCE(s.survivor, x.party)
HAVING SUM(x.amount) <> 0;

-- What is open of each item is its amount less its allocations.
INSERT INTO @found (rule_name, tenant, detail)
SELECT
    N'allocations_equal_open' AS rule_name,
    t.code AS tenant,
    CONCAT(N'an item of ', i.party, N' has ', i.open_amount, N' open') AS detail
FROM open_item AS i
INNER JOIN tenant AS t ON t.id = i.tenant_id
LEFT JOIN allocation_item AS e ON e.tenant_id = i.tenant_id AND e.item_id = i.id
GROUP BY t.code, i.id, i.party, i.amount, i.open_amount
HAVING i.amount - CAST(COALESCE(SUM(e.amount), 0) AS DECIMAL(19, 4)) <> i.open_amount;

-- Open lines of each reconcilable account are its balance.
INSERT INTO @found (rule_name, tenant, detail)
SELECT
    N'open_lines_equal_accounts' AS rule_name,
    t.code AS tenant,
    CONCAT(N'open lines of account ', a.code, N' differ from the ledger by ', SUM(x.amount)) AS detail
FROM (
    SELECT
        o.tenant_id,
        o.account_id,
        o.open_company_amount AS amount
    FROM open_line AS o
    UNION ALL
    SELECT
        l.tenant_id,
        l.account_id,
        l.credit - l.debit AS amount
    FROM ledger_line AS l
    INNER JOIN account AS c ON c.tenant_id = l.tenant_id AND c.id = l.account_id
    WHERE c.reconcilable = 1 AND c.control NOT IN (N'receivable', N'payable')
) AS x
INNER JOIN tenant AS t ON t.id = x.tenant_id
INNER JOIN account AS a ON a.tenant_id = x.tenant_id AND a.id = x.account_id
GROUP BY t.code, a.code
HAVING SUM(x.amount) <> 0;

-- What is open of each line is its amount less its matches.
INSERT INTO @found (rule_name, tenant, detail)
SELECT
    N'line_matches_equal_open' AS rule_name,
    t.code AS tenant,
    CONCAT(N'what is open of line ', x.line_no, N' of an entry is off by ', SUM(x.amount)) AS detail
FROM (
    SELECT
        o.tenant_id,
        o.entry_id,
        o.line_no,
        CASE WHEN o.reversed_at IS NULL THEN o.open_amount - o.amount ELSE o.open_amount END AS amount
    FROM open_line AS o
    UNION ALL
    SELECT
        l.tenant_id,
        l.entry_id,
        l.line_no,
        l.amount
    FROM line_match_line AS l
    INNER JOIN line_match AS m ON m.tenant_id = l.tenant_id AND m.id = l.match_id
    INNER JOIN open_line AS i ON i.tenant_id = l.tenant_id AND i.entry_id = l.entry_id AND i.line_no = l.line_no
    WHERE m.status = N'matched' AND i.reversed_at IS NULL
) AS x
INNER JOIN tenant AS t ON t.id = x.tenant_id
GROUP BY t.code, x.entry_id, x.line_no
HAVING SUM(x.amount) <> 0;

-- The tax entries of each document are what it posted on the VAT accounts.
INSERT INTO @found (rule_name, tenant, detail)
SELECT
    N'tax_entries_equal_vat_accounts' AS rule_name,
    t.code AS tenant,
    CONCAT(N'tax entries of ', COALESCE(e.number, N'an entry that is gone'), N' differ from the ledger by ', SUM(x.amount)) AS detail
FROM (
    SELECT
        i.tenant_id,
        i.entry_id,
        i.account_id,
        CASE WHEN i.side = N'input' THEN i.tax ELSE -i.tax END AS amount
    FROM tax_entry AS i
    WHERE i.account_id IS NOT NULL
    UNION ALL
    SELECT
        l.tenant_id,
        l.entry_id,
        l.account_id,
        l.credit - l.debit AS amount
    FROM ledger_line AS l
    WHERE
        NOT EXISTS (
            SELECT 1 FROM ledger_line AS b
            WHERE b.tenant_id = l.tenant_id AND b.entry_id = l.entry_id AND b.tax_base IS NOT NULL
        )
        AND EXISTS (SELECT 1 FROM tax_entry AS d WHERE d.tenant_id = l.tenant_id AND d.entry_id = l.entry_id)
        AND EXISTS (SELECT 1 FROM tax_entry AS c WHERE c.tenant_id = l.tenant_id AND c.account_id = l.account_id)
    UNION ALL
    SELECT
        l.tenant_id,
        l.entry_id,
        l.account_id,
        l.credit - l.debit AS amount
    FROM ledger_line AS l
    WHERE l.tax_base IS NOT NULL
) AS x
INNER JOIN tenant AS t ON t.id = x.tenant_id
LEFT JOIN journal_entry AS e ON e.tenant_id = x.tenant_id AND e.id = x.entry_id
GROUP BY t.code, x.entry_id, e.number, x.account_id
HAVING SUM(x.amount) <> 0;

-- The sums of VAT by day equal the tax entries, and those of filed returns the entries of the returns.
INSERT INTO @found (rule_name, tenant, detail)
SELECT
    N'tax_days_equal_entries' AS rule_name,
    t.code AS tenant,
    CONCAT(N'box ', x.return_box, N' on ', x.tax_date, N' differs by ', SUM(x.tax)) AS detail
FROM (
    SELECT
        d.tenant_id,
        d.tax_date,
        d.return_box,
        d.side,
        d.account_id,
        d.is_correction,
        d.base,
        d.tax,
        d.filed_base,
        d.filed_tax,
        d.entry_count,
        d.filed_count
    FROM tax_day AS d
    UNION ALL
    SELECT
        i.tenant_id,
        i.tax_date,
        i.return_box,
        i.side,
        COALESCE(i.account_id, 0x00000000000000000000000000000000) AS account_id,
        CASE WHEN i.corrects_id IS NULL THEN 0 ELSE 1 END AS is_correction,
        -i.base AS base,
        -i.tax AS tax,
        CASE WHEN f.tax_entry_id IS NULL THEN 0 ELSE -i.base END AS filed_base,
        CASE WHEN f.tax_entry_id IS NULL THEN 0 ELSE -i.tax END AS filed_tax,
        -1 AS entry_count,
        CASE WHEN f.tax_entry_id IS NULL THEN 0 ELSE -1 END AS filed_count
    FROM tax_entry AS i
    LEFT JOIN vat_return_entry AS f ON f.tenant_id = i.tenant_id AND f.tax_entry_id = i.id
    WHERE i.return_box IS NOT NULL
) AS x
INNER JOIN tenant AS t ON t.id = x.tenant_id
GROUP BY t.code, x.tax_date, x.return_box, x.side, x.account_id, x.is_correction
HAVING
    SUM(x.base) <> 0
    OR SUM(x.tax) <> 0
    OR SUM(x.filed_base) <> 0
    OR SUM(x.filed_tax) <> 0
    OR SUM(x.entry_count) <> 0
    OR SUM(x.filed_count) <> 0;

-- Every filed VAT return has its tax entries, and they make the VAT that it declares.
INSERT INTO @found (rule_name, tenant, detail)
SELECT
    N'return_entries_once' AS rule_name,
    t.code AS tenant,
    CONCAT(N'the VAT return ', r.reference, N' declares ', r.due) AS detail
FROM vat_return AS r
INNER JOIN tenant AS t ON t.id = r.tenant_id
LEFT JOIN vat_return_entry AS f ON f.tenant_id = r.tenant_id AND f.return_id = r.id
LEFT JOIN tax_entry AS i ON i.tenant_id = f.tenant_id AND i.id = f.tax_entry_id
GROUP BY t.code, r.id, r.reference, r.from_date, r.status, r.entry_count, r.due
HAVING
    (
        r.status = N'filed'
        AND (
            COUNT(i.id) <> r.entry_count
            OR COALESCE(SUM(CASE WHEN i.side = N'output' THEN i.tax ELSE -i.tax END), 0) <> r.due
        )
    )
    OR (r.status <> N'filed' AND COUNT(f.tax_entry_id) > 0);

-- What is received, invoiced and credited of orders is what the documents say that did it.
INSERT INTO @found (rule_name, tenant, detail)
SELECT
    N'progress_equals_links' AS rule_name,
    t.code AS tenant,
    CONCAT(N'line ', x.line_no, N' of the order ', d.number) AS detail
FROM (
    SELECT
        p.tenant_id,
        p.document_id,
        p.line_no,
        p.delivered - p.returned AS fulfilled,
        p.invoiced AS billed,
        p.credited
    FROM line_progress AS p
    UNION ALL
    SELECT
        l.tenant_id,
        l.to_id AS document_id,
        l.to_line AS line_no,
        CASE WHEN l.kind = N'fulfils' THEN -l.quantity ELSE 0 END AS fulfilled,
        CASE WHEN l.kind = N'bills' THEN -l.quantity ELSE 0 END AS billed,
        0 AS credited
    FROM document_link AS l
    LEFT JOIN document AS f ON f.tenant_id = l.tenant_id AND f.id = l.from_id
    WHERE l.kind IN (N'fulfils', N'bills') AND COALESCE(f.status, N'posted') <> N'reversed'
    UNION ALL
    SELECT
        b.tenant_id,
        b.to_id AS document_id,
        b.to_line AS line_no,
        0 AS fulfilled,
        0 AS billed,
        -c.quantity AS credited
    FROM document_link AS c
    INNER JOIN document_link AS b
        ON b.tenant_id = c.tenant_id AND b.from_id = c.to_id AND b.from_line = c.to_line AND b.kind = N'bills'
    INNER JOIN document AS n ON n.tenant_id = c.tenant_id AND n.id = c.from_id AND n.status <> N'reversed'
    WHERE c.kind = N'corrects'
    UNION ALL
    SELECT
        b.tenant_id,
        b.to_id AS document_id,
        b.to_line AS line_no,
        0 AS fulfilled,
        0 AS billed,
        k.quantity AS credited
    FROM document_link AS k
    INNER JOIN document_link AS c
        ON c.tenant_id = k.tenant_id AND c.from_id = k.to_id AND c.from_line = k.to_line AND c.kind = N'corrects'
    INNER JOIN document_link AS b
        ON b.tenant_id = c.tenant_id AND b.from_id = c.to_id AND b.from_line = c.to_line AND b.kind = N'bills'
    INNER JOIN document AS n ON n.tenant_id = k.tenant_id AND n.id = k.from_id AND n.status <> N'reversed'
    WHERE k.kind = N'corrects'
) AS x
INNER JOIN tenant AS t ON t.id = x.tenant_id
LEFT JOIN document AS d ON d.tenant_id = x.tenant_id AND d.id = x.document_id
GROUP BY t.code, x.document_id, x.line_no, d.number
HAVING SUM(x.fulfilled) <> 0 OR SUM(x.billed) <> 0 OR SUM(x.credited) <> 0;

-- How far the restored books go, for the record of the drill and for reconciling what came after.
SELECT
    t.code AS tenant,
    t.currency,
    COUNT(e.id) AS entries,
    MAX(e.recorded_at) AS last_recorded_at
FROM tenant AS t
LEFT JOIN journal_entry AS e ON e.tenant_id = t.id AND e.status <> N'draft'
GROUP BY t.code, t.currency
ORDER BY t.code;

SELECT TOP (200) f.rule_name, f.tenant, f.detail
FROM @found AS f
ORDER BY f.rule_name, f.tenant;
IF EXISTS (SELECT 1 FROM @found)
    THROW 50041, N'The restored books contradict themselves: nobody may work in them.', 1;
PRINT N'every check passed';
