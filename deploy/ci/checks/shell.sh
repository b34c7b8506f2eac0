#!/usr/bin/env bash
# Every shell script that is deployed, deploys, or checks that.
set -euo pipefail
mapfile -t scripts < <(git ls-files --cached --others --exclude-standard -- 'deploy/*.sh' 'scripts/*' \
    | while read -r file; do if head -n 1 "$file" | grep -Eq '^#!.*\b(ba|da)?sh\b' || [[ "$file" == *.sh ]]; then echo "$file"; fi; done)
shellcheck --external-sources --source-path=SCRIPTDIR --format=gcc -- "${scripts[@]}"
