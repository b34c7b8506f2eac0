"""Runs the queries of deploy/sql/restore/post-restore-checks.sql, which no SQL Server of this machine runs, on the schema of the embedded
engine: its tables and columns have the same names, and the queries need nothing else. Books in order must pass, and each way in which
books can be broken must be found by the rule for it. Prints a line for each fault."""

import re
import sqlite3
import sys
from pathlib import Path

SCRIPT = Path("deploy/sql/restore/post-restore-checks.sql")
MIGRATIONS = Path("migrations/sqlite")
CHECKS = Path("crates/application/src/accounting/integrity/checks.rs")
# In the product's list, but found only while it runs or by an index.
ONLY_IN_THE_PRODUCT = {"daily_balances", "dimension_balances", "lines_match_entries", "numbers_unique", "dimension_sets", "audit_log", "states_as_audited"}
TENANT, JOURNAL, SERIES, PERIOD, CASH, SALES = (bytes([n]) * 16 for n in range(1, 7))


def key(n):
    return n.to_bytes(16, "big")


def queries():
    code = re.sub(r"--.*", "", SCRIPT.read_text())
    code = re.sub(r"\bN'", "'", code)
    found = re.findall(r"INSERT INTO @found \(rule_name, tenant, detail\)\s*(SELECT.*?);", code, re.S)
    last = re.search(r"^SELECT\s+t\.code AS tenant,.*?;", code, re.M | re.S)
    return found, last.group(0)


def database():
    db = sqlite3.connect(":memory:")
    # The program makes this one before the first migration.
    db.execute("CREATE TABLE schema_migration (number INTEGER NOT NULL PRIMARY KEY, name TEXT, checksum BLOB, applied_at INTEGER)")
    for path in sorted(MIGRATIONS.glob("*.sql")):
        db.executescript(path.read_text())
    db.create_function("CONCAT", -1, lambda *parts: "".join("" if part is None else str(part) for part in parts))
    db.execute("PRAGMA ignore_check_constraints = ON")
    return db


def insert(db, table, **given):
    columns = db.execute(f"PRAGMA table_info({table})").fetchall()
    blank = {"INTEGER": 0, "TEXT": "", "BLOB": bytes(16)}
    row = {name: blank[kind] for _, name, kind, needed, default, _ in columns if needed and default is None}
    row.update(given)
    names = ", ".join(row)
    db.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})", list(row.values()))


def entry(db, n, status="posted", **more):
    line = {"tenant_id": TENANT, "entry_id": key(n), "fiscal_period_id": PERIOD, "currency": "SAR"}
    insert(db, "journal_entry", tenant_id=TENANT, id=key(n), journal_id=JOURNAL, status=status, kind="standard", currency="SAR",
           number=f"GJ-{n}", total=100, line_count=2, chain_sequence=n, hash=key(n) * 2, recorded_at=n, **more)
    insert(db, "ledger_line", line_no=1, account_id=CASH, debit=100, currency_debit=100, **line)
    insert(db, "ledger_line", line_no=2, account_id=SALES, credit=100, currency_credit=100, **line)
    event = {"tenant_id": TENANT, "id": key(n), "entity": "journal_entry", "entity_id": key(n)}
    insert(db, "outbox_event", sequence=n, type="journal_entry.posted", **event)
    insert(db, "audit_log", action="posted", actor_kind="user", request_id="r", **event)


