//! The statements behind the integrity checks. Each compares two sides in one snapshot.

use super::journal_entry_rows::{header_columns, line_columns};
use crate::statements;

/// Maintained balances less their lines, by key; `$key` is the table's own part of it.
macro_rules! balances_against_lines {
    ($table:literal, $keys:literal, $of_balance:literal, $of_line:literal, $day:literal, $lines:literal) => {
        concat!(
            "SELECT p.name AS period, a.code AS account, y.currency, ",
            $day,
            " AS posting_date, y.debit, y.credit FROM (SELECT x.fiscal_period_id, x.account_id, x.currency",
            $keys,
            ", SUM(x.debit) AS debit, SUM(x.credit) AS credit FROM (SELECT b.fiscal_period_id, b.account_id, b.currency",
            $of_balance,
            ", b.debit, b.credit, b.currency_debit, b.currency_credit FROM ",
            $table,
            " b WHERE b.tenant_id = ?1 UNION ALL SELECT l.fiscal_period_id, l.account_id, l.currency",
            $of_line,
            ", -l.debit AS debit, -l.credit AS credit, -l.currency_debit AS currency_debit, \
             -l.currency_credit AS currency_credit FROM ledger_line l WHERE l.tenant_id = ?1",
            $lines,
            ") x GROUP BY x.fiscal_period_id, x.account_id, x.currency",
            $keys,
            " HAVING SUM(x.debit) <> 0 OR SUM(x.credit) <> 0 OR SUM(x.currency_debit) <> 0 \
             OR SUM(x.currency_credit) <> 0) y \
             LEFT JOIN fiscal_period p ON p.tenant_id = ?1 AND p.id = y.fiscal_period_id \
             LEFT JOIN account a ON a.tenant_id = ?1 AND a.id = y.account_id \
             ORDER BY a.code, p.name, y.currency {page ?2}"
        )
    };
}

