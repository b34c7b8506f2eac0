"""What the T-SQL of deploy/sql has to say, where no parser at hand knows the statement. Prints a line for each fault.

With a folder as argument it also writes there a copy of every file in which BACKUP, RESTORE, DBCC and ALTER DATABASE are replaced by a
statement that sqlfluff knows, so that the rest can be linted.
"""

import re
import sys
from pathlib import Path

ROOT = Path("deploy/sql")
SERVICE = r"SERVERPROPERTY\(N'EngineEdition'\) AS INT\) IN \(5, 8\)\s+THROW"
ENCRYPTED = r"ENCRYPTION \(ALGORITHM = AES_256, SERVER CERTIFICATE = erp_backup\)"
# Each file with what must be in it and what must not. Comments do not count.
RULES = {
    "backup/full.sql": (["BACKUP DATABASE @database TO URL = @url", "recovery_model_desc = N'FULL'", SERVICE], ["DIFFERENTIAL", "COPY_ONLY"]),
    "backup/diff.sql": (["BACKUP DATABASE @database TO URL = @url", r"\bDIFFERENTIAL,", "differential_base_guid", SERVICE], ["COPY_ONLY"]),
    "backup/log.sql": (["BACKUP LOG @database TO URL = @url", "last_log_backup_lsn", SERVICE], ["COPY_ONLY", "NO_TRUNCATE"]),
    "backup/tail-log.sql": (["BACKUP LOG @database TO URL = @url"], ["COPY_ONLY"]),
    "backup/verify.sql": (
        ["RESTORE VERIFYONLY FROM URL = @url WITH CHECKSUM", "has_backup_checksums = 0", "is_damaged = 1", r"first_lsn <> g\.expected_lsn"],
        ["BACKUP "],
    ),
    "backup/credential.sql": (
        ["SHARED ACCESS SIGNATURE", "BACKUP CERTIFICATE erp_backup", "WITH PRIVATE KEY", "CREATE MASTER KEY"],
        [r"PASSWORD = N''[A-Za-z0-9]", r"sig=", r"QUOTENAME\(N'\$\(BackupSas"],
    ),
    "restore/pitr-template.sql": (
        [
            r"AT TIME ZONE CURRENT_TIMEZONE_ID\(\)",
            r"DB_ID\(N'\$\(NewDatabase\)'\) IS NOT NULL\s+THROW",
            r"RIGHT\(N'\$\(TargetUtc\)', 1\) <> N'Z'",
            "RESTRICTED_USER",
        ],
        [r"\bREPLACE\b", "ErpProd"],
    ),
    "restore/catalogue.sql": ([r"AT TIME ZONE CURRENT_TIMEZONE_ID\(\) AT TIME ZONE 'UTC'", "is_copy_only = 0", "family_sequence_number = 1"], ["RESTORE"]),
    "restore/orphan-users.sql": (["ALTER USER", "WITH LOGIN", "STRING_AGG", "THROW", "erp_application"], ["sp_change_users_login"]),
    "restore/post-restore-checks.sql": (["DBCC CHECKDB WITH NO_INFOMSGS, ALL_ERRORMSGS, DATA_PURITY", "N'all_tenants', 1", "THROW"], ["REPAIR"]),
    "maintenance/query-store.sql": (
        [
            r"OPERATION_MODE = READ_WRITE",
            r"STALE_QUERY_THRESHOLD_DAYS = 30",
            r"DATA_FLUSH_INTERVAL_SECONDS = 900",
            r"MAX_STORAGE_SIZE_MB = 1000",
            r"INTERVAL_LENGTH_MINUTES = 60",
            r"QUERY_CAPTURE_MODE = AUTO",
            r"SIZE_BASED_CLEANUP_MODE = AUTO",
            r"MAX_PLANS_PER_QUERY = 200",
            r"WAIT_STATS_CAPTURE_MODE = ON",
        ],
        [],
    ),
    "maintenance/index-optimize.sql": ([r">= 5\b", r"<= 30\b", "RESUMABLE = ON", "ONLINE = ON", "@until"], ["sp_MSforeachtable"]),
    "maintenance/statistics.sql": (["modification_counter > 0", "UPDATE STATISTICS"], ["sp_updatestats"]),
    "maintenance/integrity-check.sql": (["DBCC CHECKDB WITH NO_INFOMSGS, ALL_ERRORMSGS", "suspect_pages", "CHECKSUM"], ["REPAIR", "NOINDEX"]),
    "maintenance/expensive-queries.sql": ([r"DB_ID\(\)", "query_store_runtime_stats", "/ 1000", r"\nGO\n"], []),
}
# Every statement that begins so ends at the next semicolon; none of the texts in them has one.
OPAQUE = re.compile(r"^([ \t]*)(BACKUP|RESTORE|DBCC|ALTER DATABASE)\b.*?;", re.M | re.S)
faults = []


