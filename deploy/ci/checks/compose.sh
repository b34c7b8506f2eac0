#!/usr/bin/env bash
# docker-compose.yml: its schema, a linter, and what neither sees (lib/compose.py). Redis and haproxy, where they are installed, are
# asked whether they take what they are given.
# Proves: D1, D2, D4, D5, D6, D7, D8, D9, D10, X05, X17, X19, X20, X21, X22, X23, X24, X57.
set -uo pipefail
failed=0
python3 deploy/ci/lib/compose.py || failed=1
check-jsonschema --quiet --builtin-schema vendor.compose-spec docker-compose.yml || failed=1
dclint --quiet --config deploy/ci/dclint.json docker-compose.yml || failed=1

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
if command -v redis-server >/dev/null 2>&1; then
    flags="$(sed -n 's/^ *- exec redis-server \(.*\) --requirepass .*/\1/p' docker-compose.yml)"
    # shellcheck disable=SC2086 # several flags
    redis-server $flags --port 0 --unixsocket "$work/socket" --dir "$work" --requirepass one --daemonize yes --pidfile "$work/pid" \
        >"$work/said" 2>&1 || { cat "$work/said"; failed=1; }
    policy=""
    for _ in $(seq 50); do
        policy="$(REDISCLI_AUTH=one redis-cli -s "$work/socket" config get maxmemory-policy 2>/dev/null | tail -n 1)"
        [ -n "$policy" ] && break
        sleep 0.1
    done
    [ "$policy" = allkeys-lru ] || { echo "D6: redis-server does not run with '$flags': $policy"; failed=1; }
    redis-cli -s "$work/socket" ping 2>&1 | grep -q NOAUTH || { echo "X22: redis-server answers without a password"; failed=1; }
    REDISCLI_AUTH=one redis-cli -s "$work/socket" shutdown nosave >/dev/null 2>&1
fi
if command -v haproxy >/dev/null 2>&1; then
    # The names of the services exist only in their network.
    sed 's/\(server [a-z]* \)api-[a-z]*:/\1127.0.0.1:/' deploy/config/haproxy.cfg >"$work/haproxy.cfg"
    haproxy -c -q -f "$work/haproxy.cfg" >"$work/said" 2>&1 || { cat "$work/said"; failed=1; }
fi
exit "$failed"
