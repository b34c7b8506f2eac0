#!/usr/bin/env bash
# Under 200 requests a second everything goes to green at once; then a critical check of green fails, the trigger fires after
# its window (a minute, scaled to two seconds) and everything goes back to blue.
# Proves: N2, X94.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
drill 02-blue-green-flip 180
source "$drills/pair.sh"
trigger_ms="${DRILL_TRIGGER_MS:-2000}"
start_pair
flip() { "$local_root/deploy/local/flip.sh" "$1"; }

flip blue
watch public "http://127.0.0.1:$LOCAL_PUBLIC_PORT/api/v1/health" 0.02
LOAD_ONLY=reads load main "http://127.0.0.1:$LOCAL_PUBLIC_PORT" blue "${DRILL_RATE:-200}" 30
sleep 5
flipped="$(now_ms)"
flip green
sleep 4
# Until the last answer of the old colour: the flip is over when nobody gets one any more.
last_blue="$(seen public last "$flipped" by=blue)"
first_green="$(seen public first "$flipped" by=green)"
[ "$last_blue" != - ] || last_blue=0

# The file is no longer the one that was opened: reads go on in what is open, the critical check fails.
mv "$LOCAL_STATE/green/data/erp.db" "$LOCAL_STATE/green/data/away.db"
unhealthy_since=0 fired=0
for _ in $(seq 400); do
    if health_is "$green_admin" Unhealthy; then
        [ "$unhealthy_since" != 0 ] || unhealthy_since="$(now_ms)"
        if [ "$(since "$unhealthy_since")" -ge "$trigger_ms" ]; then
            fired="$(now_ms)"
            break
        fi
    else
        unhealthy_since=0
    fi
    sleep 0.05
done
back=-
if [ "$fired" != 0 ]; then
    flip blue
    sleep 2
    back="$(seen public last "$fired" by=green)"
    [ "$back" != - ] || back=0
fi
mv "$LOCAL_STATE/green/data/away.db" "$LOCAL_STATE/green/data/erp.db"
load_ended main

failed="$(failed_count main)"
limit 'failed requests' '0' "$(of_load main)" "$(equal "$failed" 0)"
limit 'flip: first answer of green, last of blue' '<= 1 s' "$first_green ms, $last_blue ms" "$(at_most "$last_blue" 1000)"
limit 'back after the trigger fired' '<= 60 s' "$back ms" "$(at_most "$back" 60000)"
finish
