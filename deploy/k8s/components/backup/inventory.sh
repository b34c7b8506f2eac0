#!/bin/sh
# Lists the backups by kind with their number, size and newest, and fails when the newest of a kind is older than it may be. Backups are
# named by their time (…_full_20240115T020000Z.bak), so the order of names is that of time.
set -eu
work="${WORK:-/tmp}"
export AZURE_CONFIG_DIR="$work/azure"
az login --service-principal --username "$AZURE_CLIENT_ID" --tenant "$AZURE_TENANT_ID" \
    --federated-token "$(cat "$AZURE_FEDERATED_TOKEN_FILE")" --output none

failed=0
inventory() {
    kind="$1" minutes="$2"
    az storage blob list --auth-mode login --account-name "$BACKUP_ACCOUNT" --container-name "${BACKUP_CONTAINER##*/}" \
        --prefix "$BACKUP_DATABASE/$kind/" --num-results '*' --output tsv \
        --query '[].[name, properties.contentLength]' >"$work/$kind.tsv"
    newest="$(cut -f 1 "$work/$kind.tsv" | sort | tail -n 1)"
    awk -F '\t' -v kind="$kind" -v newest="$newest" \
        '{ bytes += $2 } END { printf "%s: %d backups, %.0f bytes, newest %s\n", kind, NR, bytes, newest }' "$work/$kind.tsv"
    taken="$(printf '%s' "$newest" | sed -n 's/.*_\([0-9]\{8\}T[0-9]\{6\}Z\)\..*/\1/p')"
    limit="$(date -u -d "@$(($(date +%s) - minutes * 60))" +%Y%m%dT%H%M%SZ)"
    # As texts of equal length, the older one is the lesser.
    if [ -z "$taken" ] || expr "$taken" '<' "$limit" >/dev/null; then
        echo "$kind: none within $minutes minutes" >&2
        failed=1
    fi
}
inventory full 1560
inventory diff 780
inventory log 10
exit "$failed"
