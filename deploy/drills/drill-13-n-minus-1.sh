#!/usr/bin/env bash
# The previous version on the schema of this one, under requests: expand/contract migrations are what makes a rolling
# deployment and the way back possible (rows E14, X94; docs/adr/0051-migrations-expand-or-contract.md).
#
#     ERP_API_BINARY=target/debug/erp-api ERP_API_PREVIOUS=… deploy/drills/drill-13-n-minus-1.sh
#
# The previous version makes books, this one migrates them, the previous one then reads and posts on the new schema, and this
# one goes on with what it left. Without ERP_API_PREVIOUS the last tag is built, or with no tag the commit before the last
# migration, in target/drill-13. SECONDS_OF_LOAD (10) is how long it is asked; k6 asks where it is installed, otherwise curl.
#
# A previous version that has to be built first takes its time.
# Proves: E14, X94.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
drill 13-n-minus-1 1800
password="$(head -c 18 /dev/urandom | base64)"
root="$local_root"
work="$LOCAL_STATE"
server=""

# Called by the trap.
# shellcheck disable=SC2329
cleanup() {
    [ -z "$server" ] || kill -KILL "$server" 2>/dev/null || true
    git -C "$root" worktree remove --force "$work/tree" 2>/dev/null || true
}
trap 'code=$?; cleanup; (exit "$code"); drill_end' EXIT

cannot() {
    say "$*"
    exit 3
}
# result MEASURED yes|no
result() {
    limit 'schema errors' 0 "$1" "$2"
    finish
}
current="$ERP_API_BINARY"

previous_ref() {
    git -C "$root" describe --tags --abbrev=0 2>/dev/null && return
    local last
    last="$(git -C "$root" log -1 --format=%H --diff-filter=A -- migrations/sqlite)"
    git -C "$root" rev-parse "$last^"
}

build_previous() {
    local ref
    ref="$(previous_ref)" || cannot "there is no earlier version: no tag and no migration in the history"
    say "building $ref, the version before"
    git -C "$root" worktree add --quiet --detach "$work/tree" "$ref" >&2
    (cd "$work/tree" && CARGO_TARGET_DIR="$root/target/drill-13" cargo build --quiet --locked -p erp-api >&2) \
        || cannot "$ref cannot be built"
    previous="$root/target/drill-13/debug/erp-api"
}

previous="${ERP_API_PREVIOUS:-}"
[ -n "$previous" ] || build_previous
[ -x "$previous" ] || cannot "ERP_API_PREVIOUS is no program"
previous="$(realpath "$previous")"

# Nothing of the caller's environment configures them.
run() {
    local program="$1"
    shift
    (cd "$work" && env -i PATH="$PATH" HOME="$work" ASPNETCORE_ENVIRONMENT=Development ASPNETCORE_URLS="$url" \
        Admin__Urls=off Bootstrap__Tenant=home Bootstrap__Template=empty Bootstrap__AdminEmail=admin@home.example \
        Bootstrap__AdminPassword="$password" "$program" "$@")
}

# start_version PROGRAM: waits until it is ready; fails when it ends instead.
start_version() {
    : >"$work/server.log"
    (cd "$work" && exec env -i PATH="$PATH" HOME="$work" ASPNETCORE_ENVIRONMENT=Development ASPNETCORE_URLS="$url" \
        Admin__Urls=off Bootstrap__Tenant=home Bootstrap__Template=empty Bootstrap__AdminEmail=admin@home.example \
        Bootstrap__AdminPassword="$password" "$1" >"$work/server.log" 2>&1) &
    server="$!"
    for _ in $(seq 600); do
        if [ "$(curl -s -o "$work/ready" -w '%{http_code}' "$url/health/ready" || true)" = 200 ]; then return 0; fi
        if ! kill -0 "$server" 2>/dev/null; then
            server=""
            return 1
        fi
        sleep 0.1
    done
    return 1
}

stop_version() {
    kill -TERM "$server"
    wait "$server" || true
    server=""
    cat "$work/server.log" >>"$work/all.log"
}

token() {
    local answer
    answer="$(curl -s "$url/api/v1/auth/token" -d grant_type=password -d username=admin@home.example \
        --data-urlencode "password=$password" -d tenant=home)"
    token="$(printf '%s' "$answer" | sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p')"
    [ -n "$token" ]
}

