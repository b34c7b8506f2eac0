#!/usr/bin/env bash
# Caught by: terraform
# Deleted secrets could be purged at once.
set -euo pipefail
sed -i 's/\(purge_protection_enabled *\)= true/\1= false/' deploy/infra/modules/keyvault/main.tf
