#!/usr/bin/env bash
# Caught by: checkov-terraform
# The network rules of the vaults let everybody in.
set -euo pipefail
sed -i 's/default_action = "Deny"/default_action = "Allow"/' deploy/infra/modules/keyvault/main.tf
