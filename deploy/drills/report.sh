#!/usr/bin/env bash
# Runs the drills that are named (`report.sh 01 04`), or all, and writes what they measured to target/drills/report.md.
# `report.sh --collect` only writes it again, from the results of earlier runs. Ends with 1 when a limit was missed or a drill
# broke off. DRILL_REPORT names another file.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
results="$here/../../target/drills/results"
mkdir -p "$results"

if [ "${1:-}" = --collect ]; then
    wanted=()
else
    wanted=("$@")
    [ "${#wanted[@]}" != 0 ] || wanted=('')
fi

for number in ${wanted[@]+"${wanted[@]}"}; do
    found=no
    for script in "$here"/drill-"$number"*.sh; do
        [ -x "$script" ] || continue
        found=yes
        name="$(basename "$script" .sh)"
        echo "$name …" >&2
        code=0
        started="$SECONDS"
        "$script" >"$results/$name.jsonl" 2>"$results/$name.log" || code="$?"
        printf '%s %s\n' "$code" "$((SECONDS - started))" >"$results/$name.code"
        cat "$results/$name.jsonl" >&2
        [ "$code" = 0 ] || tail -n 5 "$results/$name.log" >&2
    done
    [ "$found" = yes ] || { echo "no drill begins with $number" >&2; exit 2; }
done
exec python3 "$here/report.py" "$results" "${DRILL_REPORT:-$here/../../target/drills/report.md}"
