#!/usr/bin/env bash
# The drills and the system on one machine, without running them: their scripts parse, each has the frame's shape, a limit that
# is missed fails the drill and the report, and the proxy takes its configuration.
set -euo pipefail
failed=0
fail() {
    echo "$*"
    failed=1
}
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

scripts=(deploy/drills/*.sh deploy/local/*.sh k6/run.sh)
for script in "${scripts[@]}"; do
    bash -n "$script" 2>"$work/error" || fail "$(head -n 1 "$work/error")"
done
if command -v shellcheck >/dev/null; then
    # Other files that a script reads are named at run time.
    shellcheck -x -S info -e SC1091,SC2154 -f gcc "${scripts[@]}" >"$work/shellcheck" || fail "$(head -n 10 "$work/shellcheck")"
else
    fail 'shellcheck is not installed'
fi
python3 - deploy/drills/*.py k6/lib/harness/*.py deploy/ci/checks/k6/*.py 2>"$work/error" <<'END' || fail "$(tail -n 1 "$work/error")"
import sys
for path in sys.argv[1:]:
    compile(open(path, encoding="utf-8").read(), path, "exec")
END

# The shape of a drill.
numbers=
for script in deploy/drills/drill-*.sh; do
    name="$(basename "$script" .sh)"
    number="$(sed -n 's/^drill-\([0-9][0-9]\)-.*/\1/p' <<<"$name")"
    [ -x "$script" ] || fail "$script is not executable"
    [[ "$number" =~ ^(0[1-9]|1[0-3])$ ]] || fail "$script: drills are numbered 01 to 13"
    case " $numbers " in *" $number "*) fail "$script: another drill has its number" ;; esac
    numbers="$numbers $number"
    grep -q '^source "$(dirname "${BASH_SOURCE\[0\]}")/lib.sh"$' "$script" || fail "$script does not use lib.sh"
    grep -Eq "^drill ${name#drill-}( |\$)" "$script" || fail "$script does not begin as drill ${name#drill-}"
    grep -Eq '^ *limit ' "$script" || fail "$script measures nothing"
    [ "$(grep -v '^ *$' "$script" | tail -n 1)" = finish ] || fail "$script does not end with finish"
done

# The frame itself, with drills that start nothing.
copy="$work/tree"
mkdir -p "$copy/deploy"
cp -a deploy/drills deploy/local "$copy/deploy/"
rm -f "$copy"/deploy/drills/drill-*.sh
drill() { # NAME CODE LINE…
    local script="$copy/deploy/drills/drill-$1.sh" code=0
    printf '%s\n' '#!/usr/bin/env bash' 'source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"' "drill $1 30" "${@:3}" >"$script"
    chmod +x "$script"
    ERP_API_BINARY=/bin/true "$script" >"$work/$1.out" 2>"$work/$1.err" || code="$?"
    [ "$code" = "$2" ] || fail "lib.sh: a drill '${*:3}' ends with $code and not with $2: $(tail -n 1 "$work/$1.err")"
}
report() { # CODE NUMBER
    local code=0
    ERP_API_BINARY=/bin/true "$copy/deploy/drills/report.sh" "$2" >"$work/report" 2>&1 || code="$?"
    [ "$code" = "$1" ] || fail "report.sh: a report of drill $2 ends with $code and not with $1"
    rm -rf "$copy/target/drills/results"
}
drill 01-kept 0 'limit time "<= 5 ms" "4 ms" "$(at_most 4 5)"' finish
python3 -c '
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
assert [sorted(line) for line in lines] == [["measured", "name", "pass", "target"]] and lines[0]["pass"] is True' "$work/01-kept.out" \
    2>/dev/null || fail 'lib.sh: a result is not {name, target, measured, pass}'
drill 02-missed 1 'limit time "<= 5 ms" "6 ms" "$(at_most 6 5)"' finish
drill 03-never 1 'limit time "<= 5 ms" "- ms" "$(at_most - 5)"' finish
drill 04-unfinished 1 'limit time "<= 5 ms" "4 ms" yes'
drill 05-empty 1 finish
drill 06-broken 1 'limit time "<= 5 ms" "4 ms" yes' false finish
drill 07-elsewhere 3 'need no-such-program "a package"' finish
drill 08-program 0 'start sleeper sleep 60' 'limit pid any any "$(pid_of sleeper >/dev/null && echo yes)"' 'pid_of sleeper >"$LOCAL_STATE/number"' finish
if kill -0 "$(cat "$copy/target/drills/08-program/number")" 2>/dev/null; then fail 'lib.sh: a program outlives its drill'; fi
report 0 01
report 1 02
report 1 06
report 0 07

# The proxy.
export LOCAL_PUBLIC_PORT=18001 LOCAL_BLUE_PORT=18002 LOCAL_GREEN_PORT=18003 LOCAL_SECONDARY_PORT=18004 LOCAL_SOCKET="$work/socket"
export PATH="$PATH:/usr/sbin"
if command -v haproxy >/dev/null; then
    haproxy -c -q -f deploy/local/haproxy.cfg >"$work/error" 2>&1 || fail "$(grep -m 1 -E 'ALERT|WARNING' "$work/error")"
else
    fail 'haproxy is not installed'
fi
grep -Eq '^ *(bind|server) ' deploy/local/haproxy.cfg || fail 'haproxy.cfg serves nothing'
while read -r line; do
    fail "haproxy.cfg: not on loopback: $line"
done < <(grep -E '^ *(bind|server) ' deploy/local/haproxy.cfg | grep -v '"127\.0\.0\.1:')
exit "$failed"
