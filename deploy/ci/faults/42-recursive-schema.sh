#!/usr/bin/env bash
# Caught by: openapi-apim
# A schema contains itself by way of another one; the gateway refuses the document.
set -euo pipefail
python3 - <<'PYTHON'
import json
from pathlib import Path

baseline = Path("deploy/apim/openapi/erp-v1.apim.json")
document = json.loads(baseline.read_text(encoding="utf-8"))
schemas = document["components"]["schemas"]
schemas["NameView"]["properties"]["of"] = {"$ref": "#/components/schemas/AccountNodeView"}
baseline.write_text(json.dumps(document, ensure_ascii=False, indent=2), encoding="utf-8")
PYTHON
