#!/usr/bin/env bash
# Redis hangs for a minute (its connections stay open, nothing answers) and goes on.
# Proves: A7, X50.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
hang="${DRILL_HANG_SECONDS:-60}"
drill 04-redis-hang $((hang + 150))
port="$(free_port)" admin="$(free_port)" redis="$(free_port)"
start_redis "$redis"
start_erp api "$port" "$admin" "ConnectionStrings__Redis=127.0.0.1:$redis"
until_true 10 metric_is "$admin" redis_up 1

load main "http://127.0.0.1:$port" api "${DRILL_RATE:-50}" $((hang + 25))
watch ready "http://127.0.0.1:$port/health/ready" 0.2
sleep 5
hung="$(now_ms)"
signal_to redis STOP
until_true 15 health_is "$admin" Degraded && degraded="$(since "$hung")" || degraded=-
while [ "$(since "$hung")" -lt $((hang * 1000)) ]; do sleep 0.2; done
still="$(curl -sS -m 5 "http://127.0.0.1:$admin/health" | json status)"
resumed="$(now_ms)"
signal_to redis CONT
until_true 60 metric_is "$admin" redis_up 1 && closed="$(since "$resumed")" || closed=-
until_true 30 health_is "$admin" Healthy && healthy="$(since "$resumed")" || healthy=-
load_ended main

p95="$(loaded main milliseconds.p95)"
not_ready="$(seen ready count "$hung" 'status!=200')"
failed="$(failed_count main)"
limit 'p95 of all requests' '< 200 ms' "$(printf '%.1f ms (p99 %.1f ms)' "$p95" "$(loaded main milliseconds.p99)")" "$(below "$p95" 200)"
limit 'failed requests' '0' "$(of_load main)" "$(equal "$failed" 0)"
limit 'readiness other than 200' '0' "$not_ready of $(seen ready count "$hung" moment!=0)" "$(equal "$not_ready" 0)"
limit "health meanwhile" 'Degraded' "$still, after $degraded ms" "$([ "$still" = Degraded ] && echo yes || echo no)"
limit 'Redis used again after it goes on' '<= 30 s' "$closed ms (Healthy after $healthy ms)" "$(at_most "$closed" 30000)"
finish
