#!/usr/bin/env bash
# Rules and dashboards use only metrics and labels that exist, every alert is seen to fire and not to fire, dashboards can be read, and
# Seq's files ask for what the product logs.
set -euo pipefail
failed=0
python deploy/ci/lib/metrics_used.py || failed=1
python deploy/ci/lib/seq_used.py || failed=1
exit "$failed"
