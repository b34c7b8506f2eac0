#!/usr/bin/env bash
# Every rendered object has the form that its kind has, and no field that its kind does not have.
# Proves: E1, E10, E14, X32.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir "$work/rendered"
deploy/ci/lib/render.sh "$work/rendered"
failed=0
python3 deploy/ci/lib/split_manifests.py "$work/rendered" "$work/split" || failed=1

(cd "$work/split/core" && kubernetes-validate --strict --quiet ./*.yaml) || failed=1
for kind in "$work"/split/crd/*/; do
    schema="$PWD/deploy/k8s/crd-schemas/$(basename "$kind").json"
    if ! (cd "$kind" && check-jsonschema --schemafile "$schema" ./*.json) >"$work/said" 2>&1; then
        grep -- '::' "$work/said" || cat "$work/said"
        failed=1
    fi
done
exit "$failed"
