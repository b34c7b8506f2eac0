#!/usr/bin/env bash
# Caught by: runbooks
# A runbook that tells people to type what the program does not know.
sed -i 's/erp-api migrate --status/erp-api migrate --show/' deploy/runbooks/blue-green.md
