#!/usr/bin/env bash
# The scripts of deploy/sql: what each has to say, sqlfluff over all that it can parse, and the checks after a restore, run on the
# embedded engine's schema against books that are in order and books that are not.
# Proves: L6, X69, X70, X71, X72, X73.
set -euo pipefail
masked="$(mktemp -d)"
trap 'rm -rf "$masked"' EXIT
failed=0
python deploy/ci/lib/sql_rules.py "$masked" || failed=1
sqlfluff lint --disable-progress-bar --nocolor --config .sqlfluff "$masked" || failed=1
python deploy/ci/lib/post_restore.py || failed=1
exit "$failed"
