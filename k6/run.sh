#!/usr/bin/env bash
# The load test in one command: `k6/run.sh PROFILE --binary target/release/erp-api`. Starts the server inside 0.5 CPU and
# 512 MiB, prepares a tenant, runs k6, fills in the target table and leaves both forms in k6/results.
# Ends with 0, with 99 when a target is missed, and with 1 when the run itself failed.
# Proves: M1, M2, M3, M4, M5, M6, M7, M8, M9.
set -euo pipefail
exec python3 "$(dirname "${BASH_SOURCE[0]}")/lib/harness" "$@"
