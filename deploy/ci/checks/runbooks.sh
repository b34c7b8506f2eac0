#!/usr/bin/env bash
# The runbooks and every other page: parts, links, commands and names that exist, and how their Markdown is written.
set -euo pipefail
failed=0
python deploy/ci/lib/runbooks.py || failed=1
# Only what belongs to the tree: a build leaves pages of others below target.
mapfile -t pages < <(git ls-files --cached --others --exclude-standard -- 'deploy/*.md' 'docs/*.md' '*.md' | sort -u)
markdownlint-cli2 --config deploy/ci/lib/docs.markdownlint-cli2.jsonc "${pages[@]/#/:}" 2>&1 || failed=1
exit "$failed"
