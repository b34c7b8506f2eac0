#!/usr/bin/env bash
# Caught by: policies
# X33: base64 is plain text.
set -euo pipefail
cat >deploy/k8s/base/secret.yaml <<'YAML'
apiVersion: v1
kind: Secret
metadata:
  name: erp-secrets
  namespace: erp-system
type: Opaque
data:
  jwt-key: bm90IGEga2V5
YAML
sed -i 's/^  - namespace.yaml/&\n  - secret.yaml/' deploy/k8s/base/kustomization.yaml
