#!/usr/bin/env bash
# Writes what a release owes to others and its scanners ask for, into the directory that is named (target/release-papers):
# THIRD-PARTY-LICENSES.txt with the licence texts of every crate in the binary, and sbom.cdx.json, the same list as CycloneDX.
# From Cargo.lock and the sources of crates that the build fetched; CARGO_NET_OFFLINE=true keeps it from fetching more.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
out="${1:-target/release-papers}"
mkdir -p "$out"
host="$(rustc -vV | sed -n 's/^host: //p')"
cargo metadata --locked --format-version 1 --filter-platform "$host" \
    | python3 deploy/ci/lib/licenses.py --package erp-api --revision "${ERP_REVISION:-${REVISION:-}}" "$out"
