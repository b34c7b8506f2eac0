#!/usr/bin/env bash
# Caught by: shell
# A server's name with a blank would be two words.
set -euo pipefail
# shellcheck disable=SC2016
sed -i 's/-S "$BACKUP_SERVER"/-S $BACKUP_SERVER/' deploy/k8s/components/backup/run-sql.sh
