#!/usr/bin/env bash
# The deployment checklist, 19 boxes in three gates: `deploy/ci/gate.sh pre|deploy|post [--dry-run] [--only STEP,STEP]`.
# Each box is a command; what it found goes to target/gate/GATE.json. deploy/ci/gate.env.example lists what a gate has to be told;
# GATE_CONFIG names a file with that, or it is in the environment. Runs from any CI.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
if [ -n "${GATE_CONFIG:-}" ]; then
    set -a
    # shellcheck disable=SC1090 # the caller's
    source "$GATE_CONFIG"
    set +a
fi
export ERP_API_BINARY="${ERP_API_BINARY:-${CARGO_TARGET_DIR:-target}/release/erp-api}"
export GATE_VERSION="${GATE_VERSION:-$(deploy/ci/version.sh)}"
export GATE_REVISION="${GATE_REVISION:-$(deploy/ci/version.sh revision)}"
exec python3 deploy/ci/lib/gate.py "$@"
