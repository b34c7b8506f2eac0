#!/usr/bin/env bash
# The primary region is lost with its disk. The secondary one, which stood by read-only on an older state, takes what the
# backups hold, is made the active one and serves through the proxy; then everything goes back, as planned, without a loss.
# Proves: A5, L5, L7, X68, X75.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$(dirname "${BASH_SOURCE[0]}")/backup.sh"
need haproxy 'Debian package haproxy'
drill 08-region-failover 300
LOCAL_PUBLIC_PORT="$(free_port)" LOCAL_BLUE_PORT="$(free_port)" LOCAL_GREEN_PORT="$(free_port)" LOCAL_SECONDARY_PORT="$(free_port)"
export LOCAL_PUBLIC_PORT LOCAL_BLUE_PORT LOCAL_GREEN_PORT LOCAL_SECONDARY_PORT LOCAL_STATE
blue_admin="$(free_port)" secondary_admin="$(free_port)"
public="http://127.0.0.1:$LOCAL_PUBLIC_PORT"
backed_up 0 0

# region blue|secondary NAME=VALUE…: starts the server of a region with its role.
region() {
    local name="$1" at="$LOCAL_BLUE_PORT" admin_at="$blue_admin" role=Primary
    shift
    if [ "$name" = secondary ]; then at="$LOCAL_SECONDARY_PORT" admin_at="$secondary_admin" role=Secondary; fi
    start_erp "$name" "$at" "$admin_at" "${settings[@]}" "Region__Role=$role" "$@"
}
leads() { metric_is "$1" erp_leader 1; }
served_by() { [ "$(curl -fsS -m 3 -o /dev/null -w '%header{x-served-by}' "$public/health/ready")" = "$1" ]; }
# The moment of the first posting that was acknowledged after another one, in milliseconds; nothing as long as there is none.
acknowledged_after() { awk -v t="$1" '$3 / 1000 > t && !found { printf "%.0f", $3 / 1000; found = 1 }' "$LOCAL_STATE/postings"; }
posted_after() { [ -n "$(acknowledged_after "$1")" ]; }
check() { python3 "$drills/moments.py" check "$public" "$token" "$LOCAL_STATE/postings" "$1"; }

region blue Region__ActiveRole=Primary
until_true 60 has blue full
mkdir -p "$LOCAL_STATE/secondary"
cp -a "$LOCAL_STATE/blue/vault" "$LOCAL_STATE/secondary/"
erp secondary restore --latest >"$LOCAL_STATE/standby.log"
region secondary Region__ActiveRole=Primary Region__ReadOnly=true
start_haproxy
until_true 20 served_by blue
token="$(access_token blue "$LOCAL_BLUE_PORT")"
start writer python3 "$drills/moments.py" write "$public" "$token" "$LOCAL_STATE/postings"
until_true 30 leads "$blue_admin"
both="$(metric "$secondary_admin" erp_leader)"
limit 'background work in the region that stands by' 0 "$both" "$(equal "$both" 0)"
sleep $((log_seconds * 3))

# The loss: the process, its disk, and what waited there for a backup.
killed="$(moment)" broken="$(now_ms)"
signal_to blue KILL
until_true 10 not_running blue
lose_the_disk blue
covered="$(catalogue secondary "max(e['coversUntil'] for e in all)")"
stop secondary
erp secondary restore --latest >"$LOCAL_STATE/failover.log"
region secondary Region__ActiveRole=Secondary
until_true 60 posted_after "$broken" && rto=$(($(acknowledged_after "$broken") - broken)) || rto=-
limit 'RTO: from the loss to the first acknowledged posting' '<= 60 s' "$rto ms" "$(at_most "$rto" 60000)"
lag=$((($(micros "$killed") - $(micros "$covered")) / 1000))
limit 'RPO: lag of the backups at the loss' '<= 15 s (stands for 15 min)' "$lag ms" "$(at_most "$lag" 15000)"
found="$(check "$(micros "$covered")")"
limit 'postings that the backups covered and that are missing' 0 "$(json missing <<<"$found") of $(json until <<<"$found")" "$(equal "$(json missing <<<"$found")" 0)"
until_true 30 leads "$secondary_admin" && leading=1 || leading=0
limit 'background work in the region that took over' 1 "$leading" "$(equal "$leading" 1)"

# Back: writers stop, the last log is taken, the primary region begins where the secondary one ended.
until_true 60 has secondary full 1
sleep "$log_seconds"
stop writer 15
frozen="$(now_ms)"
stop secondary
erp secondary backup log >"$LOCAL_STATE/last.log"
erp blue restore --latest >"$LOCAL_STATE/failback.log"
region blue Region__ActiveRole=Primary
until_true 20 served_by blue && back="$(since "$frozen")" || back=-
limit 'failback: time without service' '<= 60 s' "$back ms" "$(at_most "$back" 60000)"
# Those of the lost region's last seconds are in no backup; those of the other region are all there.
after="$(python3 "$drills/moments.py" since "$public" "$token" "$LOCAL_STATE/postings" "$((broken * 1000))")"
limit 'postings of the other region that are missing after the failback' 0 "$(json missing <<<"$after") of $(json until <<<"$after")" "$(equal "$(json missing <<<"$after")" 0)"
twice="$(json twice <<<"$after")"
limit 'numbers given twice, among all that are in the books' 0 "$twice" "$(equal "$twice" 0)"
finish
