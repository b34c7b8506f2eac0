#!/usr/bin/env bash
# Builds the image with buildah and looks at what came out: `deploy/ci/image.sh [--local-bases] [build|check|push TARGET]`, both of
# the first without a word. Runs as root, without any engine: chroot isolation for the build, runc for what is started. With
# --local-bases the bases are made on this machine (image-bases.sh), for hosts that reach no registry of images.
# The report is target/image/report.json. IMAGE_STATE (about 30 GB) is where layers are; IMAGE_CPUS limits
# the compiler to some processors, such as `0` or `0-3`.
# Proves: C1, C4, C5, C7, C8, C9, C10, X11, X12, X14, X15, X16.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

local_bases=""
if [ "${1:-}" = "--local-bases" ]; then
    local_bases=1
    shift
fi
what="${1:-all}"
state="${IMAGE_STATE:-/var/tmp/erp-image}"
out="target/image"
# Given by whoever builds another tree than the one that git has here.
version="${IMAGE_VERSION:-$(deploy/ci/version.sh)}"
revision="${IMAGE_REVISION:-$(deploy/ci/version.sh revision)}"
image="localhost/erp-api:${version//+/-}"
buildah=(buildah --root "$state/store" --runroot "$state/run" --storage-driver vfs)
mkdir -p "$state" "$out"

# Debian's packages of the programs, installed when this may.
need() {
    local program="$1"
    command -v "$program" >/dev/null 2>&1 && return 0
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        echo "image: $program is missing" >&2
        exit 1
    fi
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$program" >/dev/null
}
# shellcheck source=deploy/ci/image-bases.sh
source deploy/ci/image-bases.sh

arguments=(--build-arg "VERSION=$version" --build-arg "REVISION=$revision")
runtime_base="$(sed -n 's/^ARG RUNTIME_IMAGE=//p' Dockerfile | head -n 1)"
if [ -n "$local_bases" ]; then
    runtime_base="$base_debian"
    arguments+=(--build-arg "RUST_IMAGE=$base_rust" --build-arg "RUNTIME_IMAGE=$base_debian" --pull-never)
fi

build() {
    need buildah
    if [ -n "$local_bases" ]; then
        need debootstrap
        make_debian_base
        make_rust_base
    fi
    local started="$SECONDS" limited=()
    [ -z "${IMAGE_CPUS:-}" ] || limited=(taskset -c "$IMAGE_CPUS")
    # The Docker format, because OCI's has no health check.
    "${limited[@]}" "${buildah[@]}" bud --isolation chroot --format docker --layers --ignorefile .dockerignore \
        "${arguments[@]}" --tag "$image" --file Dockerfile . >"$out/build.log" 2>&1 || {
        tail -n 40 "$out/build.log" >&2
        exit 1
    }
    echo "image: $image built in $((SECONDS - started)) s"
}

check() {
    need buildah
    need runc
    local container base root base_root
    container="$("${buildah[@]}" from --pull-never "$image")"
    base="$("${buildah[@]}" from "$runtime_base")"
    # shellcheck disable=SC2064 # the names of now
    trap "'${buildah[0]}' --root '$state/store' --runroot '$state/run' --storage-driver vfs rm '$container' '$base' >/dev/null" EXIT
    root="$("${buildah[@]}" mount "$container")"
    base_root="$("${buildah[@]}" mount "$base")"
    "${buildah[@]}" inspect --type image "$image" | python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin)["Docker"]["config"]))' \
        >"$out/config.json"
    python3 deploy/ci/lib/image_check.py --rootfs "$root" --config "$out/config.json" --state "$state/runs" --out "$out/report.json" \
        --size "$(du -sb --one-file-system "$root" | cut -f1)" --base-size "$(du -sb --one-file-system "$base_root" | cut -f1)" \
        --version "$version" --revision "$revision"
    cp "$root/usr/share/doc/erp-api/sbom.cdx.json" "$root/usr/share/doc/erp-api/THIRD-PARTY-LICENSES.txt" "$out/"
}

# To a registry; prints the digest, which is what deployments name.
push() {
    "${buildah[@]}" push --digestfile "$out/digest" "$image" "docker://$1" >&2
    cat "$out/digest"
}

case "$what" in
build) build ;;
check) check ;;
push) push "${2:?names the target, such as erpacr.azurecr.io/erp-api:1.2.3}" ;;
all)
    build
    check
    ;;
*)
    echo "usage: deploy/ci/image.sh [--local-bases] [build|check|push TARGET]" >&2
    exit 2
    ;;
esac
