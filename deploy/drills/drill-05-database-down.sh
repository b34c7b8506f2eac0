#!/usr/bin/env bash
# The database is down for a minute, twice, while a writer posts: another process holds the write lock of the SQLite file,
# then the file is not there. The connections to a SQL Server that goes away are tested with the mock server of erp-stubs by
# the suite (`sql_server_faults`), which has no program of its own to be driven from here.
# Proves: E9, X21.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
outage="${DRILL_OUTAGE_SECONDS:-60}"
drill 05-database-down $((2 * outage + 150))
port="$(free_port)" admin="$(free_port)"
start_erp api "$port" "$admin"
token="$(access_token api "$port")"
pid="$(pid_of api)"
file="$LOCAL_STATE/api/data/erp.db"
watch ready "http://127.0.0.1:$port/health/ready" 0.1
watch live "http://127.0.0.1:$port/health/live" 0.1
start writer python3 "$drills/writer.py" write "http://127.0.0.1:$port" "$token" "$LOCAL_STATE/acknowledged"
sleep 3

# outage NAME: from now until after the time of the outage; `begin` and `end` make it.
out() {
    local name="$1" broken mended down up
    broken="$(now_ms)"
    begin
    while [ "$(since "$broken")" -lt $((outage * 1000)) ]; do sleep 0.2; done
    mended="$(now_ms)"
    end
    up=-
    if until_true 30 answers "http://127.0.0.1:$port/health/ready"; then up="$(since "$mended")"; fi
    down="$(seen ready first "$broken" status=503)"
    limit "$name: readiness 503" '<= 15 s' "$down ms" "$(at_most "$down" 15000)"
    limit "$name: ready again" '<= 10 s' "$up ms" "$(at_most "$up" 10000)"
    sleep 3
}

begin() {
    start holder python3 -c '
import sqlite3, sys, time
held = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
time.sleep(600)' "$file"
}
end() { stop holder 5; }
out 'foreign lock'

begin() { mv "$file" "$file.away"; }
end() { mv "$file.away" "$file"; }
out 'file gone'

stop writer 15
dead="$(seen live count 0 'status!=200')"
limit 'liveness other than 200' '0' "$dead of $(seen live count 0 moment!=0)" "$(equal "$dead" 0)"
limit 'restarts' '0' "$([ "$(pid_of api)" = "$pid" ] && echo 0 || echo 1)" "$([ "$(pid_of api)" = "$pid" ] && echo yes || echo no)"
# The token may have ended meanwhile.
token="$(access_token api "$port")"
lost="$(python3 "$drills/writer.py" check "http://127.0.0.1:$port" "$token" "$LOCAL_STATE/acknowledged")"
limit 'acknowledged postings that are lost, gaps in their numbers' '0, 0' "$lost" "$(case "$lost" in '0, 0 '*) echo yes ;; *) echo no ;; esac)"
finish
