#!/usr/bin/env bash
# Caught by: policies
# X41: both would scale the same pods.
set -euo pipefail
sed -i '/^patches:/,/^        namespace: erp-system/d' deploy/k8s/components/keda/kustomization.yaml
