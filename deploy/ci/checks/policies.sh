#!/usr/bin/env bash
# The rules of deploy/policy hold on every overlay, and each of them sees the faults it is for.
set -euo pipefail
rendered="$(mktemp -d)"
trap 'rm -rf "$rendered"' EXIT
deploy/ci/lib/render.sh "$rendered"
failed=0
python3 deploy/ci/lib/policies.py "$rendered" || failed=1
# Faults put into manifests that are at fault already would say nothing.
[ "$failed" = 1 ] || python3 deploy/ci/lib/policies.py "$rendered" --faults || failed=1
exit "$failed"
