#!/usr/bin/env bash
# Caught by: sql-deploy
# X73: a differential backup that anybody can read.
sed -i '/ENCRYPTION (ALGORITHM/d' deploy/sql/backup/diff.sql
