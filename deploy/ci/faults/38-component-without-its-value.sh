#!/usr/bin/env bash
# Caught by: kustomize
# A place that the overlay's values go to has another name.
set -euo pipefail
sed -i 's/name: Region__Role/name: Region_Role/' deploy/k8s/base/deployment.yaml
