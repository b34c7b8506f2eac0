#!/usr/bin/env bash
# Runs every check of what is deployed, or only those that are named: `deploy/ci/validate.sh kustomize policies`.
# Installs its own tools. A check is an executable deploy/ci/checks/NAME.sh: it starts in the root of the tree, prints what is
# wrong, one line for each fault, and exits with 0 or 1. It exits with 3 when it cannot run here, with the reason in its last line.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=deploy/ci/tools.sh
source deploy/ci/tools.sh
[ -n "${DEPLOY_TOOLS_READY:-}" ] || install_tools

names=("$@")
if [ "${#names[@]}" = 0 ]; then
    for check in deploy/ci/checks/*.sh; do
        names+=("$(basename "$check" .sh)")
    done
fi

failed=0
for name in "${names[@]}"; do
    started="$SECONDS"
    code=0
    output="$("deploy/ci/checks/$name.sh" 2>&1)" || code="$?"
    case "$code" in
    0) verdict=ok ;;
    3) verdict="not run: $(tail -n 1 <<<"$output")" ;;
    *)
        verdict=FAILED
        failed=1
        ;;
    esac
    printf '%-24s %4d s  %s\n' "$name" "$((SECONDS - started))" "$verdict"
    if [ "$code" != 0 ] && [ "$code" != 3 ]; then
        head -n 60 <<<"$output" | sed 's/^/    /'
    fi
done
exit "$failed"
