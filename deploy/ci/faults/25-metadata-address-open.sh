#!/usr/bin/env bash
# Caught by: flows
# K4: an identity for whoever gets code to run in a pod.
set -euo pipefail
sed -i '/^  egressDeny:/,$d' deploy/k8s/base/ciliumnetworkpolicy-fqdn.yaml
sed -i 's|cidr: 10.10.17.0/24|&\n        - ipBlock:\n            cidr: 169.254.0.0/16|' deploy/k8s/base/networkpolicy-erp-api.yaml
