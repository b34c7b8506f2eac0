#!/bin/sh
# Runs /sql/NAME.sql on the server that is backed up; any error of the T-SQL is one of the job.
set -eu
PATH="/opt/mssql-tools18/bin:/opt/mssql-tools/bin:$PATH"
# Not on the command line, which others can read.
SQLCMDPASSWORD="$(cat /run/erp-secrets/backup-db-password)"
export PATH SQLCMDPASSWORD
exec sqlcmd -S "$BACKUP_SERVER" -d master -U "$BACKUP_LOGIN" -N -l 30 -b -i "/sql/$1.sql" \
    -v Database="$BACKUP_DATABASE" BackupContainer="$BACKUP_CONTAINER"
