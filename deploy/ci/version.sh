#!/usr/bin/env bash
# The version of this tree: its tag (v1.2.3 is 1.2.3), otherwise 0.x of Cargo.toml with the revision: 0.1.0-dev.4f8ec07.
# A tag has to be the version in Cargo.toml: that is what the binary says of itself. Uncommitted changes end in `.dirty`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
declared="$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"$/\1/p' Cargo.toml)"
dirty=""
[ -z "$(git status --porcelain --untracked-files=no)" ] || dirty=".dirty"
tag="$(git describe --tags --exact-match --match 'v[0-9]*' 2>/dev/null || true)"
case "${1:-version}" in
revision) git rev-parse --verify --quiet --short=12 HEAD || echo unknown ;;
version)
    if [ -n "$tag" ] && [ -z "$dirty" ]; then
        if [ "${tag#v}" != "$declared" ]; then
            echo "version: the tag is $tag and Cargo.toml says $declared" >&2
            exit 1
        fi
        echo "$declared"
    else
        # A copy without history has no revision.
        echo "$declared-dev.$(git rev-parse --verify --quiet --short=7 HEAD || echo unknown)$dirty"
    fi
    ;;
*)
    echo "usage: deploy/ci/version.sh [version|revision]" >&2
    exit 2
    ;;
esac