# ask METHOD PATH [BODY]: notes the status of the answer, and the answer where it is none of success.
asked=0 failed=0
ask() {
    local status
    status="$(curl -s -o "$work/answer" -w '%{http_code}' -X "$1" "$url/api/v1$2" -H "Authorization: Bearer $token" \
        -H 'Content-Type: application/json' ${3:+-d "$3"} || true)"
    asked=$((asked + 1))
    case "$status" in
    2??) ;;
    *)
        failed=$((failed + 1))
        printf '%s %s: %s %s\n' "$1" "$2" "$status" "$(cat "$work/answer")" >>"$work/failed"
        ;;
    esac
}

today="$(TZ=Asia/Riyadh date +%F)"
entry="{\"postingDate\":\"$today\",\"post\":true,\"lines\":[{\"accountCode\":\"1000\",\"debit\":\"5.00\"},{\"accountCode\":\"4000\",\"credit\":\"5.00\"}]}"

books() {
    token || return 1
    ask POST /accounts '{"code":"1000","name":{"en":"Cash"},"type":"asset"}'
    ask POST /accounts '{"code":"4000","name":{"en":"Sales"},"type":"income"}'
    ask POST /journal-entries "$entry"
}

# One of everything that the version before does most.
round() {
    ask POST /journal-entries "$entry"
    ask GET /journal-entries
    ask GET "/reports/trial-balance?asOf=$today"
    ask GET /accounts
    ask GET "/ledger-lines"
    ask GET /audit-log
    ask GET /me
    ask GET /jobs
    ask GET /recurring-entries
    ask GET /integrity/checks
}

load_with_k6() {
    cat >"$work/load.js" <<'JS'
import http from 'k6/http';
export const options = { vus: 4, duration: `${__ENV.SECONDS_OF_LOAD}s` };
const headers = { Authorization: `Bearer ${__ENV.TOKEN}`, 'Content-Type': 'application/json' };
const paths = ['/journal-entries', `/reports/trial-balance?asOf=${__ENV.TODAY}`, '/accounts', '/ledger-lines', '/audit-log', '/me', '/jobs'];
export default function () {
    http.post(`${__ENV.URL}/api/v1/journal-entries`, __ENV.ENTRY, { headers });
    for (const path of paths) http.get(`${__ENV.URL}/api/v1${path}`, { headers, tags: { name: path } });
}
JS
    URL="$url" TOKEN="$token" TODAY="$today" ENTRY="$entry" SECONDS_OF_LOAD="$seconds" \
        k6 run --quiet --summary-export "$work/k6.json" "$work/load.js" >&2
    local summary
    summary="$(tr -d ' \n' <"$work/k6.json")"
    asked=$((asked + $(printf '%s' "$summary" | sed -n 's/.*"http_reqs":{[^}]*"count":\([0-9]*\).*/\1/p')))
    # `passes` of this rate are the failed ones.
    failed=$((failed + $(printf '%s' "$summary" | sed -n 's/.*"http_req_failed":{[^}]*"passes":\([0-9]*\).*/\1/p')))
}

port="$((20000 + $$ % 20000))"
url="http://127.0.0.1:$port"
seconds="${SECONDS_OF_LOAD:-10}"

start_version "$previous" || result "the version before does not start: $(tail -n 1 "$work/server.log")" no
books || result "the version before lets nobody sign in" no
stop_version

plan="$(run "$current" migrate --plan 2>&1 | tail -n 1)"
say "the plan is $plan"
run "$current" migrate >"$work/migrated" 2>&1 || result "this version does not migrate: $(tail -n 1 "$work/migrated")" no
migrations="$(grep -c '^applied ' "$work/migrated" || true)"

start_version "$previous" || result "the version before refuses the schema ($plan): $(grep -v '^$' "$work/server.log" | tail -n 1)" no
token || result "the version before lets nobody sign in on the new schema" no
round
if command -v k6 >/dev/null; then
    load_with_k6
else
    until [ "$SECONDS" -ge "${deadline:=$((SECONDS + seconds))}" ]; do round; done
fi
stop_version

start_version "$current" || result "this version does not start on what the one before left" no
token || result "nobody can sign in after the one before" no
round
stop_version

# What the engines say of a table or column that is not there, or not as it is expected.
schema="$(grep -c -i -E 'no such (table|column)|has no column|datatype mismatch|invalid (object|column) name|constraint failed' "$work/all.log" || true)"
errors=$((failed + schema))
[ "$errors" = 0 ] || head -n 5 "$work/failed" >&2 || true
limit 'schema errors' 0 "$errors of $asked requests, after $migrations migration(s), $plan" "$([ "$errors" = 0 ] && echo yes || echo no)"
finish
