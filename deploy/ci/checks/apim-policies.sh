#!/usr/bin/env bash
# The policies of the API gateway: XML, sections, expressions, and what they refer to. C# in expressions is not compiled.
# Proves: I7, X83, X97.
set -euo pipefail
exec python3 deploy/ci/lib/apim_policies.py deploy/apim docs/ERRORS.md
