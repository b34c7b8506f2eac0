#!/usr/bin/env bash
# Caught by: apim-policies
# A policy asks for a value that is not there; the import would fail.
set -euo pipefail
sed -i '/"name": "oidc-issuer"/d' deploy/apim/named-values.json
