# Sourced after lib.sh by the drills about backups: a server whose backups go to Azurite, encrypted, a log every DRILL_LOG_SECONDS.
# shellcheck shell=bash source-path=SCRIPTDIR
# shellcheck disable=SC2154 # local_root is set by lib.sh

# Five minutes of a working day are five seconds here.
log_seconds="${DRILL_LOG_SECONDS:-5}"

# backed_up PORT ADMIN_PORT: starts Azurite and says with which settings `start_erp` and `erp` go to work.
backed_up() {
    local store
    port="$1" admin="$2" store="$(free_port)"
    start_azurite "$store"
    settings=(Backup__Enabled=true "Backup__LogSeconds=$log_seconds" "Backup__ConnectionString=$(azurite_string "$store")"
        "Backup__EncryptionKey=$(head -c 32 /dev/urandom | base64)")
}
# erp NAME ARGUMENT…: a command with the settings of that server.
erp() {
    local name="$1"
    shift
    env "${settings[@]}" "$local_root/deploy/local/erp.sh" "$LOCAL_STATE/$name" "$port" "$admin" "$@"
}
# catalogue NAME PYTHON: an expression over `all`, the manifests of the store, the oldest first.
catalogue() {
    erp "$1" backup list --json | python3 -c '
import json, sys
all = [json.loads(line) for line in sys.stdin]
print(eval(sys.argv[1]))' "$2"
}
has() { [ "$(catalogue "$1" "sum(e['kind'] == '$2' for e in all)")" -gt "${3:-0}" ]; }
covers() { [ "$(catalogue "$1" "max((e['coversUntil'] for e in all), default='') > '$2'")" = True ]; }
# The moment in microseconds, as the manifests write it.
moment() { date -u +%Y-%m-%dT%H:%M:%S.%6NZ; }
micros() { date -d "$1" +%s%6N; }
# The disk with the books is gone, and what waited beside them for a backup with it.
lose_the_disk() { rm -rf "$LOCAL_STATE/$1"/data/erp.db "$LOCAL_STATE/$1"/data/erp.db-* "$LOCAL_STATE/$1/data/erp.db.archive"; }
