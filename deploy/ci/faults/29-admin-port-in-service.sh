#!/usr/bin/env bash
# Caught by: policies
# X83: whoever reaches the admin listener is an operator.
set -euo pipefail
printf '    - name: metrics\n      port: 9090\n      targetPort: admin\n' >>deploy/k8s/base/service.yaml
