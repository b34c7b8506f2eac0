#!/usr/bin/env bash
# 400 days of backups are cleaned up: exactly those stay that the rule says, and each of them restores. Days are made by dating
# copies of one backup, because a clock cannot be set here; what is moved to cold storage is moved in the suite, in Azurite.
# Proves: L4.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$(dirname "${BASH_SOURCE[0]}")/backup.sh"
drill 12-retention 300
port="$(free_port)" admin="$(free_port)" store="$LOCAL_STATE/store"
# Without a key, which would bind each copy to its own id; only Development does without.
settings=(ASPNETCORE_ENVIRONMENT=Development Backup__Enabled=true Backup__LogSeconds=3600 "Backup__ConnectionString=file://$store")
start_erp api "$port" "$admin" "${settings[@]}"
until_true 60 has api full
stop api
python3 "$drills/retention.py" spread "$store" 400
made="$(catalogue api 'len(all)')"
began="$(now_ms)"
erp api backup clean >"$LOCAL_STATE/clean.log"
took="$(since "$began")"
found="$(python3 "$drills/retention.py" check "$store")"
limit 'backups that had to stay and are gone' 0 "$(json missing <<<"$found") of $(json kept <<<"$found") ($made made, cleaned in $took ms)" "$(equal "$(json missing <<<"$found")" 0)"
limit 'backups that are there and need not be' 0 "$(json extra <<<"$found")" "$(equal "$(json extra <<<"$found")" 0)"

restored=0 wanted=0
while read -r at; do
    wanted=$((wanted + 1))
    rm -f "$LOCAL_STATE/copy.db"
    erp api restore --at "$at" --to "$LOCAL_STATE/copy.db" >>"$LOCAL_STATE/restores.log" 2>&1 && restored=$((restored + 1))
done < <(json restore <<<"$found" | python3 -c 'import json, sys; print(*json.load(sys.stdin), sep="\n")')
limit 'each full backup kept for long restores, and moments of the last 30 days' "$wanted" "$restored" "$(equal "$restored" "$wanted")"
finish
