#!/usr/bin/env bash
# Caught by: apim-policies
# The answer would be stored before there is one.
set -euo pipefail
python3 - <<'PYTHON'
from pathlib import Path

policy = Path("deploy/apim/policies/op-report-long.policy.xml")
text = policy.read_text(encoding="utf-8")
stored = '<cache-store duration="10" />'
policy.write_text(text.replace("<base />", f"<base />\n        {stored}", 1), encoding="utf-8")
PYTHON
