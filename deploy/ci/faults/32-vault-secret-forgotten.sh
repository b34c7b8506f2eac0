#!/usr/bin/env bash
# Caught by: config-files
set -e
# B11: Production would not start.
sed -i 's/"name": "AzureStorage--ConnectionString"/"name": "Storage--ConnectionString"/' deploy/config/keyvault-secrets.json
