#!/usr/bin/env bash
# Operators change values that belong together in App Configuration and then the sentinel: two instances take all of them
# within the refresh interval, and neither ever shows some of them only.
# Proves: A10, B16.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
refresh="${DRILL_REFRESH_SECONDS:-5}"
drill 10-config-sentinel $((refresh * 20 + 120))
tls="$(free_port)" control="$(free_port)"
one="$(free_port)" one_admin="$(free_port)" two="$(free_port)" two_admin="$(free_port)"
start_stubs "$tls" "$control"
mapfile -t settings < <(stubs_environment "$control")
settings+=("AppConfig__Endpoint=https://127.0.0.1:$tls" "AppConfig__RefreshSeconds=$refresh" AppConfig__Sentinel=Settings:Version)
put() {
    curl -fsS -m 5 -X PUT "http://127.0.0.1:$control/control/key-values" -H 'Content-Type: application/json' \
        -d "{\"key\":\"$1\",\"value\":\"$2\",\"label\":${3:-null}}"
}
put_flag() {
    curl -fsS -m 5 -X PUT "http://127.0.0.1:$control/control/flags" -H 'Content-Type: application/json' \
        -d "{\"id\":\"Drill\",\"enabled\":$1}"
}
# Round N: 100 + N and 200 + N, and the flag on in odd rounds.
reference() { put Cache:Ttl:Reference $((100 + $1)); }
others() { put Cache:Ttl:Transactional $((200 + $1)); put_flag "$([ $(($1 % 2)) = 1 ] && echo true || echo false)"; }
bump() { put Settings:Version "$1" '"Production"'; }
reference 0; others 0; bump 0

start_erp one "$one" "$one_admin" "${settings[@]}"
start_erp two "$two" "$two_admin" "${settings[@]}"
for name in one two; do
    port="${name}_admin"
    start "values-$name" python3 "$drills/values.py" run "http://127.0.0.1:${!port}/debug/config" "$LOCAL_STATE/$name.values" \
        Cache:Ttl:Reference Cache:Ttl:Transactional
done
until_true 10 test -s "$LOCAL_STATE/two.values"
values() { python3 "$drills/values.py" "$@"; }

# Without the sentinel nothing counts.
reference 1
edited="$(now_ms)"
sleep $((refresh * 2))
early=$(($(values count "$LOCAL_STATE/one.values" "$edited" 101) + $(values count "$LOCAL_STATE/two.values" "$edited" 101)))
limit 'edited, sentinel not yet moved: instances that show it' '0' "$early" "$(equal "$early" 0)"

slowest=0
for round in 1 2 3; do
    reference "$round"; others "$round"
    bumped="$(now_ms)"
    bump "$round"
    sleep $((refresh + 2))
    for name in one two; do
        took="$(values first "$LOCAL_STATE/$name.values" "$bumped" "$((100 + round))" "$((200 + round))")"
        if [ "$took" = - ]; then slowest=-; elif [ "$slowest" != - ] && [ "$took" -gt "$slowest" ]; then slowest="$took"; fi
    done
done
half=$(($(values half "$LOCAL_STATE/one.values" 100) + $(values half "$LOCAL_STATE/two.values" 100)))
seen=$(($(wc -l <"$LOCAL_STATE/one.values") + $(wc -l <"$LOCAL_STATE/two.values")))
flag() {
    curl -fsS -m 5 -H "Authorization: Bearer $(access_token "$1" "$2")" "http://127.0.0.1:$2/api/v1/feature-flags" | json items.0.enabled
}
flags="$(flag one "$one") $(flag two "$two")"
limit 'both instances have all values' "<= $((refresh * 1000)) ms" "$slowest ms at worst in 3 rounds" "$(at_most "$slowest" $((refresh * 1000)))"
limit 'half-updated sets' '0' "$half of $seen looks" "$(equal "$half" 0)"
limit 'the flag in both instances' 'true true' "$flags" "$([ "$flags" = 'true true' ] && echo yes || echo no)"
finish
