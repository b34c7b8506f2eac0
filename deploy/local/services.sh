# Sourced by up.sh, down.sh and the drills: starts programs on loopback, remembers each as a file, and stops exactly those.
# The caller sets LOCAL_STATE, the folder of one set of programs.
# shellcheck shell=bash

local_root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
local_tools="$local_root/target/tools"
export PATH="$local_tools/deploy/lint/bin:$local_tools/npm/node_modules/.bin:$PATH:/usr/sbin"

say() { printf '%s\n' "$*" >&2; }

# A program with the Debian package or the command that brings it. 3: it cannot run here, as checks say it.
need() {
    local program="$1" from="$2"
    command -v "$program" >/dev/null 2>&1 || { say "$program is missing ($from)"; exit 3; }
}

# The binaries: erp-stubs lies beside erp-api unless it is named.
need_erp() {
    [ -x "${ERP_API_BINARY:-}" ] || { say "ERP_API_BINARY names no erp-api"; exit 3; }
    ERP_API_BINARY="$(realpath "$ERP_API_BINARY")"
    export ERP_API_BINARY
}
stubs_binary() { printf '%s' "${ERP_STUBS_BINARY:-$(dirname "$ERP_API_BINARY")/erp-stubs}"; }
need_stubs() { [ -x "$(stubs_binary)" ] || { say "erp-stubs is not beside erp-api, and ERP_STUBS_BINARY names none"; exit 3; }; }

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

now_ms() { date +%s%3N; }

# When a process began, in clock ticks since boot: with its number it names that process and no later one.
began() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

# start NAME COMMAND…: in the background, with its output in NAME.log.
start() {
    local name="$1" pid
    shift
    "$@" </dev/null >>"$LOCAL_STATE/$name.log" 2>&1 &
    pid="$!"
    printf '%s %s\n' "$pid" "$(began "$pid")" >"$LOCAL_STATE/$name.pid"
}

# The process that NAME started, if it is still that one.
pid_of() {
    local pid start
    [ -f "$LOCAL_STATE/$1.pid" ] && read -r pid start <"$LOCAL_STATE/$1.pid" || return 1
    [ -n "$start" ] && [ "$(began "$pid")" = "$start" ] || return 1
    # One that has ended and was not yet waited for does not run.
    [ "$(sed 's/.*) //' "/proc/$pid/stat" | cut -d' ' -f1)" != Z ] || return 1
    printf '%s' "$pid"
}

# signal_to NAME SIGNAL
signal_to() {
    local pid
    pid="$(pid_of "$1")" && kill "-$2" "$pid"
}

# Asks to stop, waits, and insists after SECONDS (45 unless given).
stop() {
    local name="$1" seconds="${2:-45}" pid
    if pid="$(pid_of "$name")"; then
        # One that was halted hears nothing before it goes on.
        kill -CONT "$pid" && kill -TERM "$pid"
        until_true "$seconds" not_running "$name" || { say "$name does not stop: killed"; kill -KILL "$pid"; }
    fi
    rm -f "$LOCAL_STATE/$name.pid"
}
not_running() { ! pid_of "$1" >/dev/null; }

