#!/usr/bin/env bash
# checkov's rules for Terraform. What does not hold here, and why, is in deploy/infra/.checkov.yaml.
set -euo pipefail
[ -x "$CHECKOV" ] || {
    echo "checkov is not installed"
    exit 3
}
# Values decide some of the rules, so that each environment is looked at with its own.
failed=0
for values in deploy/infra/live/env/*.tfvars; do
    output="$("$CHECKOV" --directory deploy/infra --config-file deploy/infra/.checkov.yaml --skip-download \
        --var-file "$values" 2>&1)" || {
        echo "with $values:"
        grep -v '^$' <<<"$output"
        failed=1
    }
done
exit "$failed"
