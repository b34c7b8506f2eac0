#!/usr/bin/env bash
# Caught by: policies
# X34: a tag instead of a digest.
set -euo pipefail
sed -i 's/    digest: sha256:.*/    newTag: latest/' deploy/k8s/overlays/production/kustomization.yaml
