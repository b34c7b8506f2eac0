#!/usr/bin/env bash
# Caught by: config-files
set -e
# X01: an old name of a key.
sed -i 's/"AzureStorage": {/"Services": {/' deploy/config/appsettings.Production.json