def books():
    """Three entries; the third takes back the second."""
    db = database()
    insert(db, "tenant", id=TENANT, code="demo", currency="SAR", country="SA", status="active")
    insert(db, "number_series", tenant_id=TENANT, id=SERIES, code="GJ", document_type="journal_entry", reset="never")
    insert(db, "number_series_counter", tenant_id=TENANT, series_id=SERIES, period_key="", last_number=3)
    insert(db, "journal", tenant_id=TENANT, id=JOURNAL, code="GJ", kind="general", number_series_id=SERIES)
    insert(db, "journal_chain", tenant_id=TENANT, journal_id=JOURNAL, sequence=3, hash=key(3) * 2)
    insert(db, "counter", tenant_id=TENANT, name="event", value=3)
    entry(db, 1)
    entry(db, 2, status="reversed", reversed_by_id=key(3))
    entry(db, 3, reverses_id=key(2))
    balance = {"tenant_id": TENANT, "fiscal_period_id": PERIOD, "currency": "SAR"}
    insert(db, "account_balance", account_id=CASH, debit=300, currency_debit=300, **balance)
    insert(db, "account_balance", account_id=SALES, credit=300, currency_credit=300, **balance)
    return db


# How books are broken, and the rule that must say so.
BROKEN = [
    ("UPDATE ledger_line SET debit = 90 WHERE line_no = 1 AND entry_id = ?1", "trial_balance_zero"),
    ("UPDATE account_balance SET debit = 290 WHERE debit = 300", "trial_balance_zero"),
    ("UPDATE account_balance SET debit = debit + 10, credit = credit + 10", "account_balances"),
    ("UPDATE ledger_line SET currency_debit = 90 WHERE line_no = 1 AND entry_id = ?1", "account_balances"),
    ("UPDATE ledger_line SET credit = 110 WHERE line_no = 2 AND entry_id = ?1", "entries_balanced"),
    ("DELETE FROM ledger_line WHERE entry_id = ?1", "entries_balanced"),
    ("UPDATE journal_chain SET sequence = 4", "chain_heads"),
    ("DELETE FROM journal_entry WHERE id = ?1", "chain_heads"),
    ("UPDATE journal_entry SET chain_sequence = 9 WHERE chain_sequence = 3", "chain_heads"),
    ("UPDATE number_series_counter SET last_number = 4", "numbers_gapless"),
    ("DELETE FROM journal_entry WHERE id = ?1", "numbers_gapless"),
    ("UPDATE journal_entry SET reversed_by_id = NULL", "reversals_mutual"),
    ("DELETE FROM outbox_event WHERE sequence = 2", "events_gapless"),
    ("DELETE FROM outbox_event WHERE sequence = 3", "events_gapless"),
    ("DELETE FROM journal_entry WHERE id = ?1", "feed_matches_ledger"),
    ("DELETE FROM audit_log WHERE entity_id = ?1", "feed_matches_ledger"),
]


def findings(db, texts):
    return [row for text in texts for row in db.execute(text).fetchall()]


def main():
    faults = []
    texts, last = queries()
    rules = {re.search(r"'(\w+)' AS rule_name", text).group(1) for text in texts}
    product = set(re.findall(r'"(\w+)",\n\s+IntegrityRule|check\("(\w+)"', CHECKS.read_text()))
    product = {one or two for one, two in product}
    for name in sorted(rules - product):
        faults.append(f"{SCRIPT}: {name} is not the name of a check of the product")
    for name in sorted(product - rules - ONLY_IN_THE_PRODUCT):
        faults.append(f"{SCRIPT}: the product's check {name} is not there")
    try:
        db = books()
        for row in findings(db, texts):
            faults.append(f"{SCRIPT}: books in order are said to break {row[0]}: {row[2]}")
        if [tuple(row) for row in db.execute(last)] != [("demo", "SAR", 3, 3)]:
            faults.append(f"{SCRIPT}: the last query does not say how far the books go")
        for change, rule in BROKEN:
            db = books()
            db.execute(change, (key(1),) if "?1" in change else ())
            if rule not in {row[0] for row in findings(db, texts)}:
                faults.append(f"{SCRIPT}: {rule} does not see: {change}")
    except sqlite3.Error as error:
        faults.append(f"{SCRIPT}: {error}")
    print("\n".join(faults) if faults else f"{len(texts)} queries find {len(BROKEN)} kinds of damage")
    return bool(faults)


sys.exit(main())
