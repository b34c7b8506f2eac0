#!/usr/bin/env bash
# Caught by: gate
# X94: nobody asks whether the version that still runs can live with the migrations.
set -euo pipefail
sed -i 's/ || echo --require-expand-only/ || true/' deploy/ci/lib/gate.py
