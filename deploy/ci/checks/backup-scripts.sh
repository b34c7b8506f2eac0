#!/usr/bin/env bash
# The scripts of the backup component, run with stand-ins of sqlcmd and az: what they would send, and that they fail when they have to.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir "$work"/{bin,secrets,run}
echo from >"$work/secrets/backup-db-password"
echo to >"$work/secrets/restore-db-password"
failed=0
expect() {
    if [ "$2" != "$3" ]; then
        echo "$1: $3 instead of $2"
        failed=1
    fi
}

cat >"$work/bin/sqlcmd" <<'STAND_IN'
#!/bin/sh
case "$*" in
*chain.sql*) cat "$CHAIN"; [ -z "${SOURCE_FAILS:-}" ] ;;
*pitr.sql*) cp "$WORK/pitr.sql" "$WORK/sent.sql"; echo "$SQLCMDPASSWORD" >"$WORK/password" ;;
*post-restore-checks.sql*) [ -z "${BOOKS_FAIL:-}" ] ;;
esac
STAND_IN
cat >"$work/bin/az" <<'STAND_IN'
#!/bin/sh
case "$*" in
*"blob list"*) kind="$(echo "$*" | sed 's|.*--prefix ErpProd/\([a-z]*\)/.*|\1|')"; cat "$LISTS/$kind" ;;
esac
STAND_IN
chmod +x "$work"/bin/*
export PATH="$work/bin:$PATH" SECRETS="$work/secrets" SQL="$PWD/deploy/k8s/components/backup/sql" WORK="$work/run" CHAIN="$work/chain" LISTS="$work"
export BACKUP_SERVER=s BACKUP_LOGIN=b BACKUP_DATABASE=ErpProd BACKUP_ACCOUNT=a BACKUP_CONTAINER=https://a/sql
export DRILL_SERVER=d DRILL_LOGIN=r DRILL_FOLDER=/f AZURE_CLIENT_ID=c AZURE_TENANT_ID=t AZURE_FEDERATED_TOKEN_FILE="$work/secrets/backup-db-password"

drill() { sh deploy/k8s/components/backup/restore-drill.sh >"$work/out" 2>&1 && echo passes || echo fails; }
restores() { grep -cE "^RESTORE $1" "$work/run/sent.sql" || true; }

printf 'full|u0\r\ndifferential|u1\r\nlog|u2\r\nlog|u3\r\ndata|D\r\ntlog|L\r\n' >"$work/chain"
expect "drill" passes "$(drill)"
expect "drill: databases restored" 3 "$(restores DATABASE)"
expect "drill: logs restored" "FROM URL = N'u2' FROM URL = N'u3'" "$(grep -o "FROM URL = N'u[23]'" "$work/run/sent.sql" | paste -sd' ')"
expect "drill: the same moment in each log" 2 "$(grep -c '^    STOPAT = @stop_at' "$work/run/sent.sql")"
expect "drill: the login of the other server" to "$(cat "$work/run/password")"
sed -i '/differential/d' "$work/chain"
expect "drill without a differential" passes "$(drill)"
expect "drill without a differential: databases restored" 2 "$(restores DATABASE)"
expect "drill when the books are wrong" fails "$(BOOKS_FAIL=1 drill)"
expect "drill when the list breaks off" fails "$(SOURCE_FAILS=1 drill)"
sed -i '/^log/d' "$work/chain"
expect "drill without logs" fails "$(drill)"

inventory() { sh deploy/k8s/components/backup/inventory.sh >"$work/out" 2>&1 && echo passes || echo fails; }
backup() { printf 'ErpProd/%s/ErpProd_%s_%s.bak\t%s\n' "$1" "$1" "$(date -u -d "-$2 minutes" +%Y%m%dT%H%M%SZ)" 100 >>"$work/$1"; }
backup full 3000; backup full 1500; backup diff 700; backup log 4
expect "inventory" passes "$(inventory)"
expect "inventory: what it says" "full: 2 backups, 200 bytes" "$(grep -o '^full: 2 backups, 200 bytes' "$work/out")"
rm "$work/log"; backup log 11
expect "inventory with an old log" fails "$(inventory)"
: >"$work/log"
expect "inventory without logs" fails "$(inventory)"
exit "$failed"
