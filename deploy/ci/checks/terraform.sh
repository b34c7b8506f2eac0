#!/usr/bin/env bash
# Terraform without its providers: it parses, everything it refers to is there, and it says what it must. With the CLI at hand
# its files must also be formatted as the CLI formats them.
# Proves: A1, A4, A5, A6, A8, A9, L4, L5, X68, X74, X96.
set -euo pipefail
failed=0
"$HCL_PYTHON" deploy/ci/lib/terraform.py deploy/infra || failed=1

if command -v terraform >/dev/null 2>&1; then
    # It lists the files it would change, changes none, and asks nobody for a newer version of itself.
    CHECKPOINT_DISABLE=1 TF_CLI_CONFIG_FILE=/dev/null terraform fmt -check -recursive deploy/infra || {
        echo "the files above are not formatted: run terraform fmt"
        failed=1
    }
else
    echo "terraform is not installed: the format was not checked"
fi
exit "$failed"
