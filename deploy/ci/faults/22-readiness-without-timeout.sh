#!/usr/bin/env bash
# Caught by: policies
# X36: the default is one second.
set -euo pipefail
sed -i '/timeoutSeconds: 3$/d' deploy/k8s/base/deployment.yaml
