#!/usr/bin/env bash
# Caught by: policies
# X40: every apply would take back what the autoscaler did.
set -euo pipefail
sed -i 's/^  minReadySeconds: 10$/  replicas: 3\n&/' deploy/k8s/components/bluegreen/rollout.yaml
