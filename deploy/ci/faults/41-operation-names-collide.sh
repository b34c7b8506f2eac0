#!/usr/bin/env bash
# Caught by: openapi-apim
# Two operations of the API get one name in the gateway.
set -euo pipefail
sed -i 's/"operationId": "get_account_tree"/"operationId": "Get-Account"/' deploy/apim/openapi/erp-v1.apim.json docs/openapi.json
