#!/usr/bin/env bash
# The storage of files (Azurite) goes away and comes back.
# Proves: I3, X37.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
drill 06-blob-down 180
port="$(free_port)" admin="$(free_port)" blob="$(free_port)"
start_azurite "$blob"
start_erp api "$port" "$admin" "AzureStorage__ConnectionString=$(azurite_string "$blob")"
token="$(access_token api "$port")"
api="http://127.0.0.1:$port/api/v1"
entry="$(curl -fsS -H "Authorization: Bearer $token" "$api/journal-entries?limit=1&status=posted" | json items.0.id)"
printf '%%PDF-1.4\n%%%%EOF\n' >"$LOCAL_STATE/paper.pdf"

# The status of an upload; its headers are left in a file.
upload() {
    curl -sS -m 40 -o "$LOCAL_STATE/answer" -D "$LOCAL_STATE/headers" -w '%{http_code}' -H "Authorization: Bearer $token" \
        -H 'Content-Type: application/pdf' --data-binary "@$LOCAL_STATE/paper.pdf" \
        "$api/attachments?documentType=journal_entry&documentId=$entry&name=paper.pdf" || echo 000
}
before="$(upload)"
limit 'an upload beforehand' '201' "$before" "$(equal "$before" 201)"

load main "http://127.0.0.1:$port" api "${DRILL_RATE:-20}" 30
watch ready "http://127.0.0.1:$port/health/ready" 0.2
gone="$(now_ms)"
stop azurite
until_true 20 health_is "$admin" Degraded && degraded="$(since "$gone")" || degraded=-
limit 'health' 'Degraded' "after $degraded ms" "$(at_most "$degraded" 20000)"
during="$(upload)"
retry="$(sed -n 's/^[Rr]etry-[Aa]fter: *\([0-9]*\).*/\1/p' "$LOCAL_STATE/headers")"
limit 'an upload meanwhile' '503 with Retry-After' "$during, Retry-After ${retry:--}" \
    "$([ "$during" = 503 ] && [ -n "$retry" ] && echo yes || echo no)"
load_ended main
failed="$(failed_count main)"
not_ready="$(seen ready count "$gone" 'status!=200')"
limit 'everything else: failed requests' '0' "$(of_load main)" "$(equal "$failed" 0)"
limit 'readiness other than 200' '0' "$not_ready" "$(equal "$not_ready" 0)"
start_azurite "$blob"
back="$(now_ms)"
uploads() { [ "$(upload)" = 201 ]; }
until_true 30 uploads && again="$(since "$back")" || again=-
limit 'uploads again' '<= 30 s' "$again ms" "$(at_most "$again" 30000)"
finish
