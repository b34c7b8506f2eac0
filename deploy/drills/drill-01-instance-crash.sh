#!/usr/bin/env bash
# One of two instances behind the proxy is killed under 100 requests a second, and started again as an orchestrator would.
# The two have books of their own (a copy), so a posting is whole in the one that acknowledged it.
# Proves: E13, X38.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
drill 01-instance-crash 180
source "$drills/pair.sh"
start_pair

load main "http://127.0.0.1:$LOCAL_PUBLIC_PORT" blue "${DRILL_RATE:-100}" 30
sleep 8
killed="$(now_ms)"
signal_to blue KILL
down() { case "$(server_state primary blue)" in DOWN*) ;; *) return 1 ;; esac; }
until_true 15 down && ejected="$(since "$killed")" || ejected=-
# What an orchestrator takes until it starts a container again.
sleep 1
start_erp blue "$LOCAL_BLUE_PORT" "$blue_admin" && ready="$(since "$killed")" || ready=-
until_true 15 serves blue && back="$(since "$killed")" || back=-
load_ended main

failed="$(failed_percent main)"
limit 'failed requests' '<= 0.5 %' "$failed %: $(of_load main)" "$(at_most "$failed" 0.5)"
limit 'ejected by the proxy' '<= 5 s' "$ejected ms" "$(at_most "$ejected" 5000)"
limit 'ready again after the crash' '<= 10 s' "$ready ms (serving after $back ms)" "$(at_most "$ready" 10000)"
finish
