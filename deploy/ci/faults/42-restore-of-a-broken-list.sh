#!/usr/bin/env bash
# Caught by: backup-scripts
# A list of logs that breaks off would be restored to an earlier moment, and nobody would know.
set -euo pipefail
# shellcheck disable=SC2016
sed -i 's/ >"$work\/said"$/ | cat >"$work\/said"/' deploy/k8s/components/backup/restore-drill.sh
