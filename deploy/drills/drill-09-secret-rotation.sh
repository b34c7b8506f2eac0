#!/usr/bin/env bash
# The passwords change in the vault while both are good, the old one ends, and then the vault fails. The password of Redis and
# the key that signs tokens are rotated; the password of SQL Server is rotated on the mock server by the suite
# (`sql_server_door`), which cannot be driven from here.
# Proves: B15, X04.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# ReloadInterval; in production the time in which both passwords are good must exceed it by more than a tenth.
interval="${DRILL_RELOAD_SECONDS:-20}"
overlap=$((interval * 3 / 2))
outage=$((interval * 5 + 10))
drill 09-secret-rotation $((overlap + outage + 200))
need redis-cli 'Debian package redis-tools'
port="$(free_port)" admin="$(free_port)" redis="$(free_port)" tls="$(free_port)" control="$(free_port)"
secret() { head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n'; }
old="$(secret)" new="$(secret)"
start_redis "$redis" --requirepass "$old"
start_stubs "$tls" "$control" --secret "redis-password=$old" --secret "jwt-key=$(secret)"
mapfile -t cloud < <(stubs_environment "$control")
start_erp api "$port" "$admin" "${cloud[@]}" "KeyVault__Uri=https://127.0.0.1:$tls/" \
    "ReloadInterval=$(printf '00:%02d:%02d' $((interval / 60)) $((interval % 60)))" "ConnectionStrings__Redis=127.0.0.1:$redis"
until_true 10 metric_is "$admin" redis_up 1
api="http://127.0.0.1:$port/api/v1"

redis() { redis-cli --no-auth-warning -p "$redis" -a "$1" "${@:2}"; }
# The number of the newest connection that is not ours.
newest() { redis "$new" CLIENT LIST | grep -v 'cmd=client' | sed -n 's/^id=\([0-9]*\).*/\1/p' | sort -n | tail -n 1; }
connected_again() {
    local number
    number="$(newest)"
    [ "${number:-0}" -gt "$1" ]
}
put_secret() {
    curl -fsS -m 5 -X PUT "http://127.0.0.1:$control/control/secrets/$1" -H 'Content-Type: application/json' -d "{\"value\":\"$2\"}"
}
key_of() { access_token api "$port" | cut -d. -f1 | tr '_-' '/+' | { cat; printf '=='; } | base64 -d 2>/dev/null | json kid; }
signed_anew() { [ "$(key_of)" != "$1" ]; }

load main "http://127.0.0.1:$port" api "${DRILL_RATE:-20}" $((overlap + outage + 20))
before_key="$(key_of)"
before_token="$(access_token api "$port")"
redis "$old" ACL SETUSER default ">$new" >/dev/null
before="$(newest)"
rotated="$(now_ms)"
put_secret redis-password "$new"
put_secret jwt-key "$(secret)"
bound=$((interval * 1100))
if until_true $((interval * 2)) connected_again "$before"; then used="$(since "$rotated")"; else used=-; fi
until_true $((interval * 2)) signed_anew "$before_key" && signed="$(since "$rotated")" || signed=-
while [ "$(since "$rotated")" -lt $((overlap * 1000)) ]; do sleep 0.2; done
# The old password ends, and every connection with it.
redis "$new" ACL SETUSER default "<$old" >/dev/null
last="$(newest)"
redis "$new" CLIENT KILL TYPE normal >/dev/null
ended="$(now_ms)"
until_true 15 connected_again "$last" && until_true 15 metric_is "$admin" redis_up 1 && again="$(since "$ended")" || again=-
refused="$(redis "$new" ACL LOG | grep -c '^auth$' || true)"
still="$(curl -s -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $before_token" "$api/me")"

limit 'new password of Redis used' "<= $bound ms (ReloadInterval + 10 %)" "$used ms" "$(at_most "$used" "$bound")"
limit 'new key signs tokens' "<= $bound ms (ReloadInterval + 10 %)" "$signed ms" "$(at_most "$signed" "$bound")"
limit 'a token of the old key' '200' "$still" "$(equal "$still" 200)"
limit 'Redis used after the old password ended; refused sign-ins to it' '<= 15 s, 0' "$again ms, $refused" \
    "$([ "$(at_most "$again" 15000)" = yes ] && [ "$refused" = 0 ] && echo yes || echo no)"

# The vault fails: what it gave last stays, and operators are told.
curl -fsS -m 5 -X POST "http://127.0.0.1:$control/control/faults/vault" -H 'Content-Type: application/json' -d '{"status":500}'
failing="$(now_ms)"
warned() { curl -sS -m 5 "http://127.0.0.1:$admin/health" | json entries.custom-check.data | grep -q vault-age; }
until_true "$outage" warned && told="$(since "$failing")" || told=-
signs="$(curl -s -o /dev/null -w '%{http_code}' "$api/auth/token" -d grant_type=password -d username=admin@example.com \
    --data-urlencode "password=$(admin_password api)")"
age="$(curl -sS "http://127.0.0.1:$admin/metrics" | sed -n 's/^erp_configuration_age_seconds{.*[Vv]ault.*} \(.*\)/\1/p' | head -n 1)"
curl -fsS -m 5 -X DELETE "http://127.0.0.1:$control/control/faults/vault"
mended="$(now_ms)"
calm() { ! warned; }
until_true $((interval * 4)) calm && calmed="$(since "$mended")" || calmed=-
load_ended main 200

failed="$(failed_count main)"
limit 'the vault fails: signing in meanwhile' '200' "$signs" "$(equal "$signs" 200)"
limit 'the vault fails: health names it' "<= $((interval * 4000 + 5000)) ms" "$told ms, erp_configuration_age_seconds ${age:-?}" \
    "$(at_most "$told" $((interval * 4000 + 5000)))"
limit 'the vault is back: no warning' "<= $((interval * 3000)) ms" "$calmed ms" "$(at_most "$calmed" $((interval * 3000)))"
limit 'failed requests' '0' "$(of_load main)" "$(equal "$failed" 0)"
finish
