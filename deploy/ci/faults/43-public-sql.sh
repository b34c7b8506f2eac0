#!/usr/bin/env bash
# Caught by: terraform
# The SQL servers can be reached from the internet.
set -euo pipefail
sed -i 's/public_network_access_enabled = false/public_network_access_enabled = true/' deploy/infra/modules/sql-failover-group/main.tf
