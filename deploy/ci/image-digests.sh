#!/usr/bin/env bash
# Asks the registries whether the recorded digests exist: `deploy/ci/image-digests.sh`. A digest that is gone fails; one that its
# tag has left, because the base was renewed, is only named, with the new one. Needs skopeo and the network.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
command -v skopeo >/dev/null 2>&1 || {
    echo "image-digests: skopeo is missing" >&2
    exit 1
}
failed=0
while IFS=$'\t' read -r tag digest; do
    if ! skopeo inspect --raw "docker://${tag%:*}@$digest" >/dev/null 2>&1; then
        echo "$tag: $digest is not in the registry"
        failed=1
        continue
    fi
    newest="sha256:$(skopeo inspect --raw "docker://$tag" | sha256sum | cut -d' ' -f1)"
    if [ "$newest" = "$digest" ]; then
        echo "$tag: current"
    else
        echo "$tag: renewed, now $newest"
    fi
done < <(python3 -c '
import json
for tag, entry in json.load(open("deploy/ci/image-digests.json"))["images"].items():
    print(tag, entry["digest"], sep="\t")')
exit "$failed"
