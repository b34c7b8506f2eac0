#!/usr/bin/env bash
# Caught by: kubernetes-schema
# X15: the kubelet refuses a user by name.
set -euo pipefail
sed -i 's/runAsUser: 1000/runAsUser: appuser/' deploy/k8s/base/deployment.yaml
