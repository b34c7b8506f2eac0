#!/bin/sh
# Restores the database as it was a quarter of an hour ago, on another server and under another name, proves the books there, and takes
# it away again. Prints how long that took; the job's deadline is the recovery time that is the target.
set -eu
PATH="/opt/mssql-tools18/bin:/opt/mssql-tools/bin:$PATH"
secrets="${SECRETS:-/run/erp-secrets}" sql="${SQL:-/sql}" work="${WORK:-/tmp}"
drill="${BACKUP_DATABASE}_drill"
started="$(date +%s)"
target="$(date -u -d "@$((started - 900))" +%Y-%m-%dT%H:%M:%SZ)"

source_server() {
    SQLCMDPASSWORD="$(cat "$secrets/backup-db-password")" sqlcmd -S "$BACKUP_SERVER" -U "$BACKUP_LOGIN" -N -l 30 -b "$@"
}
drill_server() {
    SQLCMDPASSWORD="$(cat "$secrets/restore-db-password")" sqlcmd -S "$DRILL_SERVER" -U "$DRILL_LOGIN" -N -l 30 -b "$@"
}
# A line of the chain: what it is, a bar, its value.
only() { sed -n "s/^$1|//p" "$work/chain"; }

source_server -d msdb -h -1 -W -w 4000 -i "$sql/chain.sql" \
    -v Database="$BACKUP_DATABASE" BackupContainer="$BACKUP_CONTAINER" TargetUtc="$target" >"$work/said"
tr -d '\r' <"$work/said" >"$work/chain"
[ -n "$(only full)" ] && [ -n "$(only log)" ] || { echo "no chain of backups reaches $target" >&2; exit 1; }

# The template's section for a log once for each log, and that of the differential only where there is one.
only log >"$work/logs"
awk -v diff="$(only differential)" -v logs="$work/logs" '
    /^-- begin: differential/ { skipping = (diff == ""); next }
    /^-- end: differential/   { skipping = 0; next }
    /^-- begin: each log/     { each = 1; section = ""; next }
    /^-- end: each log/ {
        each = 0
        while ((getline url < logs) > 0) {
            copy = section
            at = index(copy, "$(LogUrl)")
            print substr(copy, 1, at - 1) url substr(copy, at + 9)
        }
        next
    }
    skipping { next }
    each     { section = section $0 "\n"; next }
             { print }
' "$sql/pitr-template.sql" >"$work/pitr.sql"

drop="IF DB_ID(N'$drill') IS NOT NULL DROP DATABASE [$drill];"
drill_server -d master -Q "$drop"
drill_server -d master -i "$work/pitr.sql" -v NewDatabase="$drill" TargetUtc="$target" \
    FullUrl="$(only full)" DiffUrl="$(only differential)" DataName="$(only data)" LogName="$(only tlog)" \
    DataFile="$DRILL_FOLDER/$drill.mdf" LogFile="$DRILL_FOLDER/$drill.ldf"
restored="$(date +%s)"
drill_server -d "$drill" -i "$sql/post-restore-checks.sql"
drill_server -d master -Q "$drop"
printf '{"name":"restore-drill","target":"%s","logs":%d,"restoreSeconds":%d,"totalSeconds":%d,"pass":true}\n' \
    "$target" "$(grep -c . "$work/logs")" "$((restored - started))" "$(($(date +%s) - started))"
