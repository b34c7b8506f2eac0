#!/usr/bin/env bash
# A full backup, a differential one and logs; then the disk is lost while a writer posts, and a moment in the middle comes back.
# Clock 60:1: a log every 5 s stands for one every 5 minutes, so 15 s stand for 15 minutes and 4 minutes for 4 hours.
# DRILL_LINES puts so many lines into the books beforehand; times are then those of that size, and not scaled.
# Proves: L3, L6, L7, X71.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$(dirname "${BASH_SOURCE[0]}")/backup.sh"
lines="${DRILL_LINES:-0}"
drill 07-point-in-time-restore $((300 + lines / 5000))
backed_up "$(free_port)" "$(free_port)"
start_erp api "$port" "$admin" "${settings[@]}"
if [ "$lines" -gt 0 ]; then
    stop api
    # An import takes two million rows.
    for ((done = 0, part = 1; done < lines; done += 2000000, part++)); do
        count=$((lines - done < 2000000 ? lines - done : 2000000))
        python3 "$drills/moments.py" lines "$count" "$LOCAL_STATE/lines.csv" "$part"
        erp api import --type journal-entries --tenant demo --file "$LOCAL_STATE/lines.csv" --post --create-periods >"$LOCAL_STATE/import.log" 2>&1
    done
    rm "$LOCAL_STATE/lines.csv"
    began="$(now_ms)"
    start_erp api "$port" "$admin" "${settings[@]}"
fi
began="${began:-$(now_ms)}"
until_true $((60 + lines / 20000)) has api full
full_ms="$(since "$began")"
token="$(access_token api "$port")"
start writer python3 "$drills/moments.py" write "http://127.0.0.1:$port" "$token" "$LOCAL_STATE/postings"
sleep $((log_seconds * 2))
erp api backup diff >"$LOCAL_STATE/diff.log"
sleep "$log_seconds"
target="$(moment)"
sleep $((log_seconds * 2))
until_true 60 covers api "$target"
# As late after a log as can be.
sleep "$(python3 -c 'import sys; print(float(sys.argv[1]) * 0.9)' "$log_seconds")"

lost="$(moment)"
signal_to api KILL
until_true 10 not_running api
stop writer 15
lose_the_disk api
last="$(catalogue api "max(e['coversUntil'] for e in all)")"
rpo=$((($(micros "$lost") - $(micros "$last")) / 1000))
limit 'RPO: what no backup has' "<= 15 s (stands for 15 min)" "$rpo ms" "$(at_most "$rpo" 15000)"

broken="$(now_ms)"
erp api restore --at "$target" >"$LOCAL_STATE/restore.log" 2>&1 || { tail -n 5 "$LOCAL_STATE/restore.log" >&2; exit 1; }
start_erp api "$port" "$admin" "${settings[@]}"
token="$(access_token api "$port")"
curl -fsS -m 30 -H "Authorization: Bearer $token" "http://127.0.0.1:$port/api/v1/reports/trial-balance?asOf=$(date -u +%F)" >"$LOCAL_STATE/balance.json"
rto="$(since "$broken")"
if [ "$lines" -gt 0 ]; then wanted='<= 4 h'; most=14400000; else wanted='<= 4 min (stands for 4 h)'; most=240000; fi
limit "RTO: from the loss to the first report, $lines lines" "$wanted" "$rto ms" "$(at_most "$rto" "$most")"
say "full backup of $(stat -c %s "$LOCAL_STATE/api/data/erp.db") bytes: $full_ms ms after the start"

check="$(python3 "$drills/moments.py" check "http://127.0.0.1:$port" "$token" "$LOCAL_STATE/postings" "$(micros "$target")")"
limit 'postings acknowledged until the moment that are missing' 0 "$(json missing <<<"$check") of $(json until <<<"$check")" "$(equal "$(json missing <<<"$check")" 0)"
limit 'postings asked for after the moment that are there' 0 "$(json extra <<<"$check") of $(json after <<<"$check")" "$(equal "$(json extra <<<"$check")" 0)"
integrity="$(curl -fsS -m $((60 + lines / 10000)) -H "Authorization: Bearer $token" "http://127.0.0.1:$port/api/v1/integrity/checks" | json ok)"
limit 'integrity of the books' true "$integrity" "$([ "$integrity" = true ] && echo yes || echo no)"
finish
