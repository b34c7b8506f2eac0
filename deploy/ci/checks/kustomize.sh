#!/usr/bin/env bash
# Everything builds, no object comes twice, and nothing that is only for building is left in it.
set -euo pipefail
rendered="$(mktemp -d)"
trap 'rm -rf "$rendered"' EXIT
deploy/ci/lib/render.sh "$rendered"
failed=0

python3 - "$rendered" <<'PYTHON' || failed=1
import collections, pathlib, sys, yaml
wrong = 0
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.yaml")):
    objects = [o for o in yaml.safe_load_all(path.read_text()) if o]
    names = collections.Counter((o["kind"], o["metadata"].get("namespace"), o["metadata"]["name"]) for o in objects)
    for name, count in names.items():
        if count > 1:
            print(f"{path.stem}: {name} comes {count} times")
            wrong = 1
        if name[2] == "erp-overlay-values":
            print(f"{path.stem}: the overlay's values would be applied")
            wrong = 1
sys.exit(wrong)
PYTHON

# Copies in the component are those of deploy/sql.
if [ -d deploy/sql/backup ]; then
    for original in deploy/sql/backup/{full,diff,log,verify}.sql deploy/sql/restore/{pitr-template,post-restore-checks}.sql; do
        copy="deploy/k8s/components/backup/sql/$(basename "$original")"
        if ! cmp -s "$original" "$copy"; then
            echo "$copy differs from $original: cp $original $copy"
            failed=1
        fi
    done
fi
exit "$failed"
