#!/usr/bin/env bash
# Caught by: settings-k8s
# X01: a name that nothing reads.
set -euo pipefail
sed -i 's/Shutdown__GraceSeconds/Shutdown__TimeoutSeconds/' deploy/k8s/base/deployment.yaml
