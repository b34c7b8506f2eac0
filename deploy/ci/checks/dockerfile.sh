#!/usr/bin/env bash
# The Dockerfile: linters, and what they do not see (lib/dockerfile.py).
set -uo pipefail
failed=0
hadolint --no-color Dockerfile || failed=1
python3 deploy/ci/lib/dockerfile.py || failed=1
# Rules about what runs in a cluster are not for a file of stages; what remains has to be without a failure.
"$CHECKOV" --quiet --compact --skip-download --framework dockerfile --file Dockerfile || failed=1
bash -n deploy/ci/image.sh deploy/ci/image-bases.sh || failed=1
exit "$failed"
