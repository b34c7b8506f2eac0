#!/usr/bin/env bash
# The Dockerfile: linters, and what they do not see (lib/dockerfile.py).
# Proves: C1, C2, C3, C4, C5, C7, C8, C9, C10, X11, X12, X14, X15, X16, X17, X18, X25.
set -uo pipefail
failed=0
python3 deploy/ci/lib/dockerfile.py || failed=1
hadolint --no-color Dockerfile || failed=1
# CKV_DOCKER_7 does not look behind an ARG; lib/dockerfile.py does (X17).
"$CHECKOV" --quiet --compact --skip-download --framework dockerfile --skip-check CKV_DOCKER_7 --file Dockerfile || failed=1
bash -n deploy/ci/image.sh deploy/ci/image-bases.sh || failed=1
exit "$failed"
