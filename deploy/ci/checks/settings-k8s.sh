#!/usr/bin/env bash
# Each environment variable and each mounted file of the program's containers is a setting of docs/CONFIG.md. Where the program has been
# built it is asked, too, whether it would start with an overlay's environment.
# Proves: E6, E10.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir "$work"/{rendered,vault,app}
deploy/ci/lib/render.sh "$work/rendered"
failed=0
python3 deploy/ci/lib/settings_k8s.py "$work/rendered" || failed=1

program="$(realpath -m "${ERP_API:-target/debug/erp-api}")"
if [ "$failed" = 0 ] && [ -x "$program" ]; then
    cp deploy/config/appsettings*.json "$work/app"
    # In the place of the vault, with what only it has; App Configuration is left out, as it would be waited for.
    echo 'InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=https://in.example/' \
        >"$work/vault/ApplicationInsights--ConnectionString"
    echo 'DefaultEndpointsProtocol=https;AccountName=erpprod' >"$work/vault/AzureStorage--ConnectionString"
    head -c 48 /dev/urandom | base64 >"$work/vault/jwt-key"
    for overlay in staging production production-secondary; do
        mapfile -t environment < <(python3 deploy/ci/lib/settings_k8s.py "$work/rendered" "$overlay")
        environment+=("KeyVault__Uri=file://$work/vault" AppConfig__Endpoint= AppConfig__Sentinel= Bootstrap__AdminEmail=admin@erp.example)
        if ! (cd "$work/app" && env -i "${environment[@]}" timeout 60 "$program" config check) >"$work/said" 2>&1; then
            echo "$overlay: the program would not start:"
            cat "$work/said"
            failed=1
        elif grep -q 'not a known setting\|unknown' "$work/said"; then
            cat "$work/said"
            failed=1
        fi
    done
fi
exit "$failed"
