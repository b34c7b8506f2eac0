#!/usr/bin/env bash
# Caught by: flows
# X29: no name resolves.
set -euo pipefail
sed -i '/networkpolicy-dns.yaml/d' deploy/k8s/base/kustomization.yaml
# Cilium's own rule for questions goes with it.
python3 - <<'PYTHON'
import pathlib, re
path = pathlib.Path('deploy/k8s/base/ciliumnetworkpolicy-fqdn.yaml')
path.write_text(re.sub(r'(?s)    - toEndpoints:.*?(?=    # Entra)', '', path.read_text()))
PYTHON
