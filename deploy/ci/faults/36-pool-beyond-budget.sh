#!/usr/bin/env bash
# Caught by: policies
# X60: a hundred connections of twenty pods.
set -euo pipefail
sed -i 's/Max Pool Size=32/Max Pool Size=100/' deploy/k8s/overlays/production/values.yaml
