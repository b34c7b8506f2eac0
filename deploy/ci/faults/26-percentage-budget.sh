#!/usr/bin/env bash
# Caught by: policies
# X38: 75 % of three are three, and no node can be drained.
set -euo pipefail
sed -i 's/minAvailable: 2/minAvailable: 75%/' deploy/k8s/base/pdb.yaml
