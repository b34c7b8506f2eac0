#!/usr/bin/env bash
# Caught by: kubernetes-schema
# A misspelt field counts as its default, which is 30 seconds.
set -euo pipefail
sed -i 's/scaleDownDelaySeconds/scaleDownDelaySecond/' deploy/k8s/components/bluegreen/rollout.yaml
