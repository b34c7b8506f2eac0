#!/usr/bin/env bash
# What has to reach something reaches it, and nothing else does: the network policies of every overlay, evaluated.
# Proves: K1, K2, K3, K4, K5, X27, X28, X29, X30, X31, X83.
set -euo pipefail
rendered="$(mktemp -d)"
trap 'rm -rf "$rendered"' EXIT
deploy/ci/lib/render.sh "$rendered"
if ! tested="$(python3 -m unittest discover -s deploy/ci/lib -p 'test_flows.py' 2>&1)"; then
    echo "$tested"
    exit 1
fi
python3 deploy/ci/lib/flows.py "$rendered"
