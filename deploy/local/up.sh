#!/usr/bin/env bash
# The system on this machine: redis-server, Azurite, the stubs of Key Vault, App Configuration and Entra, two erp-api (blue and
# green) and haproxy in front, all on loopback, on ports of their own, with their state in target/local. down.sh ends it.
#
# ERP_API_BINARY names the program, ERP_STUBS_BINARY the stubs where they are not beside it. With ERP_TEST_SQLSERVER both
# colours are on that server's database (and share Redis and the container), as in production. Without it each colour has a
# SQLite file of its own, green's copied from blue's: two processes cannot write one file. They then have their own numbers
# in Redis and their own containers, because what they cache differs.
#
#     up.sh [--secondary]     also a third erp-api, of the secondary region, to which haproxy goes when the primary is gone
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
LOCAL_STATE="${LOCAL_STATE:-$here/../../target/local}"
mkdir -p "$LOCAL_STATE"
LOCAL_STATE="$(cd "$LOCAL_STATE" && pwd)"
# shellcheck source=deploy/local/services.sh
source "$here/services.sh"

secondary=no
[ "${1:-}" != --secondary ] || secondary=yes
need_erp
need_stubs
need curl 'Debian package curl'
if compgen -G "$LOCAL_STATE/*.pid" >/dev/null; then
    say "$LOCAL_STATE has running programs: deploy/local/down.sh ends them"
    exit 1
fi
rm -rf "${LOCAL_STATE:?}"/*
trap 'if [ "$?" != 0 ]; then say "up.sh failed: what it started is stopped"; stop_all; fi' EXIT

for name in PUBLIC BLUE GREEN SECONDARY; do
    declare -gx "LOCAL_${name}_PORT=$(free_port)"
done
redis_port="$(free_port)" azurite_port="$(free_port)" stubs_port="$(free_port)" control_port="$(free_port)"
blue_admin="$(free_port)" green_admin="$(free_port)" secondary_admin="$(free_port)"

start_redis "$redis_port"
start_azurite "$azurite_port"
jwt_key="$(head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n')"
start_stubs "$stubs_port" "$control_port" --secret "jwt-key=$jwt_key"
mapfile -t cloud < <(stubs_environment "$control_port")
cloud+=("KeyVault__Uri=https://127.0.0.1:$stubs_port/" "AppConfig__Endpoint=https://127.0.0.1:$stubs_port"
    "AzureStorage__ConnectionString=$(azurite_string "$azurite_port")")

# What differs between the colours: their books, unless one server has them.
settings_of() {
    if [ -n "${ERP_TEST_SQLSERVER:-}" ]; then
        printf '%s\n' "ConnectionStrings__DefaultConnection=$ERP_TEST_SQLSERVER;Database=${LOCAL_DATABASE:-erp_local}" \
            "ConnectionStrings__Redis=127.0.0.1:$redis_port"
    else
        printf '%s\n' "ConnectionStrings__Redis=127.0.0.1:$redis_port,defaultDatabase=$2" "AzureStorage__Container=$1"
    fi
    # The stubs' vault has no administrator: that password stays in the folder.
    printf '%s\n' "Shutdown__DrainDelaySeconds=2"
}
mapfile -t blue < <(settings_of blue 1)
mapfile -t green < <(settings_of green 2)
mapfile -t third < <(settings_of secondary 3)

start_erp blue "$LOCAL_BLUE_PORT" "$blue_admin" "${cloud[@]}" "${blue[@]}"
if [ -z "${ERP_TEST_SQLSERVER:-}" ]; then
    stop blue
    copy_erp blue green
    [ "$secondary" = no ] || copy_erp blue secondary
    start_erp blue "$LOCAL_BLUE_PORT" "$blue_admin" "${cloud[@]}" "${blue[@]}"
else
    mkdir -p "$LOCAL_STATE/green" "$LOCAL_STATE/secondary"
    cp -a "$LOCAL_STATE/blue/vault" "$LOCAL_STATE/green/"
    cp -a "$LOCAL_STATE/blue/vault" "$LOCAL_STATE/secondary/"
fi
start_erp green "$LOCAL_GREEN_PORT" "$green_admin" "${cloud[@]}" "${green[@]}"
[ "$secondary" = no ] || start_erp secondary "$LOCAL_SECONDARY_PORT" "$secondary_admin" Region__Role=Secondary "${cloud[@]}" "${third[@]}"
start_haproxy
until_true 15 answers "http://127.0.0.1:$LOCAL_PUBLIC_PORT/health/ready"

cat >"$LOCAL_STATE/addresses" <<END
LOCAL_PUBLIC_PORT=$LOCAL_PUBLIC_PORT
LOCAL_BLUE_PORT=$LOCAL_BLUE_PORT
LOCAL_BLUE_ADMIN_PORT=$blue_admin
LOCAL_GREEN_PORT=$LOCAL_GREEN_PORT
LOCAL_GREEN_ADMIN_PORT=$green_admin
LOCAL_SECONDARY_PORT=$LOCAL_SECONDARY_PORT
LOCAL_SECONDARY_ADMIN_PORT=$secondary_admin
LOCAL_CONTROL_PORT=$control_port
LOCAL_REDIS_PORT=$redis_port
LOCAL_AZURITE_PORT=$azurite_port
END
say "http://127.0.0.1:$LOCAL_PUBLIC_PORT serves from blue and green; addresses of all: $LOCAL_STATE/addresses"
say "administrator admin@example.com, password: $LOCAL_STATE/blue/vault/Bootstrap--AdminPassword"
