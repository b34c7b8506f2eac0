#!/usr/bin/env bash
# Prints deploy/config/env.example with every empty value filled in: with random ones, or, for tests, with the text that is named.
#   deploy/ci/lib/fill-env.sh > .env
set -euo pipefail
umask 077
while IFS= read -r line; do
    case "$line" in
    [A-Z]*=) echo "${line}${1:-Aa1-$(openssl rand -hex 20)}" ;;
    *) echo "$line" ;;
    esac
done <"$(dirname "${BASH_SOURCE[0]}")/../../config/env.example"
