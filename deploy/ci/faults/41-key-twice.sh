#!/usr/bin/env bash
# Caught by: yaml
# Of two, the last one counts, and nobody says so.
set -euo pipefail
sed -i 's/^  environment: Production/&\n  environment: Staging/' deploy/k8s/overlays/production/values.yaml
