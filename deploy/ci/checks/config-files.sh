#!/usr/bin/env bash
# deploy/config: schema, catalogue of secrets, sets for App Configuration, template of .env (lib/config_files.py), and no secret in
# any of them. With a binary at hand, Production as it is shipped has to end with what the vault lacks, and Development to start.
set -uo pipefail
failed=0
python3 deploy/ci/lib/config_files.py || failed=1
yamllint -d '{extends: default, rules: {line-length: disable, document-start: disable, braces: disable}}' deploy/config/*.yaml || failed=1
git check-ignore -q .env || { echo ".env is not ignored by git"; failed=1; }

found="$(detect-secrets scan deploy/config docker-compose.yml Dockerfile \
    | python3 -c 'import json, sys
for name, secrets in json.load(sys.stdin)["results"].items():
    for secret in secrets: print(name, secret["line_number"], secret["type"], sep=":")')"
if [ -n "$found" ]; then
    echo "$found"
    failed=1
fi

binary="${ERP_API_BINARY:-${CARGO_TARGET_DIR:-target}/debug/erp-api}"
if [ -x "$binary" ]; then
    binary="$(realpath "$binary")"
    work="$(mktemp -d)"
    trap 'rm -rf "$work"' EXIT
    cp deploy/config/appsettings.json deploy/config/appsettings.[DSP]*.json "$work/"
    mkdir "$work/vault"
    check() {
        (cd "$work" && env -i HOME="$work" ASPNETCORE_ENVIRONMENT="$1" KeyVault__Uri="$2" "$binary" config check 2>&1)
    }
    said="$(check Development "")" || { echo "Development does not start: $said"; failed=1; }
    grep '^warning' <<<"$said" && failed=1
    said="$(check Production "file://$work/vault")"
    code="$?"
    for key in ConnectionStrings:DefaultConnection ConnectionStrings:Redis AzureStorage:ConnectionString \
        ApplicationInsights:ConnectionString Auth:SigningKeys:0; do
        grep -q "$key" <<<"$said" || { echo "Production without its vault does not name $key (exit $code): $said"; failed=1; }
    done
    [ "$code" = 78 ] || { echo "Production without its vault exits with $code"; failed=1; }
fi
exit "$failed"
