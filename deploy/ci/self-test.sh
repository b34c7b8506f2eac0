#!/usr/bin/env bash
# Shows that the checks see faults: puts each fault of deploy/ci/faults into a copy of the tree and runs the check that its
# first line names (`# Caught by: kustomize`). A fault that passes, or a clean copy that does not, fails this test.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=deploy/ci/tools.sh
source deploy/ci/tools.sh
install_tools
export DEPLOY_TOOLS="$deploy_tools" DEPLOY_TOOLS_READY=1

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
fresh_copy() {
    rm -rf "$work/tree"
    mkdir "$work/tree"
    git ls-files -z --cached --others --exclude-standard | xargs -0 tar -cf - | tar -xf - -C "$work/tree"
    # Checks that ask git what belongs to the tree find it here, too.
    git -C "$work/tree" init -q && git -C "$work/tree" add -A
}

failed=0 seen=0
declare -A clean
for fault in deploy/ci/faults/*.sh; do
    name="$(basename "$fault" .sh)"
    # Only those whose numbers are named, or all: `self-test.sh 27 28`.
    if [ "$#" != 0 ] && [[ " $* " != *" ${name%%-*} "* ]]; then continue; fi
    check="$(sed -n '2s/^# Caught by: //p' "$fault")"
    if [ -z "${clean[$check]:-}" ]; then
        fresh_copy
        if ! (cd "$work/tree" && deploy/ci/validate.sh "$check"); then
            echo "$check fails without any fault"
            failed=1
        fi
        clean[$check]=1
    fi
    fresh_copy
    (cd "$work/tree" && bash "$work/tree/$fault")
    if output="$(cd "$work/tree" && deploy/ci/validate.sh "$check" 2>&1)"; then
        echo "$name: NOT SEEN by $check"
        failed=1
    else
        echo "$name: seen by $check: $(sed -n 2p <<<"$output" | cut -c1-120)"
        seen=$((seen + 1))
    fi
done
echo "$seen faults seen"
exit "$failed"
