#!/usr/bin/env bash
# Becomes a server of its own folder, as in Production, on loopback: deploy/local/erp.sh FOLDER PORT ADMIN_PORT [ARGUMENT …]
# The program is ERP_API_BINARY. Settings in the caller's environment count before those here, so the embedded profile is
# only what is there when nobody named anything else. The vault is a directory of the folder; whoever has a copy of the
# folder has the same administrator and the same signing key.
set -euo pipefail
folder="$1" port="$2" admin_port="$3"
shift 3
binary="$(realpath "${ERP_API_BINARY:?names the erp-api to run}")"
mkdir -p "$folder"
cd "$folder"
folder="$PWD"

vault="$folder/vault"
if [ ! -d "$vault" ]; then
    mkdir -m 700 "$vault"
    random() { od -An -N 24 -tx1 /dev/urandom | tr -d ' \n'; }
    random >"$vault/jwt-key"
    random >"$vault/Bootstrap--AdminPassword"
fi

setting() { [ -n "${!1+set}" ] || export "$1=$2"; }
setting ASPNETCORE_ENVIRONMENT Production
setting ASPNETCORE_URLS "http://127.0.0.1:$port"
setting Admin__Urls "http://127.0.0.1:$admin_port"
setting KeyVault__Uri "file://$vault"
setting Secrets__Directory "$vault"
setting ConnectionStrings__DefaultConnection 'Provider=Sqlite;Data Source=data/erp.db'
setting ConnectionStrings__Redis 'memory://'
setting AzureStorage__ConnectionString 'file://blobs'
setting ApplicationInsights__ConnectionString off
setting Bootstrap__Template sa-standard
setting Bootstrap__AdminEmail admin@example.com
setting Logging__File__Enabled false
exec "$binary" "$@"
