#!/usr/bin/env bash
# Each environment variable and each mounted file of the program's containers is a setting of docs/CONFIG.md.
set -euo pipefail
rendered="$(mktemp -d)"
trap 'rm -rf "$rendered"' EXIT
deploy/ci/lib/render.sh "$rendered"
python3 deploy/ci/lib/settings_k8s.py "$rendered"
