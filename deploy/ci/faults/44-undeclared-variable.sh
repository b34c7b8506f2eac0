#!/usr/bin/env bash
# Caught by: terraform
# A module uses a variable that nobody declares.
set -euo pipefail
sed -i 's/var\.sku_name$/var.cache_size/' deploy/infra/modules/redis/main.tf
