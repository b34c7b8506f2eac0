#!/usr/bin/env bash
# Caught by: flows
# X31: the server sends clients to a port that they do not reach.
set -euo pipefail
python3 - <<'PYTHON'
import pathlib
path = pathlib.Path('deploy/k8s/base/networkpolicy-erp-api.yaml')
path.write_text(path.read_text().replace('        - protocol: TCP\n          port: 11000\n          endPort: 11999\n', ''))
PYTHON
