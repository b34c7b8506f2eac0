#!/usr/bin/env bash
# Form of every YAML file below deploy.
set -euo pipefail
mapfile -t files < <(git ls-files --cached --others --exclude-standard -- 'deploy/*.yaml' 'deploy/*.yml')
yamllint --strict --config-file deploy/ci/yamllint.yaml --format parsable -- "${files[@]}"
