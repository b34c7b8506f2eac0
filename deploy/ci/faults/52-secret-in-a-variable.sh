#!/usr/bin/env bash
# Caught by: terraform
# A password stands where everybody reads it.
set -euo pipefail
cat >>deploy/infra/live/env/production.tfvars <<'TFVARS'
sql_administrator_password = "correct horse battery staple"
TFVARS
