#!/usr/bin/env bash
# Caught by: openapi-apim
# An operation is gone from the document that is imported; the gateway would delete it.
set -euo pipefail
python3 - <<'PYTHON'
import json
from pathlib import Path

baseline = Path("deploy/apim/openapi/erp-v1.apim.json")
document = json.loads(baseline.read_text(encoding="utf-8"))
del document["paths"]["/api/v1/journal-entries/{id}/reverse"]
baseline.write_text(json.dumps(document, ensure_ascii=False, indent=2), encoding="utf-8")
PYTHON
