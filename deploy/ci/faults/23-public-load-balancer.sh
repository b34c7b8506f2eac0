#!/usr/bin/env bash
# Caught by: policies
# X26: past API Management and the firewall.
set -euo pipefail
sed -i 's/type: ClusterIP/type: LoadBalancer/' deploy/k8s/base/service.yaml
