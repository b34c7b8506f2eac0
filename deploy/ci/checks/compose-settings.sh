#!/usr/bin/env bash
# What docker compose gives the product is what the product understands: its own configuration reads the environment of every
# service that runs it, beside the files of the image. Needs the binary (ERP_API_BINARY, or target/debug/erp-api).
set -euo pipefail
binary="${ERP_API_BINARY:-${CARGO_TARGET_DIR:-target}/debug/erp-api}"
if [ ! -x "$binary" ]; then
    echo "there is no $binary: build it, or name one with ERP_API_BINARY"
    exit 3
fi
binary="$(realpath "$binary")"
root="$PWD"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cp deploy/config/appsettings*.json "$work/"
# Nobody could guess it, and it must never be seen.
secret="q8Rr2vX0mYw1ZpLk7NfTb5Hc9JdSg3Ae"
deploy/ci/lib/fill-env.sh "$secret" >"$work/env"
failed=0
fault() {
    echo "$*"
    failed=1
}

run() {
    local service="$1" pairs=()
    shift
    mapfile -d '' pairs <"$work/$service"
    # The image's own variable is below everything that compose sets.
    (cd "$work" && env -i HOME="$work" ASPNETCORE_URLS='http://*:8080' "${pairs[@]}" "$@")
}

for service in api migrate api-blue api-green; do
    python3 "$root/deploy/ci/lib/compose_env.py" "$service" --env-file "$work/env" >"$work/$service"
    if ! said="$(run "$service" "$binary" config check 2>&1)"; then
        fault "$service: $said"
        continue
    fi
    grep -i '^\(warning\|error\)' <<<"$said" | sed "s/^/$service: /" && failed=1
    shown="$(run "$service" "$binary" config show --redact 2>&1)"
    case "$shown$said" in *"$secret"*) fault "$service: a secret is shown" ;; esac
    for wanted in \
        'Environment=Development (environment)' \
        'Urls=http://*:8080 (environment)' \
        'Admin:Urls=http://*:9090 (environment)' \
        'ConnectionStrings:DefaultConnection=*** (environment)' \
        'ConnectionStrings:Redis=*** (environment)' \
        'AzureStorage:ConnectionString=*** (environment)' \
        'Auth:SigningKeys:0=*** (environment)' \
        'Seq:ServerUrl=http://seq:5341 (environment)' \
        'Logging:File:Enabled=false (environment)' \
        'Cache:Ttl:Reference=300 (appsettings.json)'; do
        grep -qxF "$wanted" <<<"$shown" || fault "$service: not so: $wanted; but: $(grep -F "${wanted%%=*}=" <<<"$shown")"
    done
    grep ', unknown)\|, not used)' <<<"$shown" | sed "s/^/$service: /" && failed=1
done
# X19: what trusts any certificate starts nowhere else.
mkdir "$work/vault"
if run api env ASPNETCORE_ENVIRONMENT=Production KeyVault__Uri="file://$work/vault" ApplicationInsights__ConnectionString=off \
    "$binary" config check >"$work/said" 2>&1; then
    fault "Production accepts TrustServerCertificate=true"
elif ! grep -q TrustServerCertificate "$work/said"; then
    fault "Production refuses for another reason: $(cat "$work/said")"
fi
exit "$failed"
