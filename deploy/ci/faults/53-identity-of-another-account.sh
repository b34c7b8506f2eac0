#!/usr/bin/env bash
# Caught by: terraform
# The identity is given to a service account that the API does not run as.
set -euo pipefail
sed -i 's/serviceaccount:erp-system:erp-api/serviceaccount:default:default/' deploy/infra/live/secondary/main.tf
