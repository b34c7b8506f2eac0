#!/usr/bin/env bash
# Caught by: flows
# X27: a label that no namespace has by itself, and that anybody may give.
set -euo pipefail
python3 - <<'PYTHON'
import pathlib
path = pathlib.Path('deploy/k8s/base/networkpolicy-erp-api.yaml')
path.write_text(path.read_text().replace('kubernetes.io/metadata.name: erp-gateway', 'name: ingress-nginx'))
PYTHON
