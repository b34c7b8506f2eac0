#!/usr/bin/env bash
# The document that the API gateway imports: what the gateway asks of it, that nothing was lost, and that it is valid OpenAPI.
# With a binary at hand (ERP_API_BINARY, or a build of this tree) it must also be what the binary writes now.
# Proves: A3.
set -euo pipefail
baseline=deploy/apim/openapi/erp-v1.apim.json
failed=0

binary="${ERP_API_BINARY:-}"
for built in target/debug/erp-api target/release/erp-api; do
    [ -n "$binary" ] || [ ! -x "$built" ] || binary="$built"
done

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
export_path=()
if [ -n "$binary" ]; then
    "$binary" openapi --profile apim >"$work/export.json"
    export_path=("$work/export.json")
fi

python3 deploy/ci/lib/apim_openapi.py "$baseline" docs/openapi.json "${export_path[@]}" || failed=1
# Takes its time, and says little where the above has found something.
if [ "$failed" = 0 ] && ! openapi-spec-validator "$baseline" >"$work/validator" 2>&1; then
    cat "$work/validator"
    failed=1
fi
[ -n "$binary" ] || echo "no binary at hand: the baseline was compared with docs/openapi.json only"
exit "$failed"
