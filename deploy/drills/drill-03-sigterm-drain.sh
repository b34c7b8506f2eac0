#!/usr/bin/env bash
# A request that takes eight seconds is in progress when the server is told to stop.
# Proves: C10, X39.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
drill 03-sigterm-drain 120
port="$(free_port)" admin="$(free_port)" collector="$(free_port)"
start collector python3 "$drills/collector.py" "$collector" "$LOCAL_STATE/telemetry"
until_true 10 listens "$collector"
# A plain proxy needs some seconds to see that readiness has ended.
start_erp api "$port" "$admin" Shutdown__DrainDelaySeconds=3 Telemetry__TracesPerSecond=10000 \
    "ApplicationInsights__ConnectionString=InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=http://127.0.0.1:$collector"
token="$(access_token api "$port")"
watch ready "http://127.0.0.1:$port/health/ready" 0.01
start slow python3 "$drills/slow.py" "http://127.0.0.1:$port" "$token" 8
sleep 2
pid="$(pid_of api)"
told="$(now_ms)"
kill -TERM "$pid"
code=0
# The server is a child of this shell, which therefore learns how it ended.
wait "$pid" || code="$?"
took="$(since "$told")"
until_true 5 not_running slow
answer="$(cat "$LOCAL_STATE/slow.log")"
refused="$(seen ready first "$told" status=503)"
# The request's own telemetry can only have come after it ended, just before the process did.
sent="$(grep '"RequestData"' "$LOCAL_STATE/telemetry" | grep -c '"POST /api/v1/imports' || true)"

limit 'readiness says 503 after SIGTERM' '<= 100 ms' "$refused ms" "$(at_most "$refused" 100)"
limit 'the request in progress completes' 'status 200' "$answer" "$(equal "${answer%% *}" 200)"
limit 'exit code' '0' "$code" "$(equal "$code" 0)"
limit 'time until the exit' '<= 40 s' "$took ms" "$(at_most "$took" 40000)"
limit 'telemetry of that request delivered' '>= 1 item' "$sent" "$(above "$sent" 0)"
finish
