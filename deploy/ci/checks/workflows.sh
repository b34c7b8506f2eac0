#!/usr/bin/env bash
# The workflows: their schema, pins, rights and scripts (lib/workflows.py), and shell in them by shellcheck.
set -uo pipefail
failed=0
check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml || failed=1
python3 deploy/ci/lib/workflows.py || failed=1
yamllint -d '{extends: relaxed, rules: {line-length: disable}}' .github/workflows || failed=1
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
python3 - "$work" <<'PYTHON'
import pathlib, re, sys, yaml
for path in sorted(pathlib.Path(".github/workflows").glob("*.yml")):
    for name, job in yaml.safe_load(path.read_text())["jobs"].items():
        for number, step in enumerate(job.get("steps") or []):
            if step.get("run"):
                # What the host puts in is a word for the linter.
                text = re.sub(r"\$\{\{.*?\}\}", "VALUE", step["run"])
                pathlib.Path(sys.argv[1], f"{path.stem}-{name}-{number}.sh").write_text("#!/usr/bin/env bash\n" + text)
PYTHON
shellcheck --exclude=SC2086,SC2164,SC2103 "$work"/*.sh || failed=1
shellcheck --exclude=SC2034 -x -s bash deploy/ci/*.sh deploy/ci/checks/{compose,compose-settings,config-files,dockerfile,gate,workflows}.sh deploy/ci/lib/*.sh || failed=1
exit "$failed"