statements! {
    BALANCE_TOTALS = "accounting.integrity.balance_totals":
        "SELECT SUM(debit) AS debit, SUM(credit) AS credit FROM account_balance WHERE tenant_id = ?1";
    ACCOUNT_BALANCES = "accounting.integrity.account_balances":
        balances_against_lines!("account_balance", "", "", "", "NULL", "");
    DAILY_BALANCES = "accounting.integrity.daily_balances":
        balances_against_lines!(
            "daily_balance", ", x.posting_date", ", b.posting_date", ", l.posting_date", "y.posting_date", "");
    DIMENSION_BALANCES = "accounting.integrity.dimension_balances":
        balances_against_lines!(
            "dimension_balance", ", x.dimension_set_id", ", b.dimension_set_id", ", l.dimension_set_id", "NULL",
            " AND l.dimension_set_id <> ?3");
    ENTRIES_BALANCED = "accounting.integrity.entries_balanced":
        "SELECT e.id, e.number, SUM(l.debit) AS debit, SUM(l.credit) AS credit, e.total, COUNT(l.line_no) AS lines, \
         e.line_count \
         FROM journal_entry e LEFT JOIN ledger_line l ON l.tenant_id = e.tenant_id AND l.entry_id = e.id \
         WHERE e.tenant_id = ?1 AND e.status <> 'draft' GROUP BY e.id, e.number, e.total, e.line_count \
         HAVING COALESCE(SUM(l.debit), 0) <> e.total OR COALESCE(SUM(l.credit), 0) <> e.total \
         OR COUNT(l.line_no) <> e.line_count ORDER BY e.id {page ?2}";
    LINES_MATCH = "accounting.integrity.lines_match":
        "SELECT e.id, e.number, l.line_no FROM ledger_line l \
         INNER JOIN journal_entry e ON e.tenant_id = l.tenant_id AND e.id = l.entry_id WHERE l.tenant_id = ?1 \
         AND (l.posting_date <> e.posting_date OR l.fiscal_period_id <> e.fiscal_period_id \
         OR l.recorded_at <> e.recorded_at OR e.status = 'draft') ORDER BY e.id, l.line_no {page ?2}";
    CHAIN_HEADS = "accounting.integrity.chain_heads":
        "SELECT j.code, c.sequence, MAX(e.chain_sequence) AS last, COUNT(e.chain_sequence) AS entries FROM journal j \
         LEFT JOIN journal_chain c ON c.tenant_id = j.tenant_id AND c.journal_id = j.id \
         LEFT JOIN journal_entry e ON e.tenant_id = j.tenant_id AND e.journal_id = j.id \
         AND e.chain_sequence IS NOT NULL WHERE j.tenant_id = ?1 GROUP BY j.id, j.code, c.sequence, c.hash \
         HAVING COALESCE(MAX(e.chain_sequence), 0) <> COALESCE(c.sequence, 0) \
         OR COUNT(e.chain_sequence) <> COALESCE(c.sequence, 0) OR (c.sequence IS NOT NULL AND NOT EXISTS \
         (SELECT 1 FROM journal_entry h WHERE h.tenant_id = ?1 AND h.journal_id = j.id \
         AND h.chain_sequence = c.sequence AND h.hash = c.hash)) ORDER BY j.code {page ?2}";
    REVERSALS = "accounting.integrity.reversals":
        "SELECT r.id, r.number FROM journal_entry r WHERE r.tenant_id = ?1 AND r.status <> 'draft' \
         AND r.reverses_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM journal_entry o WHERE o.tenant_id = ?1 \
         AND o.id = r.reverses_id AND o.reversed_by_id = r.id AND o.status = 'reversed') UNION ALL \
         SELECT o.id, o.number FROM journal_entry o WHERE o.tenant_id = ?1 \
         AND (o.status = 'reversed' OR o.reversed_by_id IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM journal_entry r \
         WHERE r.tenant_id = ?1 AND r.id = o.reversed_by_id AND r.reverses_id = o.id AND r.status <> 'draft') \
         ORDER BY 1 {page ?2}";
    NUMBERS_UNIQUE = "accounting.integrity.numbers_unique":
        "SELECT e.number, COUNT(*) AS count FROM journal_entry e WHERE e.tenant_id = ?1 AND e.number IS NOT NULL \
         GROUP BY e.number HAVING COUNT(*) > 1 ORDER BY e.number {page ?2}";
    FEED_MATCHES = "accounting.integrity.feed_matches":
        "SELECT o.entity_id AS id, NULL AS number, o.sequence FROM outbox_event o WHERE o.tenant_id = ?1 \
         AND o.type = 'journal_entry.posted' AND NOT EXISTS (SELECT 1 FROM journal_entry e WHERE e.tenant_id = ?1 \
         AND e.id = o.entity_id AND e.status <> 'draft') UNION ALL \
         SELECT e.id, e.number, NULL AS sequence FROM journal_entry e WHERE e.tenant_id = ?1 AND e.status <> 'draft' \
         AND NOT EXISTS (SELECT 1 FROM audit_log a WHERE a.tenant_id = ?1 AND a.entity_id = e.id \
         AND a.entity = 'journal_entry' AND a.action = 'posted') ORDER BY 1 {page ?2}";
    OPEN_ITEMS = "accounting.integrity.open_items":
        // A merged party and its survivor are one.
        "SELECT a.code AS account, y.party, y.difference FROM (SELECT x.account_id, COALESCE(s.survivor, x.party) AS party, \
         SUM(x.amount) AS difference \
         FROM (SELECT i.account_id, i.party, i.open_company_amount AS amount FROM open_item i WHERE i.tenant_id = ?1 \
         UNION ALL SELECT l.account_id, l.party, l.credit - l.debit AS amount FROM account c \
         INNER JOIN ledger_line l ON l.tenant_id = c.tenant_id AND l.account_id = c.id \
         WHERE c.tenant_id = ?1 AND c.control IN ('receivable', 'payable')) x \
         LEFT JOIN party_alias s ON s.tenant_id = ?1 AND s.code = x.party \
         GROUP BY x.account_id, COALESCE(s.survivor, x.party) HAVING SUM(x.amount) <> 0) y \
         LEFT JOIN account a ON a.tenant_id = ?1 AND a.id = y.account_id ORDER BY a.code, y.party {page ?2}";
    ALLOCATIONS = "accounting.integrity.allocations":
        "SELECT e.id, e.number, i.line_no FROM open_item i \
         INNER JOIN journal_entry e ON e.tenant_id = i.tenant_id AND e.id = i.entry_id \
         LEFT JOIN (SELECT item_id, CAST(SUM(amount) AS DECIMAL(19,4)) AS amount, \
         CAST(SUM(company_amount) AS DECIMAL(19,4)) AS company_amount FROM allocation_item \
         WHERE tenant_id = ?1 GROUP BY item_id) x ON x.item_id = i.id WHERE i.tenant_id = ?1 \
         AND (i.amount - COALESCE(x.amount, 0) <> i.open_amount \
         OR i.company_amount - COALESCE(x.company_amount, 0) <> i.open_company_amount) ORDER BY e.id, i.line_no {page ?2}";
    OPEN_LINES = "accounting.integrity.open_lines":
        "SELECT a.code AS account, y.difference FROM (SELECT x.account_id, SUM(x.amount) AS difference FROM (\
         SELECT o.account_id, o.open_company_amount AS amount FROM open_line o WHERE o.tenant_id = ?1 \
         UNION ALL SELECT l.account_id, l.credit - l.debit AS amount FROM account c \
         INNER JOIN ledger_line l ON l.tenant_id = c.tenant_id AND l.account_id = c.id \
         WHERE c.tenant_id = ?1 AND c.reconcilable = 1 AND c.control NOT IN ('receivable', 'payable')) x \
         GROUP BY x.account_id HAVING SUM(x.amount) <> 0) y \
         LEFT JOIN account a ON a.tenant_id = ?1 AND a.id = y.account_id ORDER BY a.code {page ?2}";
    LINE_MATCHES = "accounting.integrity.line_matches":
        "SELECT e.id, e.number, o.line_no FROM open_line o \
         INNER JOIN journal_entry e ON e.tenant_id = o.tenant_id AND e.id = o.entry_id \
         LEFT JOIN (SELECT x.entry_id, x.line_no, CAST(SUM(x.amount) AS DECIMAL(19,4)) AS amount, \
         CAST(SUM(x.company_amount) AS DECIMAL(19,4)) AS company_amount FROM line_match m \
         INNER JOIN line_match_line x ON x.tenant_id = m.tenant_id AND x.match_id = m.id \
         WHERE m.tenant_id = ?1 AND m.status = 'matched' GROUP BY x.entry_id, x.line_no) t \
         ON t.entry_id = o.entry_id AND t.line_no = o.line_no WHERE o.tenant_id = ?1 \
         AND (o.open_amount <> CASE WHEN o.reversed_at IS NULL THEN o.amount - COALESCE(t.amount, 0) ELSE 0 END \
         OR o.open_company_amount <> CASE WHEN o.reversed_at IS NULL THEN o.company_amount - COALESCE(t.company_amount, 0) \
         ELSE 0 END OR (o.reversed_at IS NOT NULL AND t.amount IS NOT NULL)) ORDER BY e.id, o.line_no {page ?2}";
    TAX_ENTRIES = "accounting.integrity.tax_entries":
        "SELECT e.id, e.number, a.code AS account, y.difference FROM (SELECT x.entry_id, x.account_id, SUM(x.amount) AS difference \
         FROM (SELECT t.entry_id, t.account_id, CASE WHEN t.side = 'input' THEN t.tax ELSE -t.tax END AS amount \
         FROM tax_entry t WHERE t.tenant_id = ?1 AND t.account_id IS NOT NULL UNION ALL \
         SELECT l.entry_id, l.account_id, l.credit - l.debit AS amount \
         FROM (SELECT DISTINCT t.entry_id FROM tax_entry t WHERE t.tenant_id = ?1) d \
         INNER JOIN ledger_line l ON l.tenant_id = ?1 AND l.entry_id = d.entry_id \
         INNER JOIN (SELECT DISTINCT t.account_id FROM tax_entry t WHERE t.tenant_id = ?1) c ON c.account_id = l.account_id \
         WHERE NOT EXISTS (SELECT 1 FROM ledger_line b WHERE b.tenant_id = ?1 AND b.entry_id = d.entry_id \
         AND b.tax_base IS NOT NULL) UNION ALL SELECT l.entry_id, l.account_id, l.credit - l.debit AS amount FROM ledger_line l \
         WHERE l.tenant_id = ?1 AND l.tax_base IS NOT NULL) x \
         GROUP BY x.entry_id, x.account_id HAVING SUM(x.amount) <> 0) y \
         LEFT JOIN journal_entry e ON e.tenant_id = ?1 AND e.id = y.entry_id \
         LEFT JOIN account a ON a.tenant_id = ?1 AND a.id = y.account_id ORDER BY e.id, a.code {page ?2}";
    TAX_DAYS = "accounting.integrity.tax_days":
        "SELECT x.tax_date, x.return_box, x.side, a.code AS account, SUM(x.base) AS base, SUM(x.tax) AS tax, \
         SUM(x.entry_count) AS count, SUM(x.filed_count) AS filed FROM (SELECT d.tax_date, d.return_box, d.side, d.account_id, \
         d.is_correction, d.base, d.tax, d.filed_base, d.filed_tax, d.entry_count, d.filed_count FROM tax_day d \
         WHERE d.tenant_id = ?1 UNION ALL SELECT e.tax_date, e.return_box, e.side, COALESCE(e.account_id, ?3) AS account_id, \
         CASE WHEN e.corrects_id IS NULL THEN 0 ELSE 1 END AS is_correction, -e.base AS base, -e.tax AS tax, \
         CASE WHEN f.tax_entry_id IS NULL THEN 0 ELSE -e.base END AS filed_base, \
         CASE WHEN f.tax_entry_id IS NULL THEN 0 ELSE -e.tax END AS filed_tax, -1 AS entry_count, \
         CASE WHEN f.tax_entry_id IS NULL THEN 0 ELSE -1 END AS filed_count FROM tax_entry e \
         LEFT JOIN vat_return_entry f ON f.tenant_id = e.tenant_id AND f.tax_entry_id = e.id \
         WHERE e.tenant_id = ?1 AND e.return_box IS NOT NULL) x \
         LEFT JOIN account a ON a.tenant_id = ?1 AND a.id = x.account_id \
         GROUP BY x.tax_date, x.return_box, x.side, x.account_id, x.is_correction, a.code \
         HAVING SUM(x.base) <> 0 OR SUM(x.tax) <> 0 OR SUM(x.filed_base) <> 0 OR SUM(x.filed_tax) <> 0 \
         OR SUM(x.entry_count) <> 0 OR SUM(x.filed_count) <> 0 ORDER BY x.tax_date, x.return_box, x.side, a.code {page ?2}";
    RETURN_ENTRIES = "accounting.integrity.return_entries":
        "SELECT r.id, r.reference, r.entry_count, r.due, COUNT(t.id) AS count, \
         SUM(CASE WHEN t.side = 'output' THEN t.tax ELSE -t.tax END) AS owed FROM vat_return r \
         LEFT JOIN vat_return_entry f ON f.tenant_id = r.tenant_id AND f.return_id = r.id \
         LEFT JOIN tax_entry t ON t.tenant_id = f.tenant_id AND t.id = f.tax_entry_id WHERE r.tenant_id = ?1 \
         GROUP BY r.id, r.reference, r.status, r.entry_count, r.due \
         HAVING (r.status = 'filed' AND (COUNT(t.id) <> r.entry_count \
         OR COALESCE(SUM(CASE WHEN t.side = 'output' THEN t.tax ELSE -t.tax END), 0) <> r.due)) \
         OR (r.status <> 'filed' AND COUNT(f.tax_entry_id) > 0) ORDER BY r.id {page ?2}";
    PROGRESS = "accounting.integrity.progress":
        "SELECT d.number, p.line_no, CAST(p.delivered - p.returned - COALESCE(x.fulfilled, 0) AS DECIMAL(19,6)) AS delivered, \
         CAST(p.invoiced - COALESCE(x.billed, 0) AS DECIMAL(19,6)) AS invoiced, \
         CAST(p.credited - COALESCE(x.credited, 0) AS DECIMAL(19,6)) AS credited FROM line_progress p \
         LEFT JOIN document d ON d.tenant_id = p.tenant_id AND d.id = p.document_id \
         LEFT JOIN (SELECT u.to_id, u.to_line, SUM(u.fulfilled) AS fulfilled, SUM(u.billed) AS billed, SUM(u.credited) AS credited \
         FROM (SELECT l.to_id, l.to_line, CASE WHEN l.kind = 'fulfils' THEN l.quantity ELSE 0 END AS fulfilled, \
         CASE WHEN l.kind = 'bills' THEN l.quantity ELSE 0 END AS billed, 0 AS credited FROM document_link l \
         LEFT JOIN document f ON f.tenant_id = l.tenant_id AND f.id = l.from_id \
         WHERE l.tenant_id = ?1 AND l.kind IN ('fulfils', 'bills') AND COALESCE(f.status, 'posted') <> 'reversed' UNION ALL \
         SELECT b.to_id, b.to_line, 0 AS fulfilled, 0 AS billed, c.quantity AS credited FROM document_link c \
         INNER JOIN document_link b ON b.tenant_id = c.tenant_id AND b.from_id = c.to_id AND b.from_line = c.to_line AND b.kind = 'bills' \
         INNER JOIN document n ON n.tenant_id = c.tenant_id AND n.id = c.from_id AND n.status <> 'reversed' \
         WHERE c.tenant_id = ?1 AND c.kind = 'corrects' UNION ALL \
         SELECT b.to_id, b.to_line, 0 AS fulfilled, 0 AS billed, -t.quantity AS credited FROM document_link t \
         INNER JOIN document_link c ON c.tenant_id = t.tenant_id AND c.from_id = t.to_id AND c.from_line = t.to_line AND c.kind = 'corrects' \
         INNER JOIN document_link b ON b.tenant_id = c.tenant_id AND b.from_id = c.to_id AND b.from_line = c.to_line AND b.kind = 'bills' \
         INNER JOIN document n ON n.tenant_id = t.tenant_id AND n.id = t.from_id AND n.status <> 'reversed' \
         WHERE t.tenant_id = ?1 AND t.kind = 'corrects') u GROUP BY u.to_id, u.to_line) x \
         ON x.to_id = p.document_id AND x.to_line = p.line_no WHERE p.tenant_id = ?1 \
         AND (p.delivered - p.returned <> COALESCE(x.fulfilled, 0) OR p.invoiced <> COALESCE(x.billed, 0) \
         OR p.credited <> COALESCE(x.credited, 0)) ORDER BY p.document_id, p.line_no {page ?2}";
    SERIES = "accounting.integrity.series":
        "SELECT s.id, s.code, s.reset, c.period_key, NULL AS posting_date, NULL AS fiscal_year, \
         c.last_number AS count FROM number_series s \
         INNER JOIN number_series_counter c ON c.tenant_id = s.tenant_id AND c.series_id = s.id \
         WHERE s.tenant_id = ?1 AND (s.document_type = 'journal_entry' OR EXISTS (SELECT 1 FROM journal j \
         WHERE j.tenant_id = ?1 AND j.number_series_id = s.id)) UNION ALL \
         SELECT s.id, s.code, s.reset, NULL AS period_key, e.posting_date, y.code AS fiscal_year, \
         COUNT(*) AS count FROM journal_entry e \
         INNER JOIN journal j ON j.tenant_id = e.tenant_id AND j.id = e.journal_id \
         INNER JOIN number_series s ON s.tenant_id = j.tenant_id AND s.id = j.number_series_id \
         INNER JOIN fiscal_period p ON p.tenant_id = e.tenant_id AND p.id = e.fiscal_period_id \
         INNER JOIN fiscal_year y ON y.tenant_id = p.tenant_id AND y.id = p.fiscal_year_id \
         WHERE e.tenant_id = ?1 AND e.number IS NOT NULL GROUP BY s.id, s.code, s.reset, e.posting_date, y.code";
    EVENTS = "accounting.integrity.events":
        "SELECT COUNT(*) AS count, MIN(o.sequence) AS first, MAX(o.sequence) AS last, \
         (SELECT c.value FROM counter c WHERE c.tenant_id = ?1 AND c.name = 'event') AS value \
         FROM outbox_event o WHERE o.tenant_id = ?1";
    CHAINED_JOURNALS = "accounting.integrity.chained_journals":
        "SELECT j.id, j.code FROM journal_chain c INNER JOIN journal j ON j.tenant_id = c.tenant_id \
         AND j.id = c.journal_id WHERE c.tenant_id = ?1 ORDER BY j.code";
    CHAINED_LINES_STATEMENT = "accounting.integrity.chained_lines": CHAINED_LINES;
}

/// Entries of a journal in chain order, each with its lines; streamed.
pub const CHAINED_LINES: &str = concat!(
    "SELECT ",
    header_columns!(),
    ", c.sequence AS head_sequence, c.hash AS head_hash, \
     CASE WHEN l.posting_date = e.posting_date AND l.fiscal_period_id = e.fiscal_period_id \
     AND l.recorded_at = e.recorded_at THEN 1 ELSE 0 END AS line_matches, \
     CASE WHEN l.line_no IS NULL THEN 0 ELSE 1 END AS has_line, ",
    line_columns!(),
    " FROM journal_entry e LEFT JOIN journal_chain c ON c.tenant_id = e.tenant_id AND c.journal_id = e.journal_id \
     LEFT JOIN ledger_line l ON l.tenant_id = e.tenant_id AND l.entry_id = e.id \
     WHERE e.tenant_id = ?1 AND e.journal_id = ?2 AND e.chain_sequence IS NOT NULL \
     ORDER BY e.chain_sequence, l.line_no"
);
