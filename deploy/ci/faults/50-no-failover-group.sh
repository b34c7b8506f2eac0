#!/usr/bin/env bash
# Caught by: terraform
# The second server is there, and nothing is copied to it.
set -euo pipefail
sed -i '/^resource "azurerm_mssql_failover_group"/,/^}/d' deploy/infra/modules/sql-failover-group/main.tf