def fault(name, text):
    faults.append(f"deploy/sql/{name}: {text}")


def statements(code, keyword):
    return [found.group(0) for found in OPAQUE.finditer(code) if found.group(0).lstrip().startswith(keyword)]


def backups(name, code):
    found = statements(code, "BACKUP ")
    for statement in found:
        for wanted in (r"\bCHECKSUM,", r"\bCOMPRESSION,", ENCRYPTED, r"TO URL = @url"):
            if not re.search(wanted, statement):
                fault(name, f"a backup without {wanted}")
        if not re.search(r"\b(STOP_ON_ERROR|CONTINUE_AFTER_ERROR),", statement):
            fault(name, "a backup that does not say what an error does")
    if name == "backup/tail-log.sql":
        forms = [("healthy", ["NORECOVERY", "STOP_ON_ERROR"]), ("damaged", ["NORECOVERY", "CONTINUE_AFTER_ERROR"])]
        forms.append(("offline", ["NO_TRUNCATE", "CONTINUE_AFTER_ERROR"]))
        if len(found) != len(forms):
            fault(name, f"{len(found)} forms instead of {len(forms)}")
        for (form, options), statement in zip(forms, found, strict=False):
            for option in options:
                if not re.search(rf"\b{option},", statement):
                    fault(name, f"the form {form} lacks {option}")
    elif len(found) != 1:
        fault(name, f"{len(found)} backups")
    if not re.search(r"RESTORE VERIFYONLY FROM URL = @url WITH CHECKSUM", code):
        fault(name, "what was written is not read again")


def point_in_time(name, code):
    restores = statements(code, "RESTORE ")
    if len(restores) < 4:
        fault(name, f"{len(restores)} restores: a full one, a differential one, logs and the recovery are wanted")
        return
    for statement in restores:
        if "[$(NewDatabase)]" not in statement:
            fault(name, "a restore that is not to the new name")
    for statement in restores[:-1]:
        for option in (r"\bNORECOVERY,", r"\bCHECKSUM,", r"\bSTOP_ON_ERROR[,;]"):
            if not re.search(option, statement):
                fault(name, f"without {option}: {' '.join(statement.split())[:70]}")
        if statement.startswith("RESTORE LOG") and not re.search(r"STOPAT = @stop_at;$", statement):
            fault(name, "a RESTORE LOG without STOPAT, or with another one")
    if restores[0].count("MOVE N'") != 2:
        fault(name, "the files of the full backup are not moved away from those of the live database")
    if not any(statement.startswith("RESTORE LOG") for statement in restores):
        fault(name, "no log is restored")
    if restores[-1] != "RESTORE DATABASE [$(NewDatabase)] WITH RECOVERY;":
        fault(name, "the last restore is not the recovery alone")
    if len(re.findall(r"\bRECOVERY\b", code)) != 1:
        fault(name, "recovery more than once, or never")
    # The program repeats this part for each log.
    raw = (ROOT / name).read_text()
    for mark in ("-- begin: each log", "-- end: each log", "-- begin: differential", "-- end: differential"):
        if raw.count(mark) != 1:
            fault(name, f"the mark `{mark}` is there {raw.count(mark)} times")


def main():
    masked = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    there = {str(path.relative_to(ROOT)) for path in ROOT.rglob("*.sql")}
    for name in sorted(set(RULES) - there):
        fault(name, "is missing")
    for name in sorted(there - set(RULES)):
        if not name.startswith("agent-jobs/"):
            fault(name, "has no rules: say in deploy/ci/lib/sql_rules.py what must be in it")
    for name in sorted(there):
        raw = (ROOT / name).read_text()
        code = re.sub(r"--.*", "", raw)
        if re.search(r"(?i)password\s*=\s*N?'[^'$]+'", code):
            fault(name, "a password")
        required, forbidden = RULES.get(name, ([], []))
        for wanted in required:
            if not re.search(wanted, code):
                fault(name, f"lacks {wanted}")
        for unwanted in forbidden:
            if re.search(unwanted, code):
                fault(name, f"has {unwanted}")
        if name in ("backup/full.sql", "backup/diff.sql", "backup/log.sql", "backup/tail-log.sql"):
            backups(name, code)
        if name == "restore/pitr-template.sql":
            point_in_time(name, code)
        if masked:
            copy = masked / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(OPAQUE.sub(r"\1PRINT N'left out';", raw))


main()
for line in faults:
    print(line)
sys.exit(bool(faults))
