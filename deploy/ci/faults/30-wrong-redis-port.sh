#!/usr/bin/env bash
# Caught by: flows
# X30: the string says 10000, the policy 6380.
set -euo pipefail
sed -i 's/redisPort: "10000"/redisPort: "6380"/' deploy/k8s/overlays/production/values.yaml