stop_all() {
    local file
    # The proxy first, so that nobody is sent to what is ending.
    for file in "$LOCAL_STATE"/haproxy.pid "$LOCAL_STATE"/*.pid; do
        [ ! -f "$file" ] || stop "$(basename "$file" .pid)"
    done
}

# until_true SECONDS COMMAND…: tries every 50 ms.
until_true() {
    local end
    end="$(($(now_ms) + $1 * 1000))"
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$(now_ms)" -lt "$end" ] || return 1
        sleep 0.05
    done
}

answers() { curl -fsS -m 3 -o /dev/null "$1"; }
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# start_erp NAME PORT ADMIN_PORT [NAME=VALUE…]: in its own folder, ready when this returns.
start_erp() {
    local name="$1" port="$2" admin_port="$3"
    shift 3
    start "$name" env "$@" "$local_root/deploy/local/erp.sh" "$LOCAL_STATE/$name" "$port" "$admin_port"
    until_true 90 ready_or_ended "$name" "$port"
    answers "http://127.0.0.1:$port/health/ready" || { say "$name is not ready:"; tail -n 15 "$LOCAL_STATE/$name.log" >&2; return 1; }
}
ready_or_ended() { not_running "$1" || answers "http://127.0.0.1:$2/health/ready"; }

# copy_erp FROM TO: the folder of a stopped server for another one. Two processes cannot write one SQLite file, since each
# remembers what it has read, so a second one gets a copy: the same users, the same keys, its own books from then on.
copy_erp() {
    not_running "$1" || { say "$1 still runs"; return 1; }
    cp -a "$LOCAL_STATE/$1" "$LOCAL_STATE/$2"
}

admin_password() { cat "$LOCAL_STATE/$1/vault/Bootstrap--AdminPassword"; }

# access_token NAME PORT
access_token() {
    curl -fsS -m 10 "http://127.0.0.1:$2/api/v1/auth/token" -d grant_type=password -d username=admin@example.com \
        --data-urlencode "password=$(admin_password "$1")" | json access_token
}

# json PATH: a member of the JSON on standard input, such as `data.port`.
json() {
    python3 -c '
import json, sys
value = json.load(sys.stdin)
for part in sys.argv[1].split("."):
    value = value[int(part)] if isinstance(value, list) else value[part]
print(value if isinstance(value, str) else json.dumps(value))' "$1"
}

start_redis() {
    need redis-server 'Debian package redis-server'
    local port="$1"
    shift
    mkdir -p "$LOCAL_STATE/redis-data"
    start redis redis-server --port "$port" --bind 127.0.0.1 --save '' --appendonly no --dir "$LOCAL_STATE/redis-data" "$@"
    until_true 15 listens "$port"
}

# The account's key is made up here: the emulator takes any.
start_azurite() {
    need azurite-blob 'npm package azurite'
    mkdir -p "$LOCAL_STATE/azurite-data"
    local key="$LOCAL_STATE/azurite.key"
    [ -f "$key" ] || head -c 64 /dev/urandom | base64 -w0 >"$key"
    start azurite env "AZURITE_ACCOUNTS=local:$(cat "$key")" azurite-blob --silent --skipApiVersionCheck \
        --blobHost 127.0.0.1 --blobPort "$1" --location "$LOCAL_STATE/azurite-data"
    until_true 60 listens "$1"
}
azurite_string() {
    printf 'DefaultEndpointsProtocol=http;AccountName=local;AccountKey=%s;BlobEndpoint=http://127.0.0.1:%s/local;' \
        "$(cat "$LOCAL_STATE/azurite.key")" "$1"
}

# start_stubs TLS_PORT CONTROL_PORT [ARGUMENT…]: Key Vault, App Configuration and Entra.
start_stubs() {
    local tls="$1" control="$2"
    shift 2
    need_stubs
    mkdir -p "$LOCAL_STATE/stubs-data"
    start stubs "$(stubs_binary)" --port "$tls" --control-port "$control" --directory "$LOCAL_STATE/stubs-data" "$@"
    until_true 15 answers "http://127.0.0.1:$control/control/addresses"
}
# What a server needs to enter the stubs, as NAME=VALUE, one a line.
stubs_environment() {
    local at
    at="$(curl -fsS "http://127.0.0.1:$1/control/addresses")"
    printf '%s\n' "SSL_CERT_FILE=$LOCAL_STATE/stubs-data/ca.pem" "AZURE_FEDERATED_TOKEN_FILE=$LOCAL_STATE/stubs-data/federated-token" \
        "AZURE_AUTHORITY_HOST=$(json authorityHost <<<"$at")" "AZURE_TENANT_ID=$(json tenantId <<<"$at")" \
        "AZURE_CLIENT_ID=$(json clientId <<<"$at")"
}

# start_haproxy: haproxy.cfg, whose ports and names are in the environment.
start_haproxy() {
    need haproxy 'Debian package haproxy'
    export LOCAL_SOCKET="$LOCAL_STATE/haproxy.sock"
    haproxy -c -q -f "$local_root/deploy/local/haproxy.cfg" || return 1
    start haproxy haproxy -db -f "$local_root/deploy/local/haproxy.cfg"
    until_true 15 test -S "$LOCAL_SOCKET"
}
# haproxy_say COMMAND: over the runtime socket.
haproxy_say() {
    python3 -c '
import socket, sys
with socket.socket(socket.AF_UNIX) as link:
    link.connect(sys.argv[1])
    link.sendall(sys.argv[2].encode() + b"\n")
    answer = b"".join(iter(lambda: link.recv(65536), b""))
sys.stdout.write(answer.decode())' "$LOCAL_STATE/haproxy.sock" "$1"
}
# server_state BACKEND SERVER: UP, DOWN, MAINT, NOLB …
server_state() { haproxy_say 'show stat' | awk -F, -v b="$1" -v s="$2" '$1 == b && $2 == s { print $18 }'; }
