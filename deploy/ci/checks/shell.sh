#!/usr/bin/env bash
# Every shell script that is deployed, deploys, or checks that.
set -euo pipefail
mapfile -t scripts < <(git ls-files --cached --others --exclude-standard -- 'deploy/*.sh' 'scripts/*' \
    | while read -r file; do if head -n 1 "$file" | grep -Eq '^#!.*\b(ba|da)?sh\b' || [[ "$file" == *.sh ]]; then echo "$file"; fi; done)
# Notes are matters of taste, or of functions that are handed over by their names; but a value that is not quoted may become
# several words, or none.
shellcheck --severity=warning --external-sources --source-path=SCRIPTDIR --format=gcc -- "${scripts[@]}"
shellcheck --include=SC2086 --external-sources --source-path=SCRIPTDIR --format=gcc -- "${scripts[@]}"
