#!/usr/bin/env bash
# A byte of a backup flips, then a log is missing: both are found before anything is restored, with the best moment that is left.
# Proves: L6, X73.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$(dirname "${BASH_SOURCE[0]}")/backup.sh"
drill 11-corrupt-backup 180
log_seconds=3600
backed_up "$(free_port)" "$(free_port)"
# A directory, so that its files can be damaged from here.
store="$LOCAL_STATE/store"
settings+=("Backup__ConnectionString=file://$store" "Backup__LogSeconds=$log_seconds")
start_erp api "$port" "$admin" "${settings[@]}"
until_true 60 has api full
token="$(access_token api "$port")"
start writer python3 "$drills/moments.py" write "http://127.0.0.1:$port" "$token" "$LOCAL_STATE/postings"
for _ in 1 2 3 4; do
    sleep 1
    erp api backup log >>"$LOCAL_STATE/logs.log"
done
stop writer 15
stop api
at="$(catalogue api "all[-1]['coversUntil']")"
victim="$(catalogue api "[e['id'] for e in all if e['kind'] == 'log' and e['bytes']][-2]")"
best="$(catalogue api "[e['coversUntil'] for e in all if e['kind'] == 'log' and e['bytes']][-3]")"
folder="$store/00000000-0000-0000-0000-000000000000"
before="$(sha256sum <"$LOCAL_STATE/api/data/erp.db")"

cp "$folder/backups/$victim" "$LOCAL_STATE/whole"
python3 -c '
import sys
with open(sys.argv[1], "r+b") as file:
    file.seek(60); byte = file.read(1); file.seek(60); file.write(bytes([byte[0] ^ 1]))' "$folder/backups/$victim"
code=0
erp api backup verify >"$LOCAL_STATE/verify.log" 2>&1 || code="$?"
found="$(grep -c "DAMAGED.*$victim" "$LOCAL_STATE/verify.log" || true)"
limit 'verify: exit code, damaged backups named' '1, 1' "$code, $found" "$([ "$code, $found" = '1, 1' ] && echo yes || echo no)"
code=0
erp api restore --at "$at" >"$LOCAL_STATE/restore.log" 2>&1 || code="$?"
same="$([ "$(sha256sum <"$LOCAL_STATE/api/data/erp.db")" = "$before" ] && echo unchanged || echo CHANGED)"
limit 'restore with it: exit code, the database' '1, unchanged' "$code, $same" "$([ "$code, $same" = '1, unchanged' ] && echo yes || echo no)"
cp "$LOCAL_STATE/whole" "$folder/backups/$victim"

mv "$folder/backup-manifests/$victim" "$LOCAL_STATE/manifest"
code=0
erp api dr plan --at "$at" >"$LOCAL_STATE/plan.log" 2>&1 || code="$?"
named="$(grep -c "The best that can be restored is $best" "$LOCAL_STATE/plan.log" || true)"
limit 'plan across a missing log: exit code, best moment named' '1, 1' "$code, $named" "$([ "$code, $named" = '1, 1' ] && echo yes || echo no)"
code=0
erp api restore --at "$best" --to "$LOCAL_STATE/best.db" >"$LOCAL_STATE/best.log" 2>&1 || code="$?"
limit 'that moment can be restored' 0 "$code" "$(equal "$code" 0)"
finish
