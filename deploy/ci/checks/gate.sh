#!/usr/bin/env bash
# The gates: they have the 19 boxes, say what they were not told, pass where all is well and turn back where it is not. The second
# half needs the binary (ERP_API_BINARY, or target/debug/erp-api); what belongs to a cluster is stood in for.
# Proves: N1, N2, N3, X95.
set -euo pipefail
work="$(mktemp -d)"
server=""
# shellcheck disable=SC2329 # the trap does
cleanup() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi
    rm -rf "$work"
}
trap cleanup EXIT
failed=0
fault() {
    echo "$*"
    failed=1
}
gate() { env -u GATE_CONFIG deploy/ci/gate.sh "$@" >"$work/said" 2>&1; }
# A value of a report: `of deploy 'report["pass"]'`.
of() { python3 -c 'import json, sys; report = json.load(open(f"target/gate/{sys.argv[1]}.json")); print(eval(sys.argv[2]))' "$@"; }

boxes=0
for name in pre deploy post; do
    gate "$name" --dry-run || fault "$name --dry-run: $(tail -n 3 "$work/said")"
    boxes=$((boxes + $(grep -c '^[a-z]' "$work/said")))
done
[ "$boxes" = 19 ] || fault "$boxes boxes, not 19"
gate deploy && fault "a deployment that was told nothing passes"
for step in tests review security performance documentation migrations rollback-plan; do
    gate pre --dry-run
    grep -q "^$step " "$work/said" || fault "pre has no step $step"
done

# A catalogue whose newest backup ended so long ago.
aged() { printf '{"coversUntil":"%s"}' "$(date -u -d "$1 ago" +%FT%TZ)" | python3 deploy/ci/lib/gate_records.py backup >"$work/said" 2>&1; }
aged "14 minutes" || fault "a backup of 14 minutes is refused: $(cat "$work/said")"
aged "16 minutes" && fault "a backup of 16 minutes is good enough"

binary="$(realpath "${ERP_API_BINARY:-${CARGO_TARGET_DIR:-target}/debug/erp-api}" 2>/dev/null || true)"
if [ ! -x "$binary" ] || [ "$failed" != 0 ]; then
    [ "$failed" = 0 ] || exit 1
    echo "there is no binary: gates were not run against a server"
    exit 3
fi
read -r port admin < <(python3 -c '
import socket
ones = [socket.socket() for _ in range(2)]
for one in ones: one.bind(("127.0.0.1", 0))
print(*(one.getsockname()[1] for one in ones))')
password="Gate-$(openssl rand -hex 12)"
(cd "$work" && exec env -i HOME="$work" ASPNETCORE_ENVIRONMENT=Development ASPNETCORE_URLS="http://127.0.0.1:$port" \
    Admin__Urls="http://127.0.0.1:$admin" Bootstrap__AdminPassword="$password" "$binary") >"$work/server.log" 2>&1 &
server="$!"
for _ in $(seq 300); do
    curl -sf "http://127.0.0.1:$port/health/ready" >/dev/null && break
    sleep 0.2
done

# A release that takes something from the schema under the version before says so, or does not pass.
mkdir -p "$work/older/data"
python3 - "$work/data/erp.db" "$work/older/data/erp.db" <<'PYTHON'
import sqlite3, sys
books, older = (sqlite3.connect(path) for path in sys.argv[1:])
books.backup(older)
older.execute("DELETE FROM schema_migration WHERE number > 10")
older.commit()
PYTHON
cat >"$work/planning" <<STUB
#!/usr/bin/env bash
cd "\$PLANNED_IN" && exec env ASPNETCORE_ENVIRONMENT=Development "$binary" "\$@"
STUB
chmod +x "$work/planning"
planned() { PLANNED_IN="$work/$1" ERP_API_BINARY="$work/planning" gate pre --only migrations; }
mkdir "$work/empty"
planned empty || fault "the first release does not pass: $(cat "$work/said")"
planned . || fault "a release without a migration does not pass: $(cat "$work/said")"
planned older && fault "a release that takes from the schema passes unnamed"
GATE_CONTRACT="the version before is stopped" planned older || fault "a named contract does not pass: $(cat "$work/said")"
grep -q "^expand-only: no" target/gate/migration-plan.sql || fault "the plan does not say what it takes"

# The catalogue is stood in for, so that its age can be chosen.
cat >"$work/erp-api" <<'STUB'
#!/usr/bin/env bash
printf '{"id":"1","kind":"log","coversUntil":"%s"}\n' "$(date -u -d "$BACKUP_AGE ago" +%FT%TZ)"
STUB
chmod +x "$work/erp-api"
digest="sha256:$(printf x | sha256sum | cut -d' ' -f1)"
export ERP_API_BINARY="$work/erp-api" BACKUP_AGE="4 minutes" GATE_DIGEST="$digest" GATE_WATCH_SECONDS=6
export ERP_SMOKE_USER=admin@example.com ERP_SMOKE_PASSWORD="$password"
export GATE_STAGING=true GATE_STAGING_URL="http://127.0.0.1:$port" GATE_PREVIEW_URL="http://127.0.0.1:$port"
export GATE_ADMIN_URLS="http://127.0.0.1:$admin" GATE_SWITCH="touch $work/switched" GATE_ROLLBACK="touch $work/back"

gate deploy || fault "a good deployment does not pass: $(cat "$work/said")"
[ -e "$work/switched" ] || fault "nothing was switched"
[ ! -e "$work/back" ] || fault "a good deployment was turned back"
BACKUP_AGE="16 minutes" gate deploy && fault "a deployment without a young backup passes"
[ "$(of deploy 'report["steps"][5]["result"]')" = "not reached" ] || fault "steps after a failure are run"

printf '{"version":"%s","decision":"accepted","by":"S. Ahmad","role":"head of finance","at":"2024-01-15T14:30:00Z"}' \
    "$(deploy/ci/version.sh)" >"$work/signoff.json"
export GATE_SIGNOFF="$work/signoff.json" GATE_STATUS_PUBLISH="cp target/gate/status.json $work/" GATE_ARCHIVE="file://$work/store" \
    GATE_ARCHIVE_ALLOW_MISSING=1 GATE_BURN_SECONDS=2
# How fast a debug build is, is no matter here.
export GATE_STEP_LATENCY="python3 deploy/ci/lib/gate_probe.py latency $GATE_ADMIN_URLS || true"
gate post || fault "post does not pass: $(cat "$work/said")"
[ -e "$work/store/releases/$(deploy/ci/version.sh)/files.json" ] || fault "nothing was archived"
[ -e "$work/status.json" ] || fault "no status was published"
gate post --only archive && fault "a release is archived twice"
grep -q "archived before" target/gate/post-archive.log || fault "the second archive fails for another reason: $(cat target/gate/post-archive.log)"

# The server goes away after the switch.
export GATE_SWITCH="kill -9 $server" GATE_STEP_VERIFY=true
gate deploy && fault "a deployment whose server died passes"
[ -e "$work/back" ] || fault "it was not turned back: $(cat "$work/said")"
[ "$(of deploy 'report["rollback"]["exitCode"]')" = 0 ] || fault "the report has no rollback"
server=""
exit "$failed"
