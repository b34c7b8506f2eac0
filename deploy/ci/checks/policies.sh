#!/usr/bin/env bash
# The rules of deploy/policy hold on every overlay, and each of them sees the faults it is for.
# Proves: A2, E2, E3, E4, E5, E7, E8, E9, E11, E12, E13, G1, X06, X14, X15, X26, X27, X28, X32, X33, X34, X35, X36, X37, X38, X39, X40, X41, X42, X43, X44, X60, X66, X75, X76, X83, X94.
set -euo pipefail
rendered="$(mktemp -d)"
trap 'rm -rf "$rendered"' EXIT
deploy/ci/lib/render.sh "$rendered"
failed=0
python3 deploy/ci/lib/policies.py "$rendered" || failed=1
# Faults put into manifests that are at fault already would say nothing.
[ "$failed" = 1 ] || python3 deploy/ci/lib/policies.py "$rendered" --faults || failed=1
exit "$failed"
