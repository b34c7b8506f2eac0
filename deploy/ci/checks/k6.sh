#!/usr/bin/env bash
# The load test says what it says it measures: every profile as its snapshot has it, no server by default and none elsewhere
# unasked, and a breach ends with 99. `K6_SNAPSHOTS=write deploy/ci/checks/k6.sh` writes the snapshots after a change that
# was meant.
# Proves: M10, M11, M12, GV14, X88, X89, X90, X91, X92, X93.
set -euo pipefail
command -v k6 >/dev/null || { echo 'k6 is not installed'; exit 3; }
export K6_NO_USAGE_REPORT=true
work="$(mktemp -d)"
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
failed=0
fail() {
    echo "$*"
    failed=1
}

# Profiles.
local_url=http://127.0.0.1:1
names=(spec smoke ci soak spike stress)
[ "$(cd k6/profiles && echo *.json)" = 'ci.json smoke.json soak.json spec.json spike.json stress.json' ] \
    || fail "k6/profiles has other profiles than ${names[*]}"
inspected() { # NAME SCRIPT [PROFILE]
    local mode=()
    [ "${K6_SNAPSHOTS:-}" != write ] || mode=(--write)
    k6 inspect --execution-requirements -e "BASE_URL=$local_url" ${3:+-e "PROFILE=$3"} "$2" >"$work/inspected" 2>"$work/error" \
        || { fail "$1: $(tail -n 1 "$work/error")"; return; }
    python3 deploy/ci/checks/k6/snapshots.py "k6/profiles/snapshots/$1.json" ${mode[@]+"${mode[@]}"} <"$work/inspected" 2>"$work/error" \
        || fail "$1: $(tail -n 1 "$work/error")"
}
for name in "${names[@]}"; do inspected "$name" k6/main.js "$name"; done
inspected specification k6/spec.js

# Addresses.
refused() { # WHAT OPTION…
    ! k6 inspect "${@:2}" k6/main.js >/dev/null 2>&1 || fail "$1 is not refused"
}
refused 'a run without BASE_URL'
refused 'a server on another machine' -e BASE_URL=https://api.erp.example
refused 'a name that begins like loopback' -e BASE_URL=http://localhost.erp.example
refused 'an unknown profile' -e "BASE_URL=$local_url" -e PROFILE=other
k6 inspect -e BASE_URL=https://api.erp.example -e ALLOW_REMOTE=1 k6/main.js >/dev/null 2>&1 || fail 'ALLOW_REMOTE=1 allows nothing'

# Runs of three seconds against a server that is good, fails, is slow, or says something else.
run() { # MODE WANTED_CODE
    local port code=0
    port="$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')"
    python3 deploy/ci/checks/k6/server.py "$port" "$1" &
    server="$!"
    for _ in $(seq 100); do (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break || sleep 0.05; done
    k6 run --quiet --vus 10 --duration 3s -e "BASE_URL=http://127.0.0.1:$port" -e ADMIN_EMAIL=a@example.com -e ADMIN_PASSWORD=any \
        -e "SUMMARY_FILE=$work/$1.json" k6/spec.js >"$work/$1.log" 2>&1 || code="$?"
    kill "$server"
    wait "$server" 2>/dev/null || true
    server=
    [ "$code" = "$2" ] || fail "a $1 server: k6 ends with $code and not with $2: $(tail -n 1 "$work/$1.log")"
}
run good 0
run failing 99
run slow 99
run wrong 0
ratio() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["checksRatio"])' "$work/$1.json" 2>/dev/null || echo none; }
[ "$(ratio good)" = 1 ] || fail "a good server: checks $(ratio good) and not 1"
# Half of the checks are of the status, which is right there.
python3 -c 'import sys; sys.exit(not float(sys.argv[1]) <= 0.6)' "$(ratio wrong)" 2>/dev/null \
    || fail "a server with wrong bodies: checks $(ratio wrong), nobody looks at the bodies"

# The harness.
python3 -m unittest discover -q -s k6/lib/harness -p 'test_*.py' >"$work/unit" 2>&1 || fail "k6/lib/harness: $(grep -E '^(FAIL|ERROR|\w*Error)' "$work/unit" | head -n 3 | tr '\n' ' ')"
exit "$failed"
